"""What stands on the signs of places: a Chinese word for every type."""

import numpy as np

from sqrec.contract import AMENITY_TYPES

_WORDS = {
    "convenience_store": "便利店",
    "breakfast": "早餐铺",
    "market": "菜市场",
    "repair": "维修铺",
    "elder_care": "养老服务站",
    "childcare": "托育园",
    "supermarket": "超市",
    "fresh_store": "生鲜店",
    "front_warehouse": "前置仓",
    "hairdresser": "理发店",
    "laundry": "洗衣店",
    "pharmacy": "药房",
    "print_shop": "图文店",
    "recycling": "回收点",
    "car_wash": "洗车行",
    "housekeeping": "家政店",
    "parcel_locker": "快递柜",
    "post_express": "快递站",
    "canteen": "食堂",
    "clinic": "卫生服务站",
    "bank": "银行网点",
    "culture": "文化站",
    "employment_station": "就业驿站",
    "community_centre": "邻里中心",
    "restaurant": "饭馆",
    "bakery": "面包房",
    "cafe": "咖啡馆",
    "bookshop": "书店",
    "gym": "健身房",
    "training_place": "培训点",
    "wellness": "养生馆",
    "florist": "花店",
    "pet_service": "宠物店",
    "travel": "旅行社",
    "other": "服务点",
}
SIGNS = np.array([_WORDS[name] for name in AMENITY_TYPES], object)
"""The words in the order of the types."""
