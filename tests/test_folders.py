"""No traceback from any folder that can be read: training, lists, reports, store and service end well or say a sentence.

SQREC_SOAK says how many folders: 12 by default, 40 in `.ci/run`, 1,000 by `make soak`.
"""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.support import tiny
from tests.support.doors import walk
from tests.support.folders import Made, folders

EXAMPLES = int(os.environ.get("SQREC_SOAK", "12"))
CASES = Path(__file__).parent.parent.parent / "shared" / "cases"


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    print_blob=True,
)
@given(folders())
def test_every_door_ends_well_or_says_a_sentence(made: Made) -> None:
    with tempfile.TemporaryDirectory() as place:
        data = made.write(Path(place) / "data")
        walked = walk(data, Path(place))
    assert walked.came["check"] == "well"  # the strategy makes nothing that cannot be read


def test_a_folder_that_can_be_trained_is_trained(tmp_path: Path) -> None:
    """Else a training that refused everything would go unseen."""
    came = walk(tiny.write(tmp_path / "data"), tmp_path).came
    for door in ("check", "train time", "train last", "train none", "report last job", "recommend job", "import", "serve"):
        assert (door, came[door]) == (door, "well")


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.glob("c*")) if CASES.is_dir() else ["none"])
def test_every_case_ends_well_or_says_a_sentence(case: str, tmp_path: Path) -> None:
    if not (CASES / case).is_dir():
        pytest.skip("The cases are not beside this checkout.")
    data = tmp_path / "data"
    data.mkdir()
    for file in (CASES / case).iterdir():
        (data / file.name).write_bytes(file.read_bytes())
    walk(data, tmp_path)
