"""The mining city of quarters: quarters that differ in age, stops of buses, trades with their skills, and who employed whom."""

from dataclasses import dataclass

import numpy as np

from experiments.worlds.cells import Array

QUARTERS = 14
TRADES = [
    line.split()
    for line in """
采掘工 - 8200 0 矿 0 巷道掘进,支护,凿岩台车,瓦斯检测
提升机司机 - 6900 0 矿 0 提升机操作,信号联络,钢丝绳检查
矿井通风工 - 7100 1 矿 0 瓦斯检测,风量测定,支护
选矿工 - 6000 0 矿 0 破碎筛分,浮选,皮带机看护
皮带机司机 - 5700 0 矿 0 皮带机看护,设备点检,信号联络
爆破员 - 8000 1 矿 0 凿岩台车,爆破作业,安全巡查
设备维修工 6-31-01-02 7000 1 机 1 设备点检,液压维修,钳工,焊接
数控操机工 6-18-01-07 6600 1 机 1 数控操作,看图,量具
焊工 6-18-02-04 7500 0 机 1 焊接,切割,看图
注塑工 6-14-02-00 5400 0 机 1 注塑机操作,修边,设备点检
产线质检员 6-31-03-05 5100 2 机 1 量具,抽检,制表
值班电工 6-31-01-03 7000 1 电 1 低压电工,线路检修,设备点检
空调水暖工 6-29-03-05 6500 0 电 2 管道安装,制冷,焊接
消防设施操作员 4-07-05-03 5400 1 电 2 消防值守,低压电工,安全巡查
汽修技师 4-12-01-01 7000 1 机 1 发动机拆装,故障诊断,液压维修
货车司机 4-02-02-02 7800 0 运 2 B2驾驶,捆扎,例行检车
公交驾驶员 4-02-02-01 6300 1 运 2 A3驾驶,例行检车,文明服务
叉车司机 6-30-05-01 6000 0 运 2 叉车驾驶,装卸,例行检车
装卸搬运工 4-02-05-01 5300 0 运 2 装卸,捆扎,信号联络
仓储管理员 4-02-06-01 5100 1 运 2 出入库,盘点,制表
快递员 4-02-07-08 6400 0 运 2 派件,电动车驾驶,导航
网约配送员 4-10-08-01 6300 0 运 2 电动车驾驶,导航,文明服务
瓦工 6-29-01-01 7900 0 建 3 砌砖,抹灰,看图
防水工 6-29-02-08 7400 0 建 3 卷材铺贴,高处作业,抹灰
家装木工 6-06-03-01 7600 0 建 3 吊顶,切割,看图
保安员 4-07-05-01 4400 0 安 3 巡逻,安全巡查,门岗
保洁员 4-09-08-01 4000 0 安 3 清洁,消毒,垃圾分类
生活垃圾清运工 4-09-08-02 4700 0 安 3 垃圾分类,装卸,清洁
安检员 4-07-05-02 4700 1 安 3 安检仪,安全巡查,文明服务
厨工 - 4500 0 食 4 切配,洗菜,消毒
炒锅师傅 4-03-02-01 6800 0 食 4 炒菜,切配,备料
西式面点师 4-03-02-04 5700 0 食 4 烘焙,裱花,备料
餐厅服务员 4-03-01-01 4300 0 食 4 传菜,点单,文明服务
收银员 4-01-02-04 4400 0 店 4 收银,点钞,盘点
商场导购 4-01-02-03 4800 0 店 4 销售,陈列,直播
药店营业员 4-01-05-02 4900 2 店 5 药品陈列,销售,收银
养老护理员 4-10-01-05 5300 0 护 5 照护,助浴,消毒
医疗护理员 4-14-01-02 5500 0 护 5 陪护,翻身,照护
社区护士 2-05-08-05 6700 3 护 5 输液,慢病随访,照护
缝纫工 6-05-01-03 5000 0 纺 6 平缝,锁边,熨烫
裁剪工 6-05-01-02 5500 1 纺 6 裁剪,排料,看图
电话客服 4-04-05-03 4700 2 文 7 接听电话,投诉处理,制表
文员 3-01-01-01 4600 3 文 7 制表,制单,归档
社区网格员 3-01-04-02 4200 2 文 7 走访,制表,政策宣讲
""".strip().splitlines()
]
"""Title, code, usual pay of a month, schooling, group, floor (groups meet where floors are next to each other), skills."""
TITLE = np.array([row[0] for row in TRADES], object)
CODE = np.array([None if row[1] == "-" else row[1] for row in TRADES], object)
PAY, RUNG, _FLOOR = (np.array([int(row[place]) for row in TRADES]) for place in (2, 3, 5))
GROUP = np.array(["矿机电运建安食店护纺文".index(row[4]) for row in TRADES])
PIT, MACHINES, CURRENT = 0, 1, 2
DECLINING = np.isin(GROUP, (PIT, MACHINES, CURRENT))
SKILLS = np.array(list(dict.fromkeys(skill for row in TRADES for skill in row[6].split(","))), object)
USES = np.array([np.isin(SKILLS, row[6].split(",")) for row in TRADES])
"""Which skills every trade uses."""
_SAME = GROUP[:, None] == GROUP
_BESIDE = np.abs(_FLOOR[:, None] - _FLOOR) <= 1
NEAR = np.where(np.eye(len(TRADES), dtype=bool), 1.0, np.where(_SAME, 0.6, np.where(_BESIDE, 0.25, 0.0)))
"""How near trades are to each other, as the agency sees it."""
_APART = np.where(np.eye(len(TRADES), dtype=bool), 0.0, np.where(_SAME, 0.4, np.where(_BESIDE, 0.65, 1.0)))
EASY = np.isin(GROUP, [5, 6, 7]) | (RUNG == 0)


@dataclass(frozen=True)
class City:
    """Hold quarters: middles, areas, ages (0 new, 1 oldest), people and works; stops of buses; how far trades are apart."""

    lon: Array
    lat: Array
    area: Array
    built: Array
    homes: Array
    works: Array
    stop_lon: Array
    stop_lat: Array
    apart: Array

    def around(self, quarter: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """Return a point in each of the given quarters; old quarters are narrow."""
        wide = (0.006 - 0.003 * self.built)[quarter]
        off = np.clip(rng.normal(0, 1, (2, len(quarter))), -2.2, 2.2) * wide
        return (self.lon[quarter] + 1.1 * off[0]).round(6), (self.lat[quarter] + 0.9 * off[1]).round(6)


def city(rng: np.random.Generator) -> City:
    """Scatter quarters over the hills; new ones hold more homes, old ones lie by the pits; each has three to six stops."""
    lon, lat = 120.02 + 0.13 * rng.random(QUARTERS), 36.80 + 0.1 * rng.random(QUARTERS)
    built = rng.permutation(np.linspace(0, 1, QUARTERS))
    of = np.repeat(np.arange(QUARTERS), rng.integers(3, 7, QUARTERS))
    noise = rng.uniform(0.85, 1.15, _APART.shape)
    return City(
        lon.round(6),
        lat.round(6),
        np.array([f"370283{101 + number:03d}" for number in range(QUARTERS)], object),
        built,
        rng.gamma(3, 1, QUARTERS) * (1.4 - 0.7 * built),
        rng.gamma(0.8, 1, QUARTERS) + 0.1,
        lon[of] + rng.normal(0, 0.0035, len(of)),
        lat[of] + rng.normal(0, 0.003, len(of)),
        (_APART * (noise + noise.T) / 2).clip(0, 1),
    )


def to_stop(lon: Array, lat: Array, where: City) -> Array:
    """Return the metres from points to the stop that is nearest to each."""
    east, north = (lon[:, None] - where.stop_lon) * 89_000, (lat[:, None] - where.stop_lat) * 111_000
    return np.hypot(east, north).min(axis=1)


def gap(done: Array, able: Array, wanted: Array, apart: Array) -> Array:
    """Return how far courses' skills are from what people can do, 0 to 1: people by courses.

    A skill that somebody has is at 0; another one is as far as the nearest trade that uses it is from a trade they did.
    """
    reach = np.array([apart[:, USES[:, skill]].min(axis=1) for skill in range(len(SKILLS))]).T
    far = np.where(able, 0, np.minimum.reduce([np.where((one >= 0)[:, None], reach[one], 1.0) for one in done.T]))
    return far @ wanted.T / np.maximum(wanted.sum(axis=1), 1)
