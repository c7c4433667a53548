"""A store where a folder is named: training, reports, lists, profiles and the service read either."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from experiments import report
from serving.deployment import Deployment
from serving.settings import Settings
from sqrec import bundle as bundles
from sqrec import read_source
from sqrec.cli.app import app
from sqrec.evaluate.promotion import looks
from sqrec.evaluate.report.run import report_on
from sqrec.source import is_store
from sqrec.store import Store, import_folder
from training import train


@pytest.fixture(scope="module")
def url(small: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a store with the small city."""
    found = f"sqlite:///{tmp_path_factory.mktemp('store') / 'sqrec.db'}"
    with Store.open(found) as store:
        import_folder(store, small / "data")
    return found


@pytest.mark.parametrize(
    ("where", "store"),
    [
        ("sqlite:///var/sqrec.db", True),
        ("postgresql+psycopg://sqrec@localhost/sqrec", True),
        ("var/city", False),
        (Path("var/city"), False),
        ("/data", False),
    ],
)
def test_what_is_a_store(where: str | Path, *, store: bool) -> None:
    assert is_store(where) == store


def test_a_folder_is_read_and_nothing_written(small: Path, tmp_path: Path) -> None:
    (tmp_path / "jobs.csv").write_text("job_id,title\na,\nb,cook\n", encoding="utf-8")
    assert read_source(tmp_path).tables["jobs"]["job_id"].tolist() == ["b"]
    assert [file.name for file in tmp_path.iterdir()] == ["jobs.csv"]
    assert read_source(str(small / "data"), ["people"]).path == small / "data"


def test_training_from_a_store_gives_the_bundle_of_its_folder(small: Path, url: str, tmp_path: Path) -> None:
    train.main(url, "job", "last", bundle=None, var=tmp_path)
    assert bundles.current(tmp_path / "bundles").name == bundles.current(small / "var" / "bundles").name
    sentences = report_on(url, "job", None, None, tmp_path / "report", tmp_path / "bundles")
    theirs = shutil.copytree(small / "var" / "bundles", tmp_path / "theirs", ignore=shutil.ignore_patterns(looks.FILE))
    assert sentences == report_on(small / "data", "job", None, None, tmp_path / "other", Path(theirs))


def test_what_is_wrong_with_a_store_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nothing = f"sqlite:///{tmp_path / 'x.db'}"
    for door in (lambda: train.main(nothing, var=tmp_path), lambda: report.main(nothing, var=tmp_path)):
        with pytest.raises(BaseException, match="1"):
            door()
        assert "There is no store" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_service_answers_from_a_store(small: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQREC_DATA", url)
    monkeypatch.setenv("SQREC_BUNDLES", str(small / "var" / "bundles"))
    settings = Settings.from_environment()
    theirs = Deployment.load(Settings(small / "data", small / "var" / "bundles"))
    with Store.open(url) as store:
        mine = Deployment.load(settings, store)
        assert list(mine.records.some(99)) == list(theirs.records.some(99))
    assert mine.choices.homes() == theirs.choices.homes()
    assert mine.snapshot.events.event.tolist() == theirs.snapshot.events.event.tolist()
    assert mine.snapshot.data_as_of == theirs.snapshot.data_as_of == "2026-08-01"


def test_lists_and_profiles_from_a_store(small: Path, url: str, tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        result = CliRunner().invoke(
            app, [*arguments, "--bundles", str(small / "var" / "bundles"), "--at", "2026-08-01T00:00:00Z"]
        )
        assert result.exit_code == 0, result.output
        return result.output

    lists = []
    for number, where in enumerate((url, str(small / "data"))):
        run("recommend", where, "--n", "5", "--out", str(tmp_path / f"{number}.parquet"))
        lists.append(pd.read_parquet(tmp_path / f"{number}.parquet"))
    pd.testing.assert_frame_equal(*lists)
    assert run("profile", url, "p01", "--json") == run("profile", str(small / "data"), "p01", "--json")
