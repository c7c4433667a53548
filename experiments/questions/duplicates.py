"""One question: are adverts that are one by several ids found, and only those.

`reposts` copies adverts (by default the hand-written ones of experiments/plausible) as other people repost them, each by one to three
edits, with words that the rules (sqrec/same/rules.json) were not written from, and sets vacancies beside them that look alike and are
none of theirs. `pairs` prints joined and nearly joined pairs of any folder, to be judged by hand. `speed` times a large catalogue.
`python -m experiments.questions.duplicates reposts|pairs|speed`; results and judgements: duplicates.md.
"""

import csv
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from scipy.stats import binomtest

from sqrec.base.arrays import BoolArray, IntArray
from sqrec.base.numbers import SEED
from sqrec.catalogue.twins import Offers
from sqrec.contract import Kind
from sqrec.profile.encoders import AreaKeys
from sqrec.reach.straight import directions
from sqrec.tables import read_folder

app = typer.Typer(add_completion=False)
Row = Mapping[str, str]
Rng = np.random.Generator
Edit = Callable[[Row, Rng], Row]
ADVERTS = Path("experiments/plausible/adverts/jobs.csv")
CALLS = (
    "招满即止",
    "快来报名",
    "新店开业",
    "内推",
    "可预支工资",
    "环境一流",
    "缺人",
    "今日可面",
    "好上手",
    "交通方便",
    "扩招",
    "团队年轻",
)
ROLES = ("保洁员", "收银员", "会计", "司机", "保安员", "厨师", "客服专员", "仓管员")
PARTS = ("急诊科", "儿科", "二楼", "上午班", "外贸方向", "直播间", "西区", "冷链", "高压", "日语")
HOURS = ("06:00-14:00", "14:00-22:00", "22:00-06:00")
APART = (("白班", "夜班"), ("初级", "高级"), ("主管", "助理"), ("一部", "二部"), ("男装", "女装"))


def _k(wage: str) -> str:
    return f"{float(wage) / 1000:g}"


def marks(row: Row, rng: Rng) -> Row:
    """Write the same title with other brackets, spaces and width."""
    title = row["title"].replace("（", "(").replace("）", ")").replace(" ", rng.choice(["/", "　", "-", "|"]))
    return {**row, "title": rng.choice([title, f"【{title}】", title.upper(), f"{title}！！"])}


def wage_in_title(row: Row, rng: Rng) -> Row:
    """Write the wage into the title, in one of five ways, and maybe leave it out of the columns (面议)."""
    if not row["wage_min"] or not row["wage_max"] or row["wage_unit"] != "month":
        return marks(row, rng)
    low, high = row["wage_min"], row["wage_max"]
    told = rng.choice(
        [f"{_k(low)}-{_k(high)}K", f"{low}~{high}元/月", f"月薪{low}起", f"{_k(low)}-{_k(high)}k·13薪", f"综合{low}—{high}"]
    )
    kept = {} if rng.random() < 0.5 else {"wage_min": "", "wage_max": ""}
    return {**row, "title": f"{row['title']} {told}", **kept}


def raised(row: Row, rng: Rng) -> Row:
    """Raise the wage by a tenth."""
    if not row["wage_min"]:
        return marks(row, rng)
    return {**row, **{name: f"{1.1 * float(row[name]):.0f}" for name in ("wage_min", "wage_max") if row[name]}}


def called(row: Row, rng: Rng) -> Row:
    """Call louder, before or behind the title."""
    call = rng.choice(CALLS)
    return {**row, "title": rng.choice([f"{call} {row['title']}", f"{row['title']}（{call}）", f"【{call}】{row['title']}"])}


def named(row: Row, rng: Rng) -> Row:
    """Write the employer into the title, or its legal form into its name."""
    if rng.random() < 0.5:
        return {**row, "title": f"{row['title']}（{row['employer']}）"}
    return {**row, "employer": f"{row['employer']}有限公司"}


def moved(row: Row, rng: Rng) -> Row:
    """Point up to 150 metres away, or at nothing."""
    if not row["lon"] or rng.random() < 0.3:
        return {**row, "lon": "", "lat": ""}
    return {
        **row,
        "lon": f"{float(row['lon']) + rng.uniform(-0.0011, 0.0011):.5f}",
        "lat": f"{float(row['lat']) + rng.uniform(-0.0009, 0.0009):.5f}",
    }


def mistyped(row: Row, rng: Rng) -> Row:
    """Leave out one letter of the title."""
    place = int(rng.integers(len(row["title"])))
    return {**row, "title": row["title"][:place] + row["title"][place + 1 :] or row["title"]}


def gapped(row: Row, rng: Rng) -> Row:
    """Forget some facts."""
    return {
        **row,
        **{name: "" for name in ("hours", "education_min", "experience_min_years", "occupation") if rng.random() < 0.6},
    }


EDITS: tuple[Edit, ...] = (marks, wage_in_title, raised, called, named, moved, mistyped, gapped)


def branch(row: Row, rng: Rng) -> Row:
    """Move the vacancy to a branch a kilometre away or more."""
    return {**row, "lon": f"{float(row['lon'] or 120.3) + rng.uniform(0.012, 0.05):.5f}", "lat": row["lat"] or "36.1"}


def other_form(row: Row, rng: Rng) -> Row:
    """Offer the work part time instead of full time, or the other way round."""
    return {**row, "form": "full_time" if row["form"] == "part_time" else "part_time"}


def other_role(row: Row, rng: Rng) -> Row:
    """Look for somebody else at the same door."""
    return {**row, "occupation": "", "title": rng.choice([one for one in ROLES if one not in row["title"]])}


def other_pay(row: Row, rng: Rng) -> Row:
    """Pay twice as much."""
    if not row["wage_min"]:
        return other_form(row, rng)
    return {**row, **{name: f"{2 * float(row[name]):.0f}" for name in ("wage_min", "wage_max") if row[name]}}


def other_level(row: Row, rng: Rng) -> Row:
    """Look for the same work at another hour or level."""
    return {**row, "title": f"{row['title']}{rng.choice(APART)[1]}"}


def other_part(row: Row, rng: Rng) -> Row:
    """Look for somebody for another part of the house."""
    return {**row, "title": f"{row['title']}（{rng.choice(PARTS)}）"}


def other_hours(row: Row, rng: Rng) -> Row:
    """Offer another shift; where the hours are not told there is none, and another part is meant."""
    if not row["hours"]:
        return other_part(row, rng)
    return {**row, "hours": str(rng.choice([hours for hours in HOURS if hours != row["hours"]]))}


def other_schooling(row: Row, rng: Rng) -> Row:
    """Ask for more, or for less."""
    if not row["education_min"]:
        return other_part(row, rng)
    return {**row, "education_min": "30" if row["education_min"] != "30" else "70"}


OTHERS: tuple[Edit, ...] = (branch, other_form, other_role, other_pay, other_level, other_part, other_hours, other_schooling)


@app.command()
def reposts(adverts: Path = ADVERTS, seed: int = SEED, work: Path = Path("var/duplicates")) -> None:
    """Print recall by edit and precision by what stands beside."""
    rng = np.random.default_rng(seed)
    with adverts.open(encoding="utf-8-sig", newline="") as file:
        every = {row["employer"]: row for row in reversed(list(csv.DictReader(file))) if row["employer"]}
    base = list(every.values())  # one advert of each employer: some of theirs are reposts already
    rows: list[Row] = []
    origin: list[int] = []
    how: list[str] = []
    for number, row in enumerate(base):
        copies: list[tuple[str, Row]] = [("original", row)]
        for _ in range(2):
            edits = [EDITS[place] for place in rng.choice(len(EDITS), size=int(rng.integers(1, 4)), replace=False)]
            copies.append((" + ".join(sorted(edit.__name__ for edit in edits)), _edited(row, edits, rng)))
        beside = OTHERS[int(rng.integers(len(OTHERS)))]
        copies.append((f"not: {beside.__name__}", beside(row, rng)))
        rows += [{**copy, "job_id": f"r{number}x{place}"} for place, (_, copy) in enumerate(copies)]
        origin += [number] * 3 + [-1 - number]
        how += [name for name, _ in copies]
    twins = _twins(_written(rows, work))
    original = np.array([origin.index(one) if one >= 0 else -1 for one in origin])
    _print_recall(twins, original, how)
    _print_precision(twins, np.array(origin), how)


@app.command()
def pairs(folder: Path, n: int = 60, seed: int = SEED) -> None:
    """Print a sample of joined pairs, and of pairs of one employer and area that share most of their title and are not joined."""
    rng = np.random.default_rng(seed)
    table = read_folder(folder, write_rejected=False).tables["jobs"]
    twins = _twins(table)
    joined = np.flatnonzero((twins >= 0) & (twins != np.arange(len(twins))))
    print(f"{len(table)} adverts, {len(joined)} of them another id of {len(np.unique(twins[joined]))} offers")
    _print_pairs(table, "joined", [(int(twins[row]), int(row)) for row in rng.permutation(joined)[:n]])
    near = [pair for pair in _near(table) if twins[pair[0]] < 0 or twins[pair[0]] != twins[pair[1]]]
    print(f"{len(near)} pairs of one employer and area share half of their words and are not joined")
    _print_pairs(table, "apart", [near[place] for place in rng.permutation(len(near))[:n].tolist()])


@app.command()
def speed(size: Annotated[int, typer.Option(help="adverts")] = 100_000, seed: int = SEED) -> None:
    """Print the seconds that groups of a large catalogue take: hand-written titles, a tenth of them reposts."""
    rng = np.random.default_rng(seed)
    table = pd.read_csv(ADVERTS, dtype=str)
    drawn = table.iloc[rng.integers(len(table), size=size)].reset_index(drop=True)
    drawn["employer"] = [f"企业{number}" for number in rng.zipf(1.3, size=size) % (size // 3)]
    lon, lat = rng.uniform(120.1, 120.6, size), rng.uniform(36.0, 36.4, size)
    same = rng.random(size) < 0.1
    source = np.where(same, rng.integers(size, size=size), np.arange(size))
    drawn = drawn.iloc[source].reset_index(drop=True).convert_dtypes()
    for name in ("wage_min", "wage_max"):
        drawn[name] = pd.to_numeric(drawn[name]).astype("Float64")
    start = time.process_time()
    twins = Offers(
        "job", drawn, drawn["title"].tolist(), directions(lon[source], lat[source]), np.zeros((size, 4), np.uint64)
    ).twins()
    spent = time.process_time() - start
    print(f"{size} adverts: {spent:.2f} s of one core, {int((twins >= 0).sum())} of them one of several ids")


def _edited(row: Row, edits: Sequence[Edit], rng: Rng) -> Row:
    for edit in edits:
        row = edit(row, rng)
    return row


def _written(rows: Sequence[Row], work: Path) -> pd.DataFrame:
    work.mkdir(parents=True, exist_ok=True)
    (work / "folder.json").write_text('{"city": "qingdao", "crs": "WGS84", "as_of": "2026-12-01"}', encoding="utf-8")
    pd.DataFrame(rows).to_csv(work / "jobs.csv", index=False)
    table = read_folder(work, write_rejected=False).tables["jobs"]
    order = {row["job_id"]: place for place, row in enumerate(rows)}
    return table.iloc[np.argsort([order[one] for one in table["job_id"].tolist()])].reset_index(drop=True)


def _twins(table: pd.DataFrame, kind: Kind = "job") -> IntArray:
    lon, lat = (table[name].to_numpy(np.float64, na_value=np.nan) for name in ("lon", "lat"))
    area = AreaKeys().encode(table["area"].astype(object).where(table["area"].notna(), None).tolist())
    return Offers(kind, table, table["title"].tolist(), directions(lon, lat), area).twins()


def _print_recall(twins: IntArray, original: IntArray, how: Sequence[str]) -> None:
    copy = np.array([name != "original" and not name.startswith("not") for name in how])
    found = copy & (twins >= 0) & (twins == twins[original])
    print("| reposts | n | found | 95 % |\n|---|---|---|---|")
    for name in ("all", *(edit.__name__ for edit in EDITS)):
        mine = copy & np.array([name in ("all", *one.split(" + ")) for one in how])
        print(f"| {name} | {mine.sum()} | {found[mine].mean():.3f} | {_interval(found[mine])} |")
    plain = copy & np.array(["called" not in one and "mistyped" not in one for one in how])
    print(f"| neither called nor mistyped | {plain.sum()} | {found[plain].mean():.3f} | {_interval(found[plain])} |")


def _print_precision(twins: IntArray, origin: IntArray, how: Sequence[str]) -> None:
    """Print how many joined pairs (each with its first) are of one advert."""
    member = np.flatnonzero((twins >= 0) & (twins != np.arange(len(twins))))
    right = origin[member] == origin[twins[member]]
    print(
        f"\njoined pairs: {len(right)}, right {right.mean():.3f} ({_interval(right)})\n\n| set beside | n | joined wrongly |\n|---|---|---|"
    )
    for edit in OTHERS:
        mine = np.array([one == f"not: {edit.__name__}" for one in how])
        print(f"| {edit.__name__} | {mine.sum()} | {int((twins[mine] >= 0).sum())} |")


def _interval(right: BoolArray) -> str:
    """Return the 95 % interval of a share (Wilson 1927)."""
    found = binomtest(int(right.sum()), len(right)).proportion_ci(method="wilson")
    return f"{found.low:.3f} to {found.high:.3f}"


def _near(table: pd.DataFrame) -> list[tuple[int, int]]:
    words = [frozenset(title.casefold().split()) for title in table["title"].tolist()]
    found: list[tuple[int, int]] = []
    for rows in table.groupby(["employer", "area"], sort=True).indices.values():
        some = np.asarray(rows)[:40].tolist()
        found += [(a, b) for a in some for b in some if a < b and 2 * len(words[a] & words[b]) >= len(words[a] | words[b])]
    return found


def _print_pairs(table: pd.DataFrame, name: str, found: Sequence[tuple[int, int]]) -> None:
    for number, (one, other) in enumerate(found):
        rows = table.iloc[[one, other]]
        told = " || ".join(" | ".join(str(row[column]) for column in ("title", "employer", "area")) for _, row in rows.iterrows())
        print(f"{name} {number}: {told}")


if __name__ == "__main__":
    app()
