"""Pages that are made: commands and settings are on them as they are."""

import re
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from serving.settings import Settings
from serving.settings import page as settings_page
from sqrec.cli import app as commands
from sqrec.cli.app import COMMANDS, app, command
from sqrec.cli.page import page
from sqrec.errors import DataError
from sqrec.version import VERSION

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Declare the commands of this checkout, whatever an older installation says of it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: dict[str, str] = project["entry-points"][commands.ELSEWHERE]
    monkeypatch.setattr(commands, "_elsewhere", lambda: found)
    return found


def test_pages_are_as_they_would_be_made_now() -> None:
    """`make docs` writes them."""
    assert (DOCS / "cli.md").read_text(encoding="utf-8") == page()
    assert (DOCS / "settings.md").read_text(encoding="utf-8") == settings_page()


def test_every_command_and_option_is_told(elsewhere: dict[str, str]) -> None:
    told = page()
    for name in (*COMMANDS, *elsewhere):
        assert f"## sqrec {name}\n" in told
    assert not re.search(r"\| `--[a-z-]+` \| *\|", told), "an option without a meaning"


def test_the_version() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"sqrec {VERSION}\n"


def test_a_command_of_a_package_that_is_not_there() -> None:
    found = CliRunner().invoke(app, ["elsewhere", "--data", "x"])
    assert found.exit_code == 2
    absent = command("elsewhere", "nowhere_at_all.door:main")
    with pytest.raises(Exception, match="not in the library alone"):
        absent.main(["--data", "x"], standalone_mode=False)


def test_settings_from_variables() -> None:
    told = {"SQREC_DATA": "sqlite:///a.db", "SQREC_BUNDLE": "b", "SQREC_POINTER_SECONDS": "0.5", "SQREC_BUNDLES": ""}
    read = Settings.from_environment(told)
    assert read == Settings(data="sqlite:///a.db", bundle=Path("b"), pointer_seconds=0.5)
    with pytest.raises(DataError, match="SQREC_POINTER_SECONDS=soon"):
        Settings.from_environment({"SQREC_POINTER_SECONDS": "soon"})
