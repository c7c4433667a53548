"""Residents, items and queries of the world `searching`."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.worlds import unseen_ground as ground
from experiments.worlds.unseen_ground import Array, Items, Places

_TRADES = (  # family, title, everyday words, pay of a month, schooling, skills
    (0, "幼儿园教师", "幼师|幼儿园老师", 4800, 4, "儿童舞蹈|弹琴|讲故事"),
    (0, "课后托管教师", "托管班老师|小饭桌", 4500, 3, "作业辅导|儿童看护"),
    (0, "英语教师", "教英语|外教助教", 6800, 5, "英语口语|备课"),
    (0, "健身教练", "私教|体育老师", 7200, 3, "体能训练|会员销售"),
    (1, "护士", "护理|打针", 6000, 4, "静脉输液|病历书写"),
    (1, "药店营业员", "卖药|药师助理", 4600, 3, "药品陈列|处方识别"),
    (1, "口腔助理", "牙科助手|牙医助理", 5000, 3, "器械消毒|预约登记"),
    (1, "康复推拿师", "按摩|理疗师", 7000, 3, "推拿手法|针灸拔罐"),
    (2, "瓦工", "泥瓦匠|贴瓷砖", 8200, 0, "砌墙|瓷砖铺贴"),
    (2, "木工", "木匠|打家具", 8000, 0, "吊顶|家具安装"),
    (2, "油漆工", "刷墙|漆工", 7600, 0, "批腻子|喷漆"),
    (2, "钢筋工", "扎钢筋|工地活", 7800, 0, "钢筋绑扎|识图"),
    (3, "汽车维修工", "修车|汽修", 6800, 2, "发动机检修|更换机油"),
    (3, "汽车美容工", "洗车|贴膜", 4800, 0, "打蜡抛光|车身贴膜"),
    (3, "网约车司机", "跑滴滴|开网约车", 7000, 1, "C1驾照|导航使用"),
    (3, "公交车驾驶员", "开公交|公交司机", 6500, 1, "A1驾照|安全行车"),
    (4, "客房服务员", "打扫房间|酒店阿姨", 4300, 0, "铺床|客房清扫"),
    (4, "酒店前厅接待", "酒店前台|前台", 4700, 3, "入住登记|英语口语"),
    (4, "导游", "带团|讲解员", 6000, 4, "讲解|导游证"),
    (4, "后厨帮工", "打杂|帮厨", 4200, 0, "洗菜切菜|餐具清洗"),
    (5, "水产品加工工", "海鲜厂|杀鱼", 5200, 0, "去鳞剖鱼|速冻包装"),
    (5, "食品包装工", "打包装|装箱工", 4800, 0, "装箱封口|贴标"),
    (5, "冷库管理员", "看冷库|库管", 5400, 2, "冷库盘点|制冷设备"),
    (5, "食品检验员", "质检|化验员", 5600, 4, "微生物检验|抽样"),
    (6, "软件开发工程师", "程序员|写代码", 11000, 5, "Java编程|数据库"),
    (6, "网页设计师", "美工|做网页", 6800, 4, "图片处理|网页排版"),
    (6, "带货主播", "直播|网红", 7500, 2, "直播话术|选品"),
    (6, "数据录入员", "打字员|录入", 4300, 3, "五笔打字|电子表格"),
)
_FAMILIES = ("教育", "健康", "建筑", "汽车", "酒店", "食品", "网络")
_TITLES = np.array([row[1] for row in _TRADES], object)
_FAMILY, _PAY, _SCHOOL = (np.array([row[place] for row in _TRADES]) for place in (0, 3, 4))
_KNOWN = [row[5].split("|") for row in _TRADES]
_SKILLS = list(dict.fromkeys(skill for skills in _KNOWN for skill in skills))
_SKILL_WORDS = {
    "弹琴": "钢琴", "作业辅导": "写作业", "英语口语": "说英语", "静脉输液": "打吊瓶", "推拿手法": "推拿", "瓷砖铺贴": "贴砖",
    "家具安装": "装家具", "批腻子": "刮腻子", "发动机检修": "修发动机", "C1驾照": "驾照", "A1驾照": "大车本", "讲解": "解说",
    "Java编程": "Java", "图片处理": "修图", "电子表格": "Excel", "五笔打字": "打字", "洗菜切菜": "切菜", "直播话术": "直播",
}  # fmt: skip
TYPES = (  # type, word, everyday words, further names, hours, services
    ("convenience_store", "便利店", "小卖部|买烟", "超市便利店|烟酒便利店", "07:00-23:00", "缴费|饮料"),
    ("breakfast", "早餐店", "早点|吃早饭", "早点铺|早餐包子铺", "05:30-10:30", "包子|豆浆"),
    ("market", "菜市场", "农贸市场|买菜", "农贸菜市场|海鲜菜市场", "05:30-19:00", "蔬菜|海鲜"),
    ("supermarket", "超市", "买东西|商超", "生活超市|平价超市", "08:00-21:30", "粮油|日用"),
    ("repair", "维修店", "修手机|修鞋", "家电维修店|手机维修店", "08:30-19:00", "修家电|修手机"),
    ("elder_care", "养老服务中心", "养老院|日托", "居家养老服务中心", "08:00-18:00", "日托|助浴"),
    ("childcare", "托育中心", "托班|看孩子", "婴幼儿托育中心", "07:30-18:30", "全日托|半日托"),
    ("hairdresser", "理发店", "剪头|理发", "美发理发店|快剪理发店", "09:00-21:00", "剪发|烫染"),
    ("laundry", "洗衣店", "干洗|洗衣服", "干洗洗衣店", "08:30-20:30", "干洗|熨烫"),
    ("pharmacy", "药店", "买药|药房", "大药店|平价药店", "08:00-21:30", "买药|医保刷卡"),
    ("parcel_locker", "快递柜", "取快递|丰巢", "智能快递柜", "00:00-24:00", "寄件|取快递"),
    ("canteen", "社区食堂", "食堂|老年餐", "暖心社区食堂", "10:30-18:30", "午餐|老年餐"),
    ("clinic", "卫生服务站", "打疫苗|门诊", "社区卫生服务站", "08:00-17:30", "疫苗|换药"),
    ("bank", "银行", "取钱|ATM", "商业银行|农村银行", "09:00-16:30", "存取款|换汇"),
    ("culture", "文化活动中心", "活动室|文化馆", "社区文化活动中心", "09:00-20:00", "棋牌|排练"),
    ("community_centre", "党群服务中心", "居委会|社区服务", "社区党群服务中心", "08:30-17:30", "证明|社保咨询"),
    ("restaurant", "餐馆", "吃饭|饭店", "家常餐馆|海鲜餐馆", "10:00-22:00", "炒菜|包间"),
    ("bakery", "面包店", "蛋糕|烘焙", "烘焙面包店|蛋糕面包店", "07:30-21:00", "蛋糕|吐司"),
    ("cafe", "咖啡馆", "奶茶|咖啡", "精品咖啡馆|海边咖啡馆", "09:00-22:00", "咖啡|甜品"),
    ("bookshop", "书店", "买书|看书", "儿童书店|旧书店", "09:30-20:30", "图书|文具"),
    ("gym", "健身房", "撸铁|游泳", "健身房游泳馆|瑜伽健身房", "08:00-22:00", "器械|瑜伽"),
    ("pet_service", "宠物店", "给狗洗澡|宠物", "宠物店美容", "09:00-20:00", "洗澡|寄养"),
    ("car_wash", "洗车店", "洗车|汽车美容", "自助洗车店|快捷洗车店", "08:00-20:00", "精洗|打蜡"),
    ("post_express", "邮政网点", "邮局|寄快递", "邮政网点快递", "08:30-18:00", "寄快递|汇款"),
)
_TAKES = {"elder_care": (60, 120), "gym": (16, 65)}  # ages a place is for
_SIGNS = ("海之韵", "金岛", "五四路", "百姓", "鑫源", "老城", "蓝湾", "和谐", "春阳", "沧口", "石老人", "好邻居")
_MISSING = {"birth_month": 0.12, "education": 0.18, "skills": 0.3, "occupations": 0.3, "desired": 0.25, "wage_min": 0.45}
_MISSING |= {"forms": 0.4, "hours": 0.45, "needs": 0.35, "home": 0.15, "area": 0.1, "employment": 0.2}
BENEFITS = ("", "五险", "五险一金")


@dataclass(frozen=True)
class Words:
    """Hold the texts of queries: the official word of each topic first, then everyday words; `topics` is the topic of each text."""

    texts: list[str]
    topics: Array

    @classmethod
    def of(cls, official: list[str], everyday: list[list[str]]) -> "Words":
        """Build from the official word and the everyday words of each topic."""
        topics = [*range(len(official)), *(topic for topic, words in enumerate(everyday) for _ in words)]
        return cls([*official, *(word for words in everyday for word in words)], np.array(topics))

    def asked(self, topic: Array, rng: np.random.Generator) -> Array:
        """Draw a text (index) for each topic, an everyday one in a third of the cases."""
        topics = self.topics.max() + 1
        many = np.bincount(self.topics, minlength=topics) - 1
        first = topics + np.concatenate([[0], many.cumsum()[:-1]])
        other = first[topic] + (rng.random(len(topic)) * many[topic]).astype(int)
        return np.where((rng.random(len(topic)) < 1 / 3) & (many[topic] > 0), other, topic)


WORK_WORDS = Words.of(
    [*_TITLES, *_SKILLS],
    [*(row[2].split("|") for row in _TRADES), *([_SKILL_WORDS[skill]] if skill in _SKILL_WORDS else [] for skill in _SKILLS)],
)
PLACE_WORDS = Words.of([row[1] for row in TYPES], [row[2].split("|") for row in TYPES])


@dataclass(frozen=True)
class Folk:
    """Hold residents: the table `people`, and all true facts by name."""

    table: pd.DataFrame
    facts: Mapping[str, Array]


def folk(people: int, places: Places, rng: np.random.Generator) -> Folk:
    """Draw residents."""
    place = rng.integers(0, len(places.lon), people)
    lon, lat = places.around(place, 400, rng)
    age = np.where(rng.random(people) < 0.18, rng.uniform(58, 79, people), 18.1 + 44 * rng.beta(1.5, 1.8, people))
    past = ground.drawn(people, rng.uniform(0.6, 1.6, len(_TRADES)), rng)
    goal = rng.random(people)
    akin = np.where(_FAMILY[(past + 1) % len(_TRADES)] == _FAMILY[past], (past + 1) % len(_TRADES), past - 1)
    wanted = np.where(goal < 0.45, past, np.where(goal < 0.75, akin, rng.integers(0, len(_TRADES), people)))
    office = places.around(rng.integers(0, len(places.lon), people), 600, rng)
    employed = (rng.random(people) < 0.55) & (age < 62)
    known = np.array([[_SKILLS.index(skill) for skill in skills[:2]] for skills in _KNOWN])[past]
    needs = rng.random((people, len(TYPES))) * _usual(age)
    level = (_SCHOOL[past] + rng.integers(-1, 3, people)).clip(0, 6)
    facts = {
        "age": age,
        "lon": lon,
        "lat": lat,
        "employed": employed,
        "level": level,
        "past": past,
        "wanted": wanted,
        "office lon": np.where(employed, office[0], lon),
        "office lat": np.where(employed, office[1], lat),
        "floor": (_PAY[wanted] * rng.lognormal(-0.18, 0.15, people) / 100).round() * 100,
        "budget": rng.lognormal(7.6, 0.6, people),
        "type": ground.drawn(people, (0.4, 0.33, 0.27), rng),
        "work topics": np.column_stack([wanted, past, known + len(_TRADES)]),
        "place topics": np.argsort(-needs, axis=1)[:, :4],
    }
    table = pd.DataFrame(_said(facts, rng) | {"lon": lon, "lat": lat, "area": places.code[place]})
    return Folk(ground.blanked(table, _MISSING, rng), facts)


def _usual(age: Array) -> Array:
    """Return the weight of each type of place by age, people by types."""
    usual = np.ones((len(age), len(TYPES)))
    names = [row[0] for row in TYPES]
    for name, low, high in (
        ("elder_care", 64, 99),
        ("childcare", 99, 99),
        ("canteen", 55, 99),
        ("gym", 18, 50),
        ("cafe", 18, 48),
    ):
        usual[:, names.index(name)] = np.where((age >= low) & (age <= high), 1.0, 0.4)
    return usual


def _said(facts: Mapping[str, Array], rng: np.random.Generator) -> dict[str, object]:
    """Return the columns of the table `people` but the place, before cells are left empty."""
    number, age = len(facts["age"]), facts["age"]
    asked = np.zeros((number, len(TYPES)), bool)
    asked[np.arange(number)[:, None], facts["place topics"][:, :3]] = True
    forms = np.column_stack([age < 65, rng.random(number) < 0.35, rng.random(number) < 0.2])
    work = np.where(facts["employed"], 0, np.where(age > 62, 2, 1))
    skills = facts["work topics"][:, 2:] - len(_TRADES)
    return {
        "person_id": ground.numbered("p", number),
        "birth_month": ground.months(age),
        "education": ground.EDUCATION[facts["level"]],
        "skills": ["|".join(_SKILLS[skill] for skill in row) for row in skills],
        "occupations": _TITLES[facts["past"]],
        "desired": _TITLES[facts["wanted"]],
        "employment": np.array(["employed", "unemployed", "retired"])[work],
        "wage_min": facts["floor"],
        "forms": ground.joined(forms, ("full_time", "part_time", "temporary")),
        "hours": rng.choice(np.array(["08:00-18:00", "07:00-22:00", "mon-fri 08:30-17:30", "12:00-22:00"]), number),
        "needs": ground.joined(asked, [f"type:{row[0]}" for row in TYPES]),
    }


def jobs(number: int, places: Places, rng: np.random.Generator) -> Items:
    """Draw vacancies of 150 days."""
    trade, place = rng.integers(0, len(_TRADES), number), rng.integers(0, len(places.lon), number)
    pay = (_PAY[trade] * rng.lognormal(0, 0.17, number) / 100).round() * 100
    lon, lat = places.around(place, 1000, rng)
    opens = rng.integers(-150, 0, number)
    closes = opens + rng.integers(30, 101, number)
    benefit, whole = ground.drawn(number, (3, 4, 3), rng), rng.random(number) < 0.85
    least = (_SCHOOL[trade] - rng.integers(0, 3, number)).clip(0)
    before, after = (
        np.array(["", "", "急招", "高薪", "长期招"], object),
        np.array(["", "", "（双休）", "（可实习）", "（包住）"], object),
    )
    table = pd.DataFrame({
        "job_id": ground.numbered("j", number),
        "title": rng.choice(before, number) + _TITLES[trade] + rng.choice(after, number),
        "employer": [f"{_SIGNS[sign]}{_FAMILIES[_FAMILY[each]]}" for sign, each in zip(rng.integers(0, 12, number), trade, strict=True)],
        "wage_min": (pay * 0.85 / 100).round() * 100,
        "wage_max": pay,
        "wage_unit": "month",
        "education_min": ground.EDUCATION[least],
        "skills": [_TRADES[each][5] for each in trade],
        "form": np.where(whole, "full_time", "temporary"),
        "mode": "on_site",
        "benefits": np.array(BENEFITS)[benefit],
        "lon": lon, "lat": lat, "area": places.code[place],
        "published_at": ground.dates(opens), "valid_to": ground.dates(closes),
    })  # fmt: skip
    facts = {"pay": pay, "stable": benefit + 2 * whole, "least": least}
    return Items(ground.blanked(table, {"skills": 0.25}, rng), facts, lon, lat, opens, closes)


def courses(number: int, places: Places, rng: np.random.Generator) -> Items:
    """Draw courses of 150 days, for a trade or one of its skills."""
    trade, place = rng.integers(0, len(_TRADES), number), rng.integers(0, len(places.lon), number)
    whole, public = rng.random(number) < 0.5, rng.random(number) < 0.4
    lon, lat = places.around(place, 800, rng)
    opens = rng.integers(-150, 0, number)
    closes = opens + rng.integers(60, 181, number)
    fee = np.where(rng.random(number) < 0.25, 0, (rng.lognormal(6.7, 0.8, number) / 10).round() * 10)
    least, most = (_SCHOOL[trade] - 2).clip(0), np.where(rng.random(number) < 0.3, 50, 70)
    level = np.where(whole, 5 - rng.integers(0, 3, number), 0)
    subject = np.where(whole, _TITLES[trade], [rng.choice(_KNOWN[each]) for each in trade])
    table = pd.DataFrame({
        "course_id": ground.numbered("c", number),
        "title": subject + rng.choice(np.array(["培训班", "考证班", "速成班", "技能提升班"], object), number),
        "teaches": [_TRADES[each][5] for each in trade],
        "level": pd.array(np.where(whole, level, -1), dtype="Int64"),
        "provider": np.where(public, "市公共实训基地", "春阳职业培训学校"),
        "fee": fee,
        "education_min": ground.EDUCATION[least],
        "age_min": 16, "age_max": most,
        "lon": lon, "lat": lat, "area": places.code[place],
        "published_at": ground.dates(opens), "valid_to": ground.dates(closes),
    })  # fmt: skip
    table["level"] = table["level"].mask(~whole)
    facts = {"fee": fee, "stable": 2 * whole + public, "least": least, "oldest": most}
    return Items(ground.blanked(table, {"teaches": 0.15}, rng), facts, lon, lat, opens, closes)


def amenities(number: int, places: Places, rng: np.random.Generator) -> Items:
    """Draw amenities; some opened lately, a few are closed."""
    kind, place = rng.integers(0, len(TYPES), number), rng.integers(0, len(places.lon), number)
    lon, lat = places.around(place, 500, rng)
    fresh, shut = rng.random(number) < 0.1, rng.random(number) < 0.02
    opens = np.where(fresh, rng.integers(-100, 0, number), rng.integers(-2500, -200, number))
    names = np.array([rng.choice([TYPES[each][1], *TYPES[each][3].split("|")]) for each in kind], object)
    ages = np.array([_TAKES.get(row[0], (0, 120)) for row in TYPES])[kind]
    table = pd.DataFrame({
        "amenity_id": ground.numbered("a", number),
        "name": rng.choice(np.array(_SIGNS, object), number) + names,
        "type": np.array([row[0] for row in TYPES])[kind],
        "hours": np.array([row[4] for row in TYPES])[kind],
        "services": np.array([row[5] for row in TYPES])[kind],
        "age_min": np.where(ages[:, 0] > 0, ages[:, 0], np.nan), "age_max": np.where(ages[:, 1] < 120, ages[:, 1], np.nan),
        "status": np.where(shut, "closed", "open"),
        "lon": lon, "lat": lat, "area": places.code[place],
        "published_at": ground.dates(opens),
    })  # fmt: skip
    times = np.array([[int(end[:2]) + int(end[3:]) / 60 for end in row[4].split("-")] for row in TYPES])[kind]
    facts = {"youngest": ages[:, 0], "oldest": ages[:, 1], "opens": times[:, 0], "closes": times[:, 1]}
    return Items(ground.blanked(table, {"services": 0.3}, rng), facts, lon, lat, opens, np.where(shut, -3000, 3000))
