"""What a check says that a folder is usable for, and what it lacks."""

from pathlib import Path

import pytest

from sqrec.tables import FolderCheck, check_folder, read_folder
from tests.support.files import TEXT, folder_of, problems

EVENTS = "event_id,person_id,kind,item_id,event,at\n"


def counted(place: Path, *events: str) -> FolderCheck:
    folder = folder_of(
        place,
        people_csv="person_id\np1\np2\n",
        jobs_csv="job_id,title,published_at\n100,cook,2026-06-01\n200,baker,\n",
        events_csv=EVENTS + "".join(f"{number},{event}\n" for number, event in enumerate(events)),
    )
    return check_folder(folder, write_rejected=False)


def test_a_check_counts_what_events_are_of_use_for(tmp_path: Path) -> None:
    found = counted(
        tmp_path,
        "p1,job,100,apply,2026-07-01T09:00:00Z",
        "p1,job,200,view,2020-07-01T09:00:00Z",
        "p2,job,100,apply,2026-05-01T09:00:00Z",
        "p2,job,200,impression,2026-07-01T09:00:00Z",
        "p9,job,200,apply,2026-07-01T09:00:00Z",
        "p2,job,900,apply,2026-07-01T09:00:00Z",
    )
    assert found.usability == [
        "jobs has 2 usable events of 1 people; too few to train on is likely",
        "groups cannot be told: no restricted",
    ]
    assert found.checks["events"].tally.rules == {"unknown-person": 1, "unknown-item": 1, "before-published": 1}
    assert found.errors == 0


@pytest.mark.parametrize(
    ("uses", "jobs", "can"), [(3, 4, False), (3, 62, False), (3, 63, True), (2, 400, False), (20, 8, False), (20, 9, True)]
)
def test_a_check_promises_no_more_than_a_tree_can_split(tmp_path: Path, uses: int, jobs: int, *, can: bool) -> None:
    """Of 3 uses a split by time leaves 2 to learn from, of 20 it leaves 14; a tree needs 125 rows, one for each use and job."""
    folder = folder_of(
        tmp_path,
        people_csv="person_id\np1\np2\n",
        jobs_csv="job_id,title\n" + "".join(f"{number},cook\n" for number in range(jobs)),
        events_csv=EVENTS + "".join(f"{number},p{1 + number % 2},job,1,view,2026-07-01T09:00:00Z\n" for number in range(uses)),
    )
    said = check_folder(folder, write_rejected=False).usability[0]
    counted = f"{uses} usable events of 2 people"
    assert said == (f"jobs can be trained: {counted}" if can else f"jobs has {counted}; too few to train on is likely")


def test_where_nothing_joins_a_check_fails_with_counts(tmp_path: Path) -> None:
    found = counted(tmp_path, *["p1,job,100.0,apply,2026-07-01T09:00:00Z"] * 3)
    (one,) = found.unread
    assert (one.rule, one.column, found.errors) == ("nothing-joins", "item_id", 1)
    assert "of 3 events with jobs, 3 name a person of people and 0 an item of jobs, none both" in str(one)
    assert "('100.0' here, '100' there)" in str(one)
    examples = found.checks["events"].tally.examples["item_id", "unknown-item"]
    assert examples[0].hint == "ends in .0: without it, it is known"
    assert found.usability[0].startswith("jobs cannot be trained: of 3 events")
    assert [problem.rule for problem in read_folder(tmp_path).errors] == ["nothing-joins"]


def test_ids_that_lost_their_zero_are_told_the_other_way_round(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        people_csv="person_id\np\n",
        jobs_csv="job_id,title\n7.0,cook\n8,baker\n",
        events_csv=EVENTS
        + "1,p,job,7,view,2026-07-01T09:00:00Z\n2,p,job,8,view,2026-07-01T09:00:00Z\n3,p,job,9,view,2026-07-01T09:00:00Z\n",
    )
    assert [problem.hint for problem in problems(folder)] == ["with .0 behind it, it is known", ""]


def test_events_before_their_item_teach_nothing(tmp_path: Path) -> None:
    found = counted(tmp_path, "p1,job,100,apply,2026-05-01T09:00:00Z", "p2,job,100,view,2026-05-02T09:00:00Z")
    assert found.usability[0] == "jobs cannot be trained: all 2 events lie before published_at of their item"
    assert found.errors == 0


def test_events_out_of_time_teach_nothing(tmp_path: Path) -> None:
    """Ahead of the clock and too long ago; then beside one that happened, before its item was published and not so."""
    never = ("p1,job,100,apply,2072-01-01T00:00:00Z", "p2,job,200,apply,1970-01-01T00:00:00Z")
    none = counted(tmp_path, *never)
    assert none.usability[0] == "jobs cannot be trained: all 2 events lie ahead of the clock, or too long ago to be meant"
    early = counted(tmp_path, *never, "p2,job,100,apply,2026-05-01T09:00:00Z")
    assert early.usability[0].startswith("jobs cannot be trained: none of 3 events that join is more than an impression")
    some = counted(tmp_path, *never, "p2,job,200,apply,2026-07-01T09:00:00Z")
    assert some.usability[0] == "jobs has 1 usable events of 1 people; too few to train on is likely"
    assert {folder.errors for folder in (none, early, some)} == {0}


def test_events_that_are_known_ahead_of_the_clock_teach_nothing(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        people_csv="person_id\np1\n",
        jobs_csv="job_id,title\n100,cook\n",
        events_csv="event_id,person_id,kind,item_id,event,at,recorded_at\n"
        "1,p1,job,100,apply,2026-07-01T09:00:00Z,2072-01-01T00:00:00Z\n",
    )
    found = check_folder(folder, write_rejected=False)
    assert found.usability[0] == "jobs cannot be trained: all 1 events lie ahead of the clock, or too long ago to be meant"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"jobs_csv": TEXT}, ["jobs cannot be trained: no people, no events"]),
        ({"jobs_csv": "job_id,title\n", "people_csv": "person_id\na\n"}, ["jobs cannot be trained: no row of jobs was accepted, no events", "groups cannot be told: no restricted"]),
        ({"people_csv": "person_id\na\n", "restricted_csv": "person_id\na\n"}, ["groups can be told: restricted facts of 1 people"]),
    ],
)  # fmt: skip
def test_what_a_folder_lacks(tmp_path: Path, files: dict[str, str], said: list[str]) -> None:
    assert check_folder(folder_of(tmp_path, **files), write_rejected=False).usability == said


@pytest.mark.parametrize(
    ("months", "said"),
    [
        ("p1,1985-03\np2,1990-07\n", "groups can be told: restricted facts of 2 people"),
        ("p1,1985-03\np2,2025-07\n", "groups can be told: restricted facts of 1 people"),
        ("p2,2025-07\np3,1990-07\n", "groups cannot be told: none of 2 rows of restricted names a person of people"),
    ],
)
def test_restricted_facts_of_nobody_tell_no_groups(tmp_path: Path, months: str, said: str) -> None:
    """Whoever was born in 2025 is rejected, so that nobody is left whom the fact is of."""
    folder = folder_of(
        tmp_path, people_csv=f"person_id,birth_month\n{months}", restricted_csv="person_id,sex\np1,female\np2,male\n"
    )
    assert check_folder(folder, write_rejected=False).usability == [said]
