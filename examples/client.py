"""A platform's client: ask for a person, show the list, send what the person did. `python examples/client.py http://localhost:3000`.

`SQREC_KEY` holds the key where a store is served (docs/access.md).
"""

import os
import sys
import uuid
from datetime import UTC, datetime
from typing import Any

import httpx

PERSON = {"birth_month": "1986-03", "education": "71", "desired": ["收银员"], "occupations": ["理货员"]}
Answer = dict[str, Any]


class Refused(Exception):
    """Say what the service answered instead: its sentence, and every problem of the request."""


def ask(client: httpx.Client, method: str, path: str, body: Answer | None = None) -> Answer:
    """Return an answer. Raises Refused for a problem document (RFC 9457): every error has that shape."""
    response = client.request(method, path, json=body)
    told = response.json()
    if response.is_success:
        return told
    problems = [f"{one['field']}: {one['detail']}" for one in told["problems"]]
    raise Refused(f"{told['status']} {told['detail']} {'; '.join(problems)}".strip())


def shown(answer: Answer) -> list[str]:
    """Return the lists as lines: notices first, as nothing may come before them, then each item with why it is there."""
    lines = [one["text"] for one in (*answer["notices"], *answer["degraded"])]
    for kind, items in answer["streams"].items():
        lines.append(f"[{kind}] by {answer['rankers'][kind]}")
        for one in items:
            minutes = one["reach"]["minutes"]
            way = "步行时间未知" if minutes is None else f"步行约{minutes:.0f}分钟"
            lines.append(f"{one['rank']}. {one['title']}（{way}）{'；'.join(said['text'] for said in one['reasons'])}")
    return lines


def event(answer: Answer, kind: str, position: int, person_id: str, what: str) -> Answer:
    """Return what a person did with the item at a position of an answer; keep the `event_id`: sent again it counts once."""
    item = answer["streams"][kind][position - 1]
    return {
        "event_id": uuid.uuid4().hex,
        "person_id": person_id,
        "kind": kind,
        "item_id": item["item_id"],
        "event": what,
        "at": datetime.now(UTC).isoformat(),
        "request_id": answer["request_id"],
        "position": position,
    }


def main(url: str) -> None:
    """Ask, show, look at the first job, tell that it was looked at."""
    key = os.environ.get("SQREC_KEY")
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"} if key else {}, timeout=10) as client:
        answer = ask(client, "POST", "/v1/recommend", {"person": PERSON, "n": 3})
        print("\n".join(shown(answer)))
        first = answer["streams"]["job"][0]["item_id"]
        print(ask(client, "GET", f"/v1/items/job/{first}")["facts"])
        try:
            print(ask(client, "POST", "/v1/events", {"events": [event(answer, "job", 1, "p1", "view")]}))
        except Refused as why:  # a folder is served: it takes no events
            print(why)


if __name__ == "__main__":
    main(*sys.argv[1:])
