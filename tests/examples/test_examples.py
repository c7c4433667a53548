"""The examples do what they say: in this process, on their own city."""

import runpy
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import httpx
import pytest

from serving.app import application
from serving.live import Live
from serving.settings import Settings
from sqrec.store import Store, import_folder
from sqrec.tables import read_folder
from tests.support.inside import Inside
from tests.support.keys import key_for
from training import train

EXAMPLES = Path(__file__).parents[2] / "examples"
CITY = EXAMPLES / "city"
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what `make train DATA=examples/city SPLIT=none` makes, without the study."""
    var = tmp_path_factory.mktemp("lakeside")
    train.main(str(CITY), "all", "none", bundle=None, var=var, studied=False)
    return var / "bundles"


@pytest.fixture(scope="module")
def client() -> dict[str, Any]:
    return runpy.run_path(str(EXAMPLES / "client.py"))


def served(data: Path | str, bundles: Path, key: str | None = None) -> Iterator[Inside]:
    live = Live(Settings(data=data, bundles=bundles))
    yield Inside(application(live), Path(data), bundles, key)
    live.close()


@pytest.fixture(scope="module")
def of_folder(bundles: Path) -> Iterator[Inside]:
    yield from served(CITY, bundles)


@pytest.fixture(scope="module")
def of_store(bundles: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'sqrec.db'}"
    with Store.open(url) as store:
        import_folder(store, CITY)
    yield from served(url, bundles, key_for(url))


def test_a_city_of_ones_own() -> None:
    folder = read_folder(CITY, write_rejected=False)
    assert not folder.problems
    assert folder.city.name == "lakeside"
    assert folder.city.circle_steps == (15, 30, 60)
    assert folder.city.holds(100.01, 30.01, "WGS84")
    assert not folder.city.holds(120.38, 36.07, "WGS84")


def test_the_library_in_ten_lines(bundles: Path) -> None:
    lines = runpy.run_path(str(EXAMPLES / "library.py"))["ten_lines"](str(CITY), str(bundles))
    assert len(lines) == 5
    assert lines[0].startswith("收银员, ")
    assert 0 < float(lines[0].partition(", ")[2]) < 60


def test_the_client_shows_lists_and_sends_an_event_once(client: dict[str, Any], of_store: Inside) -> None:
    answer = client["ask"](of_store, "POST", "/v1/recommend", {"person": client["PERSON"], "n": 3})
    lines = client["shown"](answer)
    assert lines[0] == answer["notices"][0]["text"]
    shown = [line for line in lines if line.startswith("[")]
    assert shown == ["[job] by model", "[course] by fallback", "[amenity] by fallback"]  # three courses teach no ranker
    assert any(line.startswith("1. 收银员（") for line in lines)
    told = client["event"](answer, "job", 1, "p1", "apply")
    taken = {"unknown_items": 0, "refused": [], "uncounted": [], "noted": []}
    assert client["ask"](of_store, "POST", "/v1/events", {"events": [told]}) == taken | {"new": 1, "known": 0}
    assert client["ask"](of_store, "POST", "/v1/events", {"events": [told]}) == taken | {"new": 0, "known": 1}
    again = client["ask"](of_store, "POST", "/v1/recommend", {"person_id": "p1", "n": 8, "kinds": ["job"]})
    assert told["item_id"] not in {one["item_id"] for one in again["streams"]["job"]}


def test_the_client_says_what_was_refused(client: dict[str, Any], of_folder: Inside) -> None:
    with pytest.raises(client["Refused"], match="503 Events cannot be taken") as refused:
        client["ask"](of_folder, "POST", "/v1/events", {"events": [{**EVENT}]})
    with pytest.raises(client["Refused"], match=r"400 .*person\.education: "):
        client["ask"](of_folder, "POST", "/v1/recommend", {"person": {"education": "x"}})
    assert str(refused.value).endswith("(sqrec import FOLDER).")


EVENT = {"event_id": "e", "person_id": "p1", "kind": "job", "item_id": "j1", "event": "view", "at": "2026-11-01T00:00:00Z"}


@pytest.mark.parametrize("key", [None, "sq_of_a_platform"])
def test_the_client_sends_its_key(
    client: dict[str, Any], of_folder: Inside, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    """With every request, and none where it has none."""
    sent: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers.get("authorization"))
        asked = of_folder.request(request.method, request.url.path, content=request.content, headers=JSON)
        return httpx.Response(asked.status_code, content=asked.content)

    monkeypatch.delenv("SQREC_KEY", raising=False)
    if key:
        monkeypatch.setenv("SQREC_KEY", key)
    made = client["httpx"].Client
    monkeypatch.setattr(client["httpx"], "Client", lambda **more: made(**more, transport=httpx.MockTransport(answer)))
    client["main"]("http://localhost:3000")
    assert sent == [key and f"Bearer {key}"] * 3


def test_the_client_from_first_to_last(
    client: dict[str, Any], of_folder: Inside, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(client["httpx"], "Client", lambda base_url, headers, timeout: nullcontext(of_folder))
    client["main"]("http://service")
    out = capsys.readouterr().out
    assert "收银员" in out
    assert "'job_id': 'j1'" in out
    assert out.rstrip().endswith("(sqrec import FOLDER).")
