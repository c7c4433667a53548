"""`sqrec adapt`: from files of any origin to a mapping, and through it to tables."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from sqrec.cli.app import app
from sqrec.errors import TableError
from sqrec.mapping.sources import open_source
from sqrec.tables import read_folder

RUNNER = CliRunner()
FACTS = '{"city": "qingdao", "as_of": "2026-11-01"}'


def adapted(folder: Path, *, asks: int = 0) -> str:
    """Write the mapping of a folder, and return what `sqrec adapt` printed."""
    run = RUNNER.invoke(app, ["adapt", str(folder), "--out", str(folder / "mapping.json")])
    assert run.exit_code == 0, run.output
    assert (f"{asks} to be chosen" in run.output) == bool(asks)
    return run.output


def write(folder: Path, **files: str) -> Path:
    (folder / "folder.json").write_text(FACTS, encoding="utf-8")
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def choose(folder: Path, *answers: str) -> None:
    """Delete from every `choose` what answers the same question as one of the answers but is none."""
    from sqrec.mapping.readers import question_of

    asked = {question_of(answer) for answer in answers}

    def settle(part: object) -> object:
        if isinstance(part, dict):
            return {
                key: [one for one in value if one in answers or question_of(one) not in asked]
                if key == "choose"
                else settle(value)
                for key, value in part.items()
            }
        return [settle(one) for one in part] if isinstance(part, list) else part

    file = folder / "mapping.json"
    file.write_text(json.dumps(settle(json.loads(file.read_text(encoding="utf-8"))), ensure_ascii=False), encoding="utf-8")


def test_a_boss_export(tmp_path: Path) -> None:
    text = "职位名称,薪资,公司名称,工作地点,工作经验,学历要求,公司规模\n收银员,4-6K·14薪,甲,青岛·市南区·八大峡,1-3年,大专,20-99人\n会计,面议,乙,青岛 黄岛区,经验不限,学历不限,\n"
    shown = adapted(write(tmp_path, list__csv=text))
    assert "known: boss" in shown
    assert "公司规模 (the contract has no size of an employer)" in shown
    jobs = read_folder(tmp_path).tables["jobs"]
    assert jobs[["wage_min", "wage_max", "experience_min_years"]].fillna(-1).to_numpy().tolist() == [[4000, 6000, 1], [-1, -1, 0]]
    assert jobs["area"].tolist() == ["370202", "370211"]
    assert jobs["benefits"].fillna("").tolist() == ["14薪", ""]
    assert jobs["address"].tolist() == ["青岛·市南区·八大峡", "青岛 黄岛区"]


@pytest.mark.parametrize("known", [True, False])
def test_what_is_told_in_parts_is_read_whole(tmp_path: Path, *, known: bool) -> None:
    header = "岗位名称,薪资,经验,学历,工作地点" if known else "招聘岗位,月薪,备注一,备注二,区县"
    text = f"{header},岗位职责,任职要求,福利,公司福利\n收银员,4-6K·13薪,1-3年,大专,市北区,收银,耐心,五险,班车\n保洁,面议,,,市南区,打扫,,,包吃\n"
    shown = adapted(write(tmp_path, jobs__csv=text))
    assert ("known: boss" in shown) == known
    jobs = read_folder(tmp_path).tables["jobs"]
    assert jobs["description"].tolist() == ["收银 耐心", "打扫"]
    assert jobs["benefits"].tolist() == ["13薪；五险；班车", "包吃"]


def test_benefits_beside_a_wage_that_tells_none(tmp_path: Path) -> None:
    text = "招聘岗位,最低工资,最高工资,计薪方式,福利,公司福利\n收银员,4000,6000,月,五险,班车\n"
    adapted(write(tmp_path, jobs__csv=text))
    assert read_folder(tmp_path).tables["jobs"]["benefits"].tolist() == ["五险 班车"]


def test_a_second_header_of_one_column_is_left_out_with_the_true_reason(tmp_path: Path) -> None:
    jobs = "岗位编号,招聘岗位,工种,月薪,工资标准,招聘人数,需求人数,招聘名额,食堂\nj1,收银员,店员,4-6K,5000元/月,3,4,,有\n"
    people = "人员编号,出生年月,年龄,学历\nr1,1988-05,38,大专\n"
    alone = "岗位编号,招聘岗位,计薪方式\nj1,收银员,月\n"
    shown = adapted(write(tmp_path, jobs__csv=jobs, 人员__csv=people, 岗位__csv=alone))
    left = {line.strip().removeprefix("left out: ") for line in shown.splitlines() if "left out" in line}
    assert left == {
        "工种 (it names title as well, which comes from 招聘岗位)",
        "工资标准 (it names wage_min as well, which comes from 月薪)",
        "需求人数 (it names headcount as well, which comes from 招聘人数)",
        "招聘名额 (empty)",
        "食堂 (no column of the contract is known by this name)",
        "年龄 (it names birth_month as well, which comes from 出生年月)",
        "计薪方式 (it names wage_unit, which nothing is taken for here; add it to columns to have it)",
    }


def test_the_sites_own_names(tmp_path: Path) -> None:
    one = {"encryptJobId": "x1", "jobName": "店员", "salaryDesc": "200-260元/天", "brandName": "甲", "cityName": "青岛", "areaDistrict": "城阳区", "businessDistrict": "流亭", "jobExperience": "3-5年", "jobDegree": "高中", "skills": ["收银", "理货"]}  # fmt: skip
    adapted(write(tmp_path, found__json=json.dumps({"data": [one]}, ensure_ascii=False)))
    jobs = read_folder(tmp_path).tables["jobs"]
    assert jobs.iloc[0][["job_id", "wage_min", "wage_unit", "area", "education_min", "skills"]].tolist() == [
        "x1",
        200,
        "day",
        "370214",
        "60",
        "收银|理货",
    ]


def test_the_tianchi_tables(tmp_path: Path) -> None:
    users = 'user_id,live_city_id,desire_jd_type_id,desire_jd_salary_id,cur_jd_type,cur_degree_id,birthday,experience\nu1,532,"收银,-",0400106000,店员,大专,33,收银|理货\nu2,532,-,0000000000,\\N,本科,29,\\N\n'
    jobs = "jd_no,jd_title,company_name,city,jd_sub_type,require_nums,max_salary,min_salary,start_date,end_date,min_years,key,min_edu_level,job_description\nj1,收银员,甲,532,零售,3,5000,3500,20261001,20261231,103,耐心|细心, 大专,收银\nj2,会计,乙,532,财务,1,8000,6000,\\N,\\N,-1,\\N,其他,记账\n"
    actions = "user_id,jd_no,browsed,delivered,satisfied\nu1,j1,1,1,1\nu1,j2,1,0,0\nu2,j2,0,0,0\n"
    shown = adapted(write(tmp_path, table1_user__csv=users, table2_jd__csv=jobs, table3_action__csv=actions))
    assert "no times; every event gets 2026-11-01T00:00:00+08:00" in shown
    assert "left out: birthday (an age" in shown
    found = read_folder(tmp_path)
    assert found.problems == []
    people, vacancies, events = (found.tables[name] for name in ("people", "jobs", "events"))
    assert people[["education", "desired"]].fillna("").to_numpy().tolist() == [["30", "收银"], ["20", ""]]
    assert people["wage_min"].fillna(-1).tolist() == [4001, -1]
    assert vacancies[["wage_min", "experience_min_years"]].to_numpy().tolist() == [[3500, 1], [6000, 0]]
    assert vacancies["education_min"].fillna("").tolist() == ["30", ""]
    assert vacancies["published_at"].isna().tolist() == [False, True]
    assert events["event"].tolist() == ["interview", "view", "impression"]
    assert len(set(events["at"])) == 1


def test_without_a_day_the_moment_is_asked_for(tmp_path: Path) -> None:
    write(tmp_path, actions__csv="user_id,jd_no,browsed,delivered,satisfied\nu1,j1,1,1,1\n")
    (tmp_path / "folder.json").write_text('{"city": "qingdao"}', encoding="utf-8")
    assert "write the moment that its events count from into one_moment" in adapted(tmp_path, asks=1)


def test_job_postings_of_schema_org(tmp_path: Path) -> None:
    posting = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "identifier": {"value": "a1"},
        "title": "收银员",
        "datePosted": "2026-10-20",
        "validThrough": "2026-12-01T23:59:00+08:00",
        "employmentType": "PART_TIME",
        "hiringOrganization": {"name": "甲"},
        "jobLocation": {"address": {"addressLocality": "市北区"}, "geo": {"longitude": 120.36, "latitude": 36.08}},
        "baseSalary": {"currency": "CNY", "value": {"minValue": 20, "maxValue": 25, "unitText": "HOUR"}},
        "educationRequirements": {"credentialCategory": "high school"},
        "experienceRequirements": {"monthsOfExperience": 18},
        "description": "<p>收银 &amp; 理货</p>",
    }
    dollars = posting | {
        "identifier": {"value": "a2"},
        "baseSalary": {"currency": "USD", "value": {"value": 30, "unitText": "HOUR"}},
    }
    shown = adapted(write(tmp_path, postings__jsonld=json.dumps([posting, dollars], ensure_ascii=False)))
    assert "known: jobposting" in shown
    jobs = read_folder(tmp_path).tables["jobs"]
    first = jobs.iloc[0][
        [
            "job_id",
            "wage_min",
            "wage_max",
            "wage_unit",
            "form",
            "education_min",
            "experience_min_years",
            "area",
            "lon",
            "description",
        ]
    ]
    assert first.tolist() == ["a1", 20, 25, "hour", "part_time", "60", 1.5, "370203", 120.36, "收银 & 理货"]
    assert jobs[["wage_min", "wage_max"]].iloc[1].isna().all(), "another currency is no yuan"


def test_a_posting_of_two_places_is_at_neither_alone(tmp_path: Path) -> None:
    places = [{"address": {"addressLocality": name}} for name in ("市北区", "市南区")]
    posting = {"@type": "JobPosting", "identifier": "a1", "title": "收银员", "datePosted": "2026-10-20", "jobLocation": places}
    shown = adapted(write(tmp_path, postings__jsonld=json.dumps([posting], ensure_ascii=False)))
    assert "1 not read: 市北区|市南区 (no one division)" in shown
    jobs = read_folder(tmp_path).tables["jobs"]
    assert jobs[["area", "address"]].to_numpy().tolist() == [["市北区|市南区", "市北区|市南区"]], "neither place is the only one"


def test_a_governments_register_feeds_people_and_restricted(tmp_path: Path) -> None:
    text = "人员编号,性别,出生日期,文化程度,就业状态,失业登记日期,求职意向,户口性质,是否低保,居住地,期望月薪\nr1,女,1972年4月5日,初中,失业,2025.11.1,保洁员、保安,农业,是,市北区,3000元\nr2,男,1980/1/2,大专,灵活就业,否,-,城镇,否,李沧区,面议\n"
    adapted(write(tmp_path, 人员__csv=text))
    found = read_folder(tmp_path)
    assert found.problems == []
    people = found.tables["people"]
    assert people["birth_month"].tolist() == ["1972-04", "1980-01"]
    assert people["registered_unemployed_on"].tolist() == ["2025-11-01", "no"]
    assert people["desired"].fillna("").tolist() == ["保洁员|保安", ""]
    assert people["wage_min"].fillna(-1).tolist() == [3000, -1]
    assert found.tables["restricted"][["sex", "hukou_type"]].to_numpy().tolist() == [["female", "rural"], ["male", "urban"]]


def test_what_is_kept_apart_never_slips_into_people(tmp_path: Path) -> None:
    text = "姓名,身份证号,性别,出生日期,文化程度,户籍地址,求职工种\n张三,x1,男性,19880517,大学专科,青岛市市北区,电工\n李四,x2,女性,19750101,初中毕业,青岛市市南区,保洁\n"
    shown = adapted(write(tmp_path, 失业登记__csv=text))
    assert shown.count("it names a person") == 4, "name and identity number, of both tables"
    found = read_folder(tmp_path)
    assert found.tables["people"]["area"].isna().all(), "where somebody is registered is no home"
    assert found.tables["restricted"]["hukou_area"].tolist() == ["370203", "370202"]
    assert found.tables["people"]["person_id"].tolist() == found.tables["restricted"]["person_id"].tolist()
    told = "".join(table.to_csv() for table in found.tables.values())
    assert "张三" not in told
    assert "x1" not in told


def test_a_maps_own_json(tmp_path: Path) -> None:
    one = {"id": "B1", "name": "便民店", "type": "购物服务;便民商店;便利店", "location": "120.3651,36.0823", "adname": "市北区", "biz_ext": {"opentime2": "周一至周日 07:00-23:00"}}  # fmt: skip
    two = one | {"id": "B2", "location": "36.0823,120.3651", "biz_ext": {"opentime2": "早8点到晚6点"}}
    adapted(write(tmp_path, poi__json=json.dumps({"status": "1", "pois": [one, two]}, ensure_ascii=False)))
    found = read_folder(tmp_path)
    assert found.problems == []
    places = found.tables["amenities"]
    assert places["type"].tolist() == ["convenience_store"] * 2
    assert places["hours"].tolist() == ["mon-sun 07:00-23:00", "08:00-18:00"]
    assert places[["lon", "lat"]].to_numpy().tolist() == [[120.3651, 36.0823]] * 2


def test_headers_of_courses(tmp_path: Path) -> None:
    text = "培训机构,培训项目,培训等级,开班时间,结束日期,学时,人数,培训费,培训对象\n甲校,面点师,初级,2026.11.5,2026/11/25,80学时,30人,免费,失业人员、农民工\n"
    adapted(write(tmp_path, 课程表__csv=text))
    course = read_folder(tmp_path).tables["courses"].iloc[0]
    told = course[["level", "start_on", "end_on", "lesson_hours", "capacity", "fee", "audience"]].tolist()
    assert told == [5, "2026-11-05", "2026-11-25", 80, 30, 0, "registered_unemployed|rural_worker"]


def test_what_differs_is_asked_once_and_decides(tmp_path: Path) -> None:
    text = "课程名称,开班日期,结业日期\n面点,02/03/2026,03/04/2026\n"
    assert "day_first" in adapted(write(tmp_path, 课程__csv=text), asks=1)
    assert RUNNER.invoke(app, ["check", str(tmp_path)]).exit_code == 1
    choose(tmp_path, "day_first")
    courses = read_folder(tmp_path).tables["courses"]
    assert courses[["start_on", "end_on"]].iloc[0].tolist() == ["2026-03-02", "2026-04-03"]


def test_a_question_quotes_the_cells_that_decide_it(tmp_path: Path) -> None:
    """Of the beginnings none decides, of the ends two do, one each way; both columns are asked once."""
    text = "课程名称,开班日期,结业日期\n面点,02/03/2026,03/04/2026\n护理,12/12/2026,25/12/2026\n育婴,01/02/2026,26/12/2026\n烹饪,1/2/2026,12/31/2026\n"
    shown = adapted(write(tmp_path, 课程__csv=text), asks=1)
    assert "courses.end_on holds 25/12/2026, which is a date as day_first alone." in shown
    assert "courses.end_on holds 12/31/2026, which is a date as month_first alone." in shown
    assert (shown.count("alone."), "courses.start_on holds" in shown) == (2, False)


def test_headers_that_say_nothing_are_read_by_their_cells(tmp_path: Path) -> None:
    text = "岗位,单位名称,c1,c2,c3\n收银员,甲,3-5K,1-3年,大专\n保洁,乙,面议,经验不限,高中\n厨师,丙,6-8K,3-5年,中专\n"
    adapted(write(tmp_path, jobs__csv=text))
    jobs = read_folder(tmp_path).tables["jobs"]
    assert jobs["wage_min"].fillna(-1).tolist() == [3000, -1, 6000]
    assert jobs["experience_min_years"].tolist() == [1, 0, 3]
    assert jobs["education_min"].tolist() == ["30", "60", "40"]


def test_titles_stand_above_the_header_of_a_sheet(tmp_path: Path) -> None:
    text = "某区公益性岗位表,,,,\n填报：某街道,,,,\n序号,岗位名称,用人单位,月工资（元）,岗位性质\n1,保洁,甲社区,2400-2600,公益性岗位\n2,维护,乙社区,2400元/月,公益性岗位\n合计,,,,\n"
    adapted(write(tmp_path, sheet__csv=text))
    found = read_folder(tmp_path)
    jobs = found.tables["jobs"]
    assert jobs["title"].tolist() == ["保洁", "维护"], "the sum is no vacancy"
    assert jobs[["wage_min", "wage_max"]].to_numpy().tolist() == [[2400, 2600], [2400, 2400]]
    assert set(jobs["kind"]) == {"public_welfare"}
    assert "1" not in jobs["job_id"].tolist(), "the next sheet counts from 1 again"


TITLED = [["某区公益性岗位表"], ["填报：某街道"], ["序号", "岗位名称", "用人单位", "月工资（元）"], ["1", "保洁", "甲社区", "2400-2600"], ["2", "维护", "乙社区", "2400"]]  # fmt: skip


def assert_titled(folder: Path) -> None:
    """Adapt a folder with a table under titles of one cell, and read it."""
    adapted(folder)
    found = read_folder(folder)
    jobs = found.tables["jobs"]
    assert jobs[["title", "employer"]].to_numpy().tolist() == [["保洁", "甲社区"], ["维护", "乙社区"]]
    assert jobs[["wage_min", "wage_max"]].to_numpy().tolist() == [[2400, 2600], [2400, 2400]]
    assert found.errors == []


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_title_of_one_cell_says_nothing_of_the_width(tmp_path: Path, separator: str) -> None:
    assert_titled(write(tmp_path, sheet__csv="".join(f"{separator.join(row)}\n" for row in TITLED)))


def test_a_title_above_a_sheet_says_nothing_of_its_width(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in TITLED:
        book.active.append(row)
    book.save(tmp_path / "sheet.xlsx")
    assert_titled(write(tmp_path))


@pytest.mark.parametrize("name", ["sheet.json", "sheet.parquet", "sheet.csv"])
def test_a_header_row_that_is_not_there_is_one_sentence(tmp_path: Path, name: str) -> None:
    pd.DataFrame({"title": ["cook"]}).to_parquet(tmp_path / "sheet.parquet")
    (tmp_path / "sheet.json").write_text('[{"title": "cook"}]', encoding="utf-8")
    (tmp_path / "sheet.csv").write_text("title\ncook\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"sheet\..*header_row (out of|in) the mapping\.$"):
        open_source(tmp_path / name, header_row=9)


def test_a_mapping_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    write(tmp_path, jobs__csv="job_id,title\n1,a\n")
    run = RUNNER.invoke(app, ["adapt", str(tmp_path), "--out", str(tmp_path / "none" / "mapping.json")])
    assert run.exit_code == 1
    assert "mapping.json cannot be written: No such file or directory; name another file with --out." in run.output


def test_names_of_files_are_printed_as_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "[red]"
    folder.mkdir()
    write(folder, **{"[bold]jobs__csv": "job_id,title\n1,a\n", "[dim]notes__csv": "foo,bar\n1,2\n"})
    shown = adapted(folder)
    assert "[bold]jobs.csv → jobs" in shown
    assert "[dim]notes.csv: like no table" in shown
    assert f"sqrec check {folder}" in shown
    checked = RUNNER.invoke(app, ["check", str(folder)]).output
    assert f"{folder}: city qingdao" in checked
    assert "jobs ([bold]jobs.csv, UTF-8)" in checked


def test_what_is_like_no_table_is_named(tmp_path: Path) -> None:
    write(tmp_path, jobs__csv="job_id,title\n1,a\n", notes__csv="foo,bar\n1,2\n")
    assert "notes.csv: like no table" in adapted(tmp_path)
    alone = RUNNER.invoke(app, ["adapt", str(tmp_path / "notes.csv")])
    assert alone.exit_code == 1
    assert "like a table of the contract" in " ".join(alone.output.split())


def test_check_shows_what_was_converted(tmp_path: Path) -> None:
    text = "amenity_id,name,type,hours,status\na1,菜场,农贸市场,周一至周日 6:00-18:00,营业中\na2,店,便利店,24/7,休息中\n"
    adapted(write(tmp_path, amenities__csv=text))
    shown = " ".join(RUNNER.invoke(app, ["check", str(tmp_path)]).output.split())
    assert "2 rows in = 1 accepted + 1 rejected" in shown
    assert "农贸市场 → market" in shown
    assert "休息中 (an unknown word)" in shown


@pytest.fixture
def cases(shared: Path, tmp_path: Path) -> Path:
    """Return a copy of the cases of public material, where they are."""
    if not (shared.parent / "cases").is_dir():
        pytest.skip("The cases are not beside this checkout.")
    for name in (
        "c01_tianchi_renamed",
        "c02_wages",
        "c03_boss",
        "c06_item_dates",
        "c06_people_dates",
        "c12_amenities",
        "c14_words",
        "c15_renamed",
    ):
        shutil.copytree(shared.parent / "cases" / name, tmp_path / name, copy_function=shutil.copyfile)
        (tmp_path / name).chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "answers", "table", "accepted"),
    [
        ("c02_wages", ["in_yuan"], "jobs", 9),
        ("c03_boss", [], "jobs", 5),
        ("c06_item_dates", ["whole_day"], "courses", 5),
        ("c06_people_dates", ["last_day"], "people", 10),
        ("c12_amenities", [], "amenities", 10),
        ("c14_words", ["two_is_no"], "restricted", 4),
        ("c15_renamed", [], "jobs", 3),
    ],
)
def test_the_cases_go_from_raw_to_read(cases: Path, name: str, answers: list[str], table: str, accepted: int) -> None:
    adapted(cases / name, asks=len(answers))
    choose(cases / name, *answers)
    assert read_folder(cases / name).reports[table].accepted == accepted


@pytest.mark.parametrize("form", ["basic", "epoch", "excel", "naive", "offset"])
def test_the_same_moments_however_they_are_written(shared: Path, tmp_path: Path, form: str) -> None:
    source = shared.parent / "cases" / f"c06_events_{form}"
    if not source.is_dir():
        pytest.skip("The cases are not beside this checkout.")
    shutil.copytree(source, tmp_path / "x", copy_function=shutil.copyfile)
    (tmp_path / "x").chmod(0o755)
    adapted(tmp_path / "x")
    found = read_folder(tmp_path / "x")
    assert found.problems == []
    assert found.tables["events"]["at"][0].isoformat() == "2026-07-01T01:55:00+00:00"
