"""Residents, friendships and items of the world `word_of_mouth`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.worlds import unseen_ground as ground
from experiments.worlds.unseen_ground import Array, Items, Places

FAMILIES = ("餐饮", "家政", "物流", "工厂", "办公", "门店", "数字", "物业")
TRADES = (  # family, title, pay of a month, schooling, skills
    (0, "厨师", 6800, 1, "炒菜|配菜|刀工"),
    (0, "面点师", 6000, 1, "和面|包子制作|烘烤"),
    (0, "餐厅服务员", 4300, 1, "点餐|上菜|摆台"),
    (0, "洗碗工", 3700, 0, "餐具清洗|消毒"),
    (1, "月嫂", 9000, 1, "新生儿护理|月子餐|产妇护理"),
    (1, "育儿嫂", 7000, 1, "婴幼儿喂养|早教"),
    (1, "养老护理员", 5200, 1, "老人照护|翻身拍背|喂饭"),
    (1, "家庭保洁员", 4500, 0, "擦玻璃|厨房清洁"),
    (2, "快递员", 7200, 1, "派件|电动车驾驶"),
    (2, "仓库管理员", 4900, 2, "出入库|盘点|表格"),
    (2, "叉车司机", 6200, 1, "叉车驾驶|装卸"),
    (2, "货车司机", 7800, 1, "B2驾驶证|货物捆扎"),
    (2, "快件分拣员", 4800, 0, "扫码|分拣"),
    (3, "缝纫工", 5300, 0, "平车|锁边"),
    (3, "电焊工", 7500, 1, "氩弧焊|看图纸"),
    (3, "装配工", 5500, 1, "螺丝紧固|流水线组装"),
    (3, "数控车床操作工", 6900, 2, "数控编程|量具使用"),
    (4, "行政文员", 4400, 3, "办公软件|档案整理"),
    (4, "会计", 6000, 4, "记账|报税|财务软件"),
    (4, "人事专员", 5500, 4, "招聘|社保办理"),
    (4, "电话客服", 4800, 2, "接听电话|投诉处理"),
    (5, "收银员", 4000, 1, "收款|点钞"),
    (5, "服装导购", 4800, 1, "销售|陈列"),
    (5, "超市理货员", 3900, 0, "上货|价签更换"),
    (5, "门店店长", 7500, 3, "排班|门店管理|销售"),
    (6, "平面设计师", 6500, 4, "修图|排版"),
    (6, "电商运营", 7000, 3, "网店管理|推广"),
    (6, "短视频剪辑", 6000, 3, "剪辑|拍摄"),
    (6, "网络管理员", 6300, 4, "布线|路由器配置"),
    (7, "小区保安", 3900, 0, "巡逻|门岗登记"),
    (7, "物业水电工", 5200, 1, "水管维修|低压电工"),
    (7, "绿化养护工", 3800, 0, "修剪|浇水"),
    (7, "物业管家", 4800, 3, "收物业费|业主沟通"),
)
_FAMILY = np.array([row[0] for row in TRADES])
_PAY = np.array([row[2] for row in TRADES], float)
_SCHOOL = np.array([row[3] for row in TRADES])
_TITLES = np.array([row[1] for row in TRADES], object)
_AKIN = ((0, 5), (1, 7), (2, 3), (4, 6), (2, 5), (4, 5))  # families that are a little akin
_SHIFTS = ("08:00-17:00", "06:00-14:00", "14:00-22:00", "09:00-21:00", "08:00-12:00", "17:00-21:00")
_FREE = ("07:00-19:00", "06:00-23:00", "09:00-16:00", "05:00-15:00", "13:00-23:00")
_FIELDS = (  # titles of courses by field: a field for every family of trades, then four of leisure
    *("家常炒菜|中式面点|西点烘焙", "母婴护理|养老护理|收纳整理", "叉车操作|仓储管理|快递实务", "电焊入门|数控车床|缝纫裁剪"),
    *("会计实务|办公软件|人事管理", "门店销售|收银实务|商品陈列", "短视频制作|平面设计|电商运营", "低压电工|物业管理|园林绿化"),
    *("智能手机使用|防诈骗知识", "书法|国画|摄影", "太极拳|八段锦|广场舞", "家庭教育|儿童心理"),
)
_WORK = len(FAMILIES)
_TYPES = (  # type, names, hours, everyday need, whose need it is
    ("convenience_store", "便利店|小卖部", "07:00-23:00", 0.5, "all"),
    ("breakfast", "早餐铺|豆浆油条", "05:30-10:30", 0.5, "all"),
    ("market", "农贸市场|菜市场", "05:00-19:00", 0.5, "old"),
    ("supermarket", "超市|生活超市", "08:00-21:30", 0.55, "all"),
    ("fresh_store", "生鲜店|水果店", "07:30-21:30", 0.45, "all"),
    ("repair", "家电维修|修鞋配钥匙", "08:30-18:30", 0.2, "all"),
    ("elder_care", "日间照料中心|养老服务站", "08:00-18:00", 0.02, "old"),
    ("childcare", "托育园|宝宝托管", "07:30-18:30", 0.02, "child"),
    ("hairdresser", "理发店|美发沙龙", "09:00-21:00", 0.4, "all"),
    ("laundry", "洗衣店|干洗店", "08:30-20:30", 0.2, "young"),
    ("pharmacy", "药店|大药房", "08:00-21:30", 0.35, "old"),
    ("post_express", "快递驿站|邮政所", "08:30-20:30", 0.45, "young"),
    ("canteen", "社区食堂|老年食堂", "10:30-18:30", 0.25, "old"),
    ("clinic", "社区卫生服务站|诊所", "08:00-17:30", 0.3, "old"),
    ("bank", "银行网点|信用社", "09:00-16:30", 0.2, "old"),
    ("culture", "文化活动室|社区书屋", "09:00-17:30", 0.15, "old"),
    ("employment_station", "就业服务站|零工驿站", "08:30-17:00", 0.12, "all"),
    ("restaurant", "饺子馆|家常菜馆|烧烤店", "10:00-22:00", 0.4, "young"),
    ("bakery", "面包房|蛋糕店", "07:30-21:00", 0.3, "child"),
    ("cafe", "咖啡馆|奶茶店", "09:00-22:00", 0.2, "young"),
    ("bookshop", "书店|绘本馆", "09:30-20:30", 0.12, "child"),
    ("gym", "健身房|瑜伽馆", "08:00-22:00", 0.15, "young"),
    ("training_place", "少儿美术班|琴行", "09:00-20:30", 0.05, "child"),
    ("pet_service", "宠物店|宠物医院", "09:00-20:00", 0.02, "pet"),
    ("car_wash", "洗车行|汽车美容", "08:00-20:00", 0.05, "car"),
)
_HOUSE = ("child", "old", "young", "pet", "car")
_SIGNS = ("海润", "佳和", "老街", "利民", "福满", "小鱼山", "惠万家", "邻里", "悦来", "浮山", "春来", "德顺")
_MISSING = {"birth_month": 0.15, "education": 0.2, "skills": 0.35, "occupations": 0.25, "desired": 0.3, "wage_min": 0.4}
_MISSING |= {"forms": 0.45, "hours": 0.45, "needs": 0.25, "home": 0.2, "area": 0.1, "employment": 0.3}


@dataclass(frozen=True)
class Folk:
    """Hold residents: the table `people`, all true facts by name, homes, and the friends (indices) of each."""

    table: pd.DataFrame
    facts: Mapping[str, Array]
    lon: Array
    lat: Array
    friends: Array


def kinship() -> Array:
    """Return the nearness of each pair of trades, 0 to 1, shape (trades, trades)."""
    families = 0.04 + 0.51 * np.eye(len(FAMILIES))
    for one, other in _AKIN:
        families[one, other] = families[other, one] = 0.2
    near = families[_FAMILY[:, None], _FAMILY]
    np.fill_diagonal(near, 1.0)
    return near


def overlap() -> Array:
    """Return the share of each shift that lies in each kind of free hours, shifts by kinds."""
    shift, free = _clock(_SHIFTS), _clock(_FREE)
    common = np.minimum(shift[:, None, 1], free[:, 1]) - np.maximum(shift[:, None, 0], free[:, 0])
    return common.clip(0) / (shift[:, 1] - shift[:, 0])[:, None]


def _clock(ranges: Sequence[str]) -> Array:
    return np.array([[int(end[:2]) + int(end[3:]) / 60 for end in each.split("-")] for each in ranges])


def folk(people: int, places: Places, rng: np.random.Generator) -> Folk:
    """Draw residents and their friends."""
    place = rng.choice(len(places.lon), people, p=rng.dirichlet(np.full(len(places.lon), 5.0)))
    lon, lat = places.around(place, 350, rng)
    old = rng.random(people) < 0.2
    age = np.where(old, rng.uniform(58, 80, people), 18.1 + 42 * rng.beta(1.6, 1.7, people))
    leaning = rng.dirichlet(np.full(len(FAMILIES), 1.5), len(places.lon)).cumsum(axis=1)[place]
    family = np.minimum((leaning < rng.random((people, 1))).sum(axis=1), len(FAMILIES) - 1)
    facts = {"age": age, "place": place, "district": places.district[place]} | _working(family, rng) | _living(family, age, rng)
    friends = np.hstack([_ties(place, 2, rng), _ties(facts["trade"], 2, rng), _ties(np.floor(age / 5), 1, rng)])
    table = pd.DataFrame(_said(facts, rng) | {"lon": lon, "lat": lat, "area": places.code[place]})
    return Folk(ground.blanked(table, _MISSING, rng), facts, lon, lat, friends)


def _ties(group: Array, reach: int, rng: np.random.Generator) -> Array:
    """Return friends of each person: the neighbours on both sides in a random order within groups, shape (people, 2 * reach)."""
    order = np.lexsort((rng.random(len(group)), group))
    ties = np.empty((len(group), 2 * reach), np.int32)
    ties[order] = np.column_stack([np.roll(order, step) for step in range(-reach, reach + 1) if step])
    return ties


def _working(family: Array, rng: np.random.Generator) -> dict[str, Array]:
    trade, before, beside = (_one_of(family, rng) for _ in range(3))
    goal = rng.random(len(family))
    wanted = np.where(goal < 0.55, trade, np.where(goal < 0.88, beside, rng.integers(0, len(TRADES), len(family))))
    pay = _PAY[wanted] * rng.lognormal(-0.05, 0.18, len(family))
    return {
        "trade": trade,
        "before": before,
        "wanted": wanted,
        "pay": pay,
        "free": ground.drawn(len(family), (5, 2, 1, 1, 1), rng),
    }


def _one_of(family: Array, rng: np.random.Generator) -> Array:
    """Draw a trade of each given family."""
    size, first = np.bincount(_FAMILY), np.searchsorted(_FAMILY, np.arange(len(FAMILIES)))
    return first[family] + (rng.random(len(family)) * size[family]).astype(int)


def _living(family: Array, age: Array, rng: np.random.Generator) -> dict[str, Array]:
    """Draw households, needs and interests; those named `known` are the expectation from trade, age and declared needs."""
    old, young = 1 / (1 + np.exp((58 - age) / 4)), 1 / (1 + np.exp((age - 36) / 4))
    child = 0.75 * np.exp(-(((age - 36) / 9) ** 2))
    likely = np.column_stack([child, old, young, np.full(len(age), 0.15), np.where(age < 60, 0.4, 0.15)])
    house = (rng.random(likely.shape) < likely).astype(float)
    whose = np.array([[group == row[4] for row in _TYPES] for group in _HOUSE], float)
    everyday = np.array([row[3] for row in _TYPES])
    asks = rng.random((len(age), len(_TYPES))) < 0.05 + 0.25 * (house @ whose)
    usual = np.column_stack(
        [0.1 + 0.45 * (family[:, None] == np.arange(_WORK)), 0.05 + 0.4 * np.column_stack([old, old, old, child])]
    )
    return {
        "interest": (usual + rng.gamma(0.6, 0.25, usual.shape)).clip(0, 1),
        "interest known": (usual + 0.15).clip(0, 1),
        "asks": asks,
        "need": (everyday + 0.35 * (house @ whose) + 0.4 * asks).clip(0, 1),
        "need known": (everyday + 0.35 * (likely @ whose) + 0.4 * asks).clip(0, 1),
        "opinion": rng.normal(0, 0.12, len(age)),
        "reads": rng.beta(1.5, 2, len(age)),
    }


def _said(facts: Mapping[str, Array], rng: np.random.Generator) -> dict[str, object]:
    """Return the columns of the table `people` but the place, before cells are left empty."""
    trade, age, number = facts["trade"], facts["age"], len(facts["age"])
    level = (_SCHOOL[trade] + rng.integers(0, 3, number) - (age > 55)).clip(0, 6)
    twice = (facts["before"] != trade) & (rng.random(number) < 0.4)
    knows = [row[4].split("|") for row in TRADES]
    asked = facts["asks"] & (rng.random(facts["asks"].shape) < 0.7)
    forms = np.column_stack([age < 64, (age > 50) | (rng.random(number) < 0.3), rng.random(number) < 0.25])
    work = np.where(age > 63, 3, ground.drawn(number, (4, 4, 2), rng))
    return {
        "person_id": ground.numbered("p", number),
        "birth_month": ground.months(age),
        "education": ground.EDUCATION[level],
        "skills": ["|".join(knows[each][: 1 + extra]) for each, extra in zip(trade, rng.integers(0, 3, number), strict=True)],
        "occupations": np.where(twice, _TITLES[trade] + "|" + _TITLES[facts["before"]], _TITLES[trade]),
        "desired": _TITLES[facts["wanted"]],
        "employment": np.array(["employed", "unemployed", "flexible", "retired"])[work],
        "wage_min": (facts["pay"] / 100).round() * 100,
        "forms": ground.joined(forms, ("full_time", "part_time", "flexible")),
        "hours": np.array(_FREE)[facts["free"]],
        "needs": ground.joined(asked, [f"type:{row[0]}" for row in _TYPES]),
    }


def jobs(number: int, places: Places, rng: np.random.Generator) -> Items:
    """Draw vacancies of 150 days."""
    trade, place = rng.integers(0, len(TRADES), number), rng.integers(0, len(places.lon), number)
    shift = ground.drawn(number, (10, 3, 3, 3, 2, 2), rng)
    half = shift > 3
    pay = (_PAY[trade] * rng.lognormal(0, 0.16, number) * np.where(half, 0.55, 1) / 100).round() * 100
    lon, lat = places.around(place, 1200, rng)
    opens = rng.integers(-150, 0, number)
    closes = opens + rng.integers(30, 101, number)
    before, after = (
        np.array(["", "", "急聘", "诚聘", "招"], object),
        np.array(["", "", "（包吃）", "（就近上班）", "（缴社保）"], object),
    )
    table = pd.DataFrame({
        "job_id": ground.numbered("j", number),
        "title": rng.choice(before, number) + _TITLES[trade] + rng.choice(after, number),
        "employer": [f"{_SIGNS[sign]}{FAMILIES[_FAMILY[each]]}公司" for sign, each in zip(rng.integers(0, 12, number), trade, strict=True)],
        "wage_min": (pay * 0.9 / 100).round() * 100,
        "wage_max": (pay * 1.1 / 100).round() * 100,
        "wage_unit": "month",
        "education_min": ground.EDUCATION[np.maximum(_SCHOOL[trade] - 1, 0)],
        "skills": [TRADES[each][4] for each in trade],
        "form": np.where(half, "part_time", "full_time"),
        "mode": "on_site",
        "hours": np.array(_SHIFTS)[shift],
        "lon": lon, "lat": lat, "area": places.code[place],
        "published_at": ground.dates(opens), "valid_to": ground.dates(closes),
    })  # fmt: skip
    missing = {"education_min": 0.3, "skills": 0.3, "hours": 0.15, "wage_min": 0.1}
    return Items(ground.blanked(table, missing, rng), {"trade": trade, "shift": shift, "pay": pay}, lon, lat, opens, closes)


def courses(number: int, places: Places, rng: np.random.Generator) -> Items:
    """Draw courses of 150 days."""
    field, place = rng.integers(0, len(_FIELDS), number), rng.integers(0, len(places.lon), number)
    free = rng.random(number) < 0.35
    fee = (rng.lognormal(np.where(field < _WORK, 6.8, 5.3), 0.7, number) / 10).round() * 10
    lon, lat = places.around(place, 800, rng)
    opens = rng.integers(-150, 0, number)
    closes = opens + rng.integers(45, 151, number)
    subject = np.array([rng.choice(_FIELDS[each].split("|")) for each in field], object)
    table = pd.DataFrame({
        "course_id": ground.numbered("c", number),
        "title": subject + rng.choice(np.array(["培训班", "初级班", "公益课", "晚间班", "提高班"], object), number),
        "teaches": subject,
        "provider": rng.choice(np.array(["海润职业培训学校", "市民学堂", "浮山技工学校", "邻里夜校"]), number),
        "fee": np.where(rng.random(number) < 0.9, fee, np.nan),
        "subsidised": np.where(free, "true", "false"),
        "lesson_hours": rng.integers(2, 20, number) * 4,
        "lon": lon, "lat": lat, "area": places.code[place],
        "published_at": ground.dates(opens), "valid_to": ground.dates(closes),
    })  # fmt: skip
    return Items(table, {"field": field, "fee": np.where(free, 0, fee)}, lon, lat, opens, closes)


def amenities(number: int, places: Places, rng: np.random.Generator) -> Items:
    """Draw amenities; one in twelve opened lately, a few are closed."""
    often = [0.3 + row[3] for row in _TYPES]
    kind, place = ground.drawn(number, often, rng), rng.integers(0, len(places.lon), number)
    lon, lat = places.around(place, 450, rng)
    opens = np.where(rng.random(number) < 0.08, rng.integers(-100, 0, number), -1000)
    shut = rng.random(number) < 0.02
    names = [rng.choice(_TYPES[each][1].split("|")) for each in kind]
    table = pd.DataFrame({
        "amenity_id": ground.numbered("a", number),
        "name": rng.choice(np.array(_SIGNS, object), number) + np.array(names, object),
        "type": np.array([row[0] for row in _TYPES])[kind],
        "hours": np.array([row[2] for row in _TYPES])[kind],
        "status": np.where(shut, "closed", "open"),
        "lon": lon, "lat": lat, "area": places.code[place],
        "published_at": [day if fresh else None for day, fresh in zip(ground.dates(opens), opens > -1000, strict=True)],
    })  # fmt: skip
    facts = {"type": kind, "quality": rng.beta(4, 2.5, number), "times": _clock([row[2] for row in _TYPES])[kind]}
    return Items(ground.blanked(table, {"hours": 0.15}, rng), facts, lon, lat, opens, np.where(shut, -2000, 2000))
