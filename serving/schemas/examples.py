"""One example of every request: a resident of Qingdao."""

RECOMMEND = {
    "person": {
        "birth_month": "1986-03",
        "education": "21",
        "desired": ["收银员"],
        "occupations": ["营业员"],
        "skills": ["收银"],
        "wage_min": 3500,
        "forms": ["full_time"],
        "area": "370202",
        "location": {"lon": 120.382, "lat": 36.067, "crs": "WGS84"},
        "history": [{"kind": "job", "item_id": "j00017", "event": "view", "at": "2026-10-30T19:20:00+08:00"}],
    },
    "n": 5,
}
"""Items that the catalogue does not know are left out of the history."""

PROFILE = {
    "person": {"birth_month": "1974-05", "employment": "unemployed", "registered_unemployed_on": "2025-10-01"},
    "restricted": {"sex": "male", "low_income": False},
}

BATCH = {"persons": [{"person": {"desired": ["保洁员"], "area": "370203"}}, {"person": {"needs": ["type:childcare"]}}], "n": 3}

EVENTS = {
    "events": [
        {
            "event_id": "platform-20261101-000001",
            "person_id": "p1",
            "kind": "job",
            "item_id": "j00017",
            "event": "apply",
            "at": "2026-11-01T09:30:00+08:00",
            "request_id": "3f2b8c1d5e6f47a8b9c0d1e2f3a4b5c6",
            "position": 2,
        }
    ]
}

SESSION = {"assertion": "eyJhbGciOiJFZERTQSJ9.eyJyb2xlIjoid29ya2VyIn0.c2lnbmF0dXJl"}

ITEM = {"kind": "job", "item_id": "j00017"}

WHOSE = {"person_id": "p1"}
ABOUT = {"person_id": "p1", "lang": "zh-CN"}

SWITCH = {"personalised": False}

TAGS = {"delete": ["age", "group:graduate"], "correct": {"skills": ["收银@5"]}}

CONSENT = {"purpose": "push", "given": True, "notice": "push-1"}

UNSUITABLE = {"event_id": "station-7-000001", "kind": "job", "item_id": "j00017", "reason": "夜班，与本人能上班的时间不符"}
ACCESS = {"person_id": "p1"}

ERASURE = {"person_id": "p1", "sure": True}

EXPLANATION = {"request_id": "3f2b8c1d5e6f47a8b9c0d1e2f3a4b5c6", "lang": "zh-CN"}

COMPLAINT = {"person_id": "p1", "text": "推荐的岗位已经招满了，电话打不通。", "request_id": "3f2b8c1d5e6f47a8b9c0d1e2f3a4b5c6"}

COMPLAINTS = {"unanswered": True}

ANSWER = {"complaint_id": "0f8fad5bd9cb469fa16570867728950e", "answer": "该岗位已下架，感谢您的反馈。"}
