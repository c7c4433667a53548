"""The town of shifts: quarters along a bay, trades with their shifts, rhythms, families and ways of travelling."""

from dataclasses import dataclass

import numpy as np

from experiments.worlds.cells import Array

SHIFTS = np.array(
    [
        *("mon-fri 08:30-17:30", "06:00-14:00", "14:00-22:00", "22:00-06:00"),
        *("10:00-14:00; 17:00-21:00", "18:00-22:00", "sat-sun 09:00-18:00", "08:00-20:00"),
    ],
    object,
)
LENGTH = np.array([8, 8, 8, 8, 8, 4, 8, 11])
WEEK = np.array([5, 6, 6, 5, 6, 5, 2, 4])
"""Hours of a shift, and shifts of a week."""
DAY, EARLY, LATE, NIGHT, NONE = range(5)
LIVED = np.array([DAY, EARLY, LATE, NIGHT, LATE, NONE, NONE, DAY])
"""The rhythm of who works a shift."""
FIT = np.array(
    [
        [1.0, 0.7, 0.35, 0.0, 0.4, 0.5, 0.4, 0.6],
        [0.8, 1.0, 0.2, 0.0, 0.3, 0.4, 0.3, 0.6],
        [0.4, 0.2, 1.0, 0.5, 0.8, 0.7, 0.4, 0.3],
        [0.15, 0.2, 0.6, 1.0, 0.3, 0.2, 0.3, 0.2],
        [0.85, 0.6, 0.6, 0.3, 0.6, 0.8, 0.8, 0.4],
    ]
)
"""How well every shift goes with every rhythm."""
CLASH = np.array(
    [
        [0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 1, 0, 1, 1, 0, 1],
        [0, 0, 1, 1, 0, 1, 0, 1],
        [0, 1, 0, 1, 0, 0, 0, 1],
        [0, 0, 0, 0, 1, 0, 1, 1],
    ]
)
"""Which shifts clash with a family: nobody, a child at school, a small child, parents in need, weekends together."""
QUARTERS = 22
FOOT, BIKE, BUS, CAR = range(4)
SPEED, WAIT = np.array([75, 270, 235, 460]), np.array([0, 3, 11, 8])
"""Metres a minute by every way, and minutes of waiting and parking."""
_CROOKED = 1.3
TRADES = [
    line.split()
    for line in """
装卸搬运工 4-02-05-01 27 0 P D 1237 装卸,捆扎
港口理货员 4-02-06-02 25 0 P S 127 理货,盘点
仓储管理员 4-02-06-01 26 1 P T 0127 出入库,盘点
冷藏工 4-02-06-04 30 0 P F 123 冷库作业,温度记录
邮件分拣员 4-02-07-02 24 0 P D 235 分拣,扫码
叉车工 6-30-05-01 31 1 P F 1237 叉车驾驶,装卸
桥吊司机 6-30-05-01 47 1 P D 1237 起重操作,集装箱
注塑工 6-14-02-00 28 0 F M 1237 注塑机操作,修边
家电装配工 - 26 0 F M 127 流水线作业,螺丝紧固
产线质检员 6-31-03-05 27 1 F T 0123 抽检,卡尺
轮胎成型工 6-14-01-01 34 0 F P 1237 硫化,成型
数控操机工 6-18-01-07 36 1 F M 0123 数控操作,看图
包装工 6-31-05-00 23 0 F P 126 打包,封箱
养老护理员 4-10-01-05 27 0 C G 1237 照护,助浴
医疗护理员 4-14-01-02 28 0 C G 1237 陪护,翻身
急诊护士 2-05-08-03 43 2 C T 123 急救,输液
社区护士 2-05-08-05 37 2 C T 016 护理,慢病随访
食堂厨工 - 24 0 K S 124 切配,洗菜
炒锅师傅 4-03-02-01 38 1 K F 47 炒菜,备料
西式面点师 4-03-02-04 31 1 K S 14 烘焙,裱花
前厅服务员 4-03-01-01 23 0 K T 456 传菜,点单
收银员 4-01-02-04 23 0 S T 1256 收银,点钞
夜间便利店员 4-01-02-03 25 0 S K 35 收银,补货
商场导购 4-01-02-03 25 1 S T 467 销售,陈列
保安员 4-07-05-01 23 0 G D 1237 巡逻,门岗
安检员 4-07-05-02 25 1 G T 127 安检仪,证件核对
消防设施操作员 4-07-05-03 29 1 G M 1237 消防值守,报警主机
保洁员 4-09-08-01 22 0 G K 0156 清洁,消毒
生活垃圾清运工 4-09-08-02 26 0 G D 13 清运,装卸
网约配送员 4-10-08-01 30 0 D K 45 配送,电动车驾驶
快递员 4-02-07-08 32 0 D P 07 派件,电动车驾驶
代驾司机 4-10-08-02 36 0 D S 35 C1驾驶证,导航
公交驾驶员 4-02-02-01 37 1 D G 12 A3驾驶证,安全行车
货车司机 4-02-02-02 39 0 D P 137 B2驾驶证,捆扎
电话客服 4-04-05-03 27 1 T S 0256 接听电话,投诉处理
港区调度员 4-02-02-05 35 2 T P 123 调度,制单
跟单文员 3-01-01-01 28 2 T F 0 制单,表格
设备维修工 6-31-01-02 37 1 M F 0123 设备维修,钳工
值班电工 6-31-01-03 38 1 M G 1237 低压电工,线路检修
空调水暖工 6-29-03-05 35 0 M G 06 管道安装,制冷
""".strip().splitlines()
]
TITLE = np.array([row[0] for row in TRADES], object)
CODE = np.array([None if row[1] == "-" else row[1] for row in TRADES], object)
PAY, LEAST = (np.array([int(row[place]) for row in TRADES]) for place in (2, 3))
KIN_NAMES = "PFCKSGDTM"
KIN, _BESIDE = (np.array([KIN_NAMES.index(row[place]) for row in TRADES]) for place in (4, 5))
ON_SHIFT = np.array([[str(shift) in row[6] for shift in range(8)] for row in TRADES], float)
SKILLS = [row[7].split(",") for row in TRADES]
_MEET = (_BESIDE[:, None] == KIN) | (KIN[:, None] == _BESIDE)
NEXT = np.where(np.eye(len(TRADES), dtype=bool), 1.0, np.where(KIN[:, None] == KIN, 0.78, np.where(_MEET, 0.5, 0.05)))
"""How near every trade is to every other one."""


@dataclass(frozen=True)
class Quarters:
    """Hold quarters along the bay: middles, codes, how wide, how many live there and how many work there."""

    lon: Array
    lat: Array
    area: Array
    wide: Array
    homes: Array
    works: Array

    def around(self, quarter: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """Return a point in each of the given quarters."""
        off = np.clip(rng.standard_t(4, (2, len(quarter))), -4, 4) * self.wide[quarter]
        return (self.lon[quarter] + off[0] * 1.1).round(6), (self.lat[quarter] + off[1] * 0.8).round(6)


def minutes(far: Array, way: Array, pace: Array) -> Array:
    """Return minutes for metres in a straight line (rows of people); who would be slower by their way walks."""
    road = far * _CROOKED
    return np.minimum(road / pace[:, None], WAIT[way][:, None] + road / SPEED[way][:, None])


def apart(lon: Array, lat: Array, to_lon: Array, to_lat: Array) -> Array:
    """Return how far each second point is from its first: one number for every pair, in metres."""
    return np.hypot((to_lon - lon) * (111_320 * np.cos(np.radians(36.12))), (to_lat - lat) * 110_950)


def quarters(rng: np.random.Generator) -> Quarters:
    """Lay 22 quarters along a bay: every third lives on work, the others are for living."""
    along = np.sort(rng.uniform(0, np.pi, QUARTERS))
    deep = rng.uniform(0.035, 0.085, QUARTERS)
    works = np.where(np.arange(QUARTERS) % 3 == 1, rng.uniform(2, 6, QUARTERS), rng.uniform(0.1, 0.8, QUARTERS))
    return Quarters(
        120.2 - np.cos(along) * deep * 1.2,
        35.93 + np.sin(along) * deep,
        np.array([f"370211{number + 1:03d}" for number in range(QUARTERS)], object),
        rng.uniform(0.0012, 0.0048, QUARTERS),
        rng.gamma(1.4, 1, QUARTERS) / np.sqrt(works),
        works,
    )
