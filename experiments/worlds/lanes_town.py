"""The river town of lanes: four lanes of buses with their stops, how long ways take, and trades with the tools they handle.

Time to a place depends on the lane and on how many stops lie between, not on the straight line: the next lane may be seen
from the window and still be a ride to the next crossing and back.
"""

from dataclasses import dataclass

import numpy as np

from experiments.worlds.cells import Array

LANES, STOPS = 4, 22
CROSSINGS = np.array([2, 8, 14, 19])
"""Stops at which all lanes meet; the first two lanes lie south of the river, the others north of it."""
WAIT, STOP, CHANGE, BRIDGE = 4.0, 2.1, 3.0, 6.0
"""Minutes: for the bus, from stop to stop, from lane to lane at a crossing, and over the river."""
_OFFSETS = np.array([-0.0125, -0.0055, 0.0055, 0.0125])
_LEAST = 0.25
TRADES = [
    line.split()
    for line in """
装卸搬运工 4-02-05-01 5200 0 液压车,捆扎带,撬棍,叉车,吊钩
理货员 4-02-06-02 4900 1 手持终端,货架秤,捆扎带,液压车,单据夹
仓管员 4-02-06-01 5000 1 手持终端,单据夹,叉车,货架秤,报表
叉车司机 6-30-05-01 5900 0 叉车,吊钩,液压车,手持终端,千斤顶
货车司机 4-02-02-02 7600 0 货车,捆扎带,千斤顶,导航仪,扳手
公交司机 4-02-02-01 6400 1 客车,导航仪,刷卡机,灭火器,千斤顶
快递员 4-02-07-08 6300 0 电动三轮,手持终端,导航仪,封箱机,接单软件
送餐员 4-10-08-01 6200 0 电动三轮,接单软件,导航仪,保温箱,对讲机
分拣员 4-02-07-02 4700 0 手持终端,传送带,封箱机,捆扎带,货架秤
包装工 6-31-05-00 4500 0 封箱机,热缩机,传送带,货架秤,贴标机
质检员 6-31-03-05 5100 2 卡尺,显微镜,报表,贴标机,取样器
化验员 6-31-03-01 5700 3 取样器,天平,滴定管,显微镜,报表
注塑工 6-14-02-00 5300 0 注塑机,卡尺,模具吊,传送带,扳手
数控操机工 6-18-01-07 6900 1 数控机床,卡尺,图纸,扳手,量块
设备维修工 6-31-01-02 7000 1 扳手,万用表,焊机,千斤顶,图纸
电工 6-31-01-03 7200 1 万用表,压线钳,绝缘杆,登高梯,图纸
水暖工 6-29-03-05 6700 0 管钳,切管机,焊机,登高梯,扳手
焊工 6-18-02-04 7700 0 焊机,切割机,角磨机,面罩,图纸
瓦工 6-29-01-01 7900 0 抹刀,水平尺,搅拌机,切割机,登高梯
防水工 6-29-02-08 7300 0 喷枪,滚筒,抹刀,登高梯,安全绳
木工 6-06-03-01 7500 0 电锯,气钉枪,水平尺,角磨机,图纸
平缝工 6-05-01-03 4900 0 平缝机,锁边机,熨斗,剪刀,软尺
裁剪工 6-05-01-02 5500 1 电剪,排料图,剪刀,软尺,铺布机
挡车工 6-04-04-01 5200 0 织机,纱架,验布机,剪刀,清纱器
水产加工工 6-01-05-01 4600 0 刀具,冷柜,胶靴,货架秤,热缩机
厨工 - 4500 0 砧板,刀具,蒸箱,冷柜,消毒柜
炒锅师傅 4-03-02-01 7000 0 炒锅,刀具,抽油灶,蒸箱,冷柜
面点师 4-03-02-04 5800 0 烤箱,和面机,裱花袋,蒸箱,冷柜
服务员 4-03-01-01 4300 0 点单机,托盘,收银机,消毒柜,对讲机
收银员 4-01-02-04 4400 0 收银机,扫码枪,点钞机,点单机,货架秤
导购 4-01-02-03 4800 0 扫码枪,价签机,收银机,接单软件,衣架
药店营业员 4-01-05-02 4900 2 处方夹,扫码枪,血压计,收银机,冷柜
养老护理员 4-10-01-05 5200 0 轮椅,助浴椅,护理床,血压计,消毒柜
护工 4-14-01-02 5400 0 护理床,轮椅,便盆,血压计,输液架
社区护士 2-05-08-05 6800 3 血压计,注射器,输液架,处方夹,监护仪
保安员 4-07-05-01 4300 0 对讲机,巡更棒,监控屏,灭火器,刷卡机
消防值守员 4-07-05-03 5400 1 灭火器,报警主机,监控屏,对讲机,巡更棒
保洁员 4-09-08-01 3900 0 拖把,清洗机,消毒柜,垃圾车,登高梯
环卫工 4-09-08-02 4300 0 垃圾车,扫把,清洗机,电动三轮,对讲机
客服员 4-04-05-03 4700 2 耳麦,工单系统,录音机,报表,接单软件
文员 3-01-01-01 4600 3 报表,打印机,扫描仪,单据夹,工单系统
网格员 3-01-04-02 4200 2 登记簿,手持终端,报表,接单软件,对讲机
""".strip().splitlines()
]
"""Title, code, usual pay of a month, schooling, and tools; the first three tools may be written down, the others never are."""
TITLE = np.array([row[0] for row in TRADES], object)
CODE = np.array([None if row[1] == "-" else row[1] for row in TRADES], object)
PAY, RUNG = (np.array([int(row[place]) for row in TRADES]) for place in (2, 3))
TOOLS = np.array(list(dict.fromkeys(tool for row in TRADES for tool in row[4].split(","))), object)
HANDLES = np.array([np.isin(TOOLS, row[4].split(",")) for row in TRADES])
WRITTEN = np.array([np.isin(TOOLS, row[4].split(",")[:3]) for row in TRADES])
"""Which tools every trade handles, and which of them are ever written down."""


@dataclass(frozen=True)
class River:
    """Hold stops (lane by lane): where they are, their areas, how many live and work there; and how much every tool matters."""

    lon: Array
    lat: Array
    area: Array
    homes: Array
    works: Array
    matters: Array

    def around(self, node: Array, rng: np.random.Generator) -> tuple[Array, Array, Array]:
        """Return points near stops, and how many minutes they are from them on foot."""
        off = np.clip(rng.normal(0, 1, (2, len(node))), -2, 2) * np.array([[0.0012], [0.0008]])
        away = np.hypot(off[0] * 90_000, off[1] * 111_000) / 75
        return (self.lon[node] + off[0]).round(6), (self.lat[node] + off[1]).round(6), away


def river(rng: np.random.Generator) -> River:
    """Lay the lanes along the river; work lies at few stops, and every fifth stop of a lane is a quarter of homes."""
    lane, stop = np.divmod(np.arange(LANES * STOPS), STOPS)
    along = stop / (STOPS - 1)
    lon = 119.98 + 0.2 * along
    lat = 36.34 + 0.045 * along + 0.018 * np.sin(4 * along) + _OFFSETS[lane]
    area = [f"370283{1 + bank * STOPS // 2 + two:03d}" for bank, two in zip(lane // 2, stop // 2, strict=True)]
    homes = rng.gamma(1.6, 1, len(lane)) * np.where(stop % 5 == 1, 2.5, 1)
    works = rng.gamma(0.5, 1, len(lane)) + 0.05 + 0.8 * np.isin(stop, CROSSINGS)
    matters = rng.gamma(1.5, 1, len(TOOLS)) + _LEAST
    return River(lon.round(6), lat.round(6), np.array(area, object), homes / homes.sum(), works / works.sum(), matters)


def ridden() -> Array:
    """Return the minutes between any two stops: along the lane, or by the best crossing to another one."""
    lane, stop = np.divmod(np.arange(LANES * STOPS), STOPS)
    apart = np.abs(stop[:, None] - stop)
    same = (apart > 0) * WAIT + STOP * apart
    to = np.abs(stop[:, None] - CROSSINGS)
    cost = (to > 0) * WAIT + STOP * to
    over = CHANGE + BRIDGE * (lane[:, None] // 2 != lane // 2)
    other = (cost[:, None, :] + cost[None, :, :]).min(axis=2) + over
    return np.where(lane[:, None] == lane, same, other)


RIDE = ridden()


def nearest_stop(lon: Array, lat: Array, where: River) -> Array:
    """Return the stop that lies nearest to every point."""
    return np.hypot((lon[:, None] - where.lon) * 90_000, (lat[:, None] - where.lat) * 111_000).argmin(axis=1)


def minutes(node: Array, away: Array, to: Array, to_away: Array) -> Array:
    """Return how long the way is from every first point to every second: on foot to the stop, by bus, on foot from the stop."""
    return RIDE[node[:, None], to] + away[:, None] + to_away


def strange(handled: Array, matters: Array, handles: Array = HANDLES) -> Array:
    """Return how strange trades are to people, 0 to 1: the share of their tools, by weight, that people never handled."""
    return 1 - (handled * matters) @ handles.T / (handles @ matters)
