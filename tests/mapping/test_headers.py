"""Headers of registers, sites and feeds: which column each names, and what becomes of the cells below it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sqrec.cli.app import app
from sqrec.contract import TABLES
from sqrec.mapping.guess import columns_of, names
from sqrec.tables import Folder, read_folder

FACTS = '{"city": "qingdao", "as_of": "2026-11-01"}'


def adapted(folder: Path, name: str, text: str) -> tuple[str, Folder]:
    """Write one file, adapt its folder, and return what was printed and the tables that came of it."""
    (folder / "folder.json").write_text(FACTS, encoding="utf-8")
    (folder / name).write_text(text, encoding="utf-8")
    run = CliRunner().invoke(app, ["adapt", str(folder), "--out", str(folder / "mapping.json")])
    assert run.exit_code == 0, run.output
    return run.output, read_folder(folder)


NAMED = {
    "jobs.job_id": "岗位编码 职位编号 职位链接 ref",
    "jobs.phone": "联系电话 电话 招聘电话 phone tel",
    "jobs.valid_to": "招聘截止日期 报名截止 截止时间 expires closing_date apply_by",
    "jobs.published_at": "发布时间 posted_on",
    "jobs.wage_min": "salary_from salary.min",
    "jobs.wage_max": "salary_to salary.max",
    "jobs.wage_unit": "salary.period",
    "jobs.benefits": "福利标签 perks",
    "jobs.headcount": "招用人数 招聘数量",
    "jobs.education_min": "学历代码 文化程度代码",
    "jobs.employer_id": "company.id",
    "jobs.employer": "company.name",
    "courses.course_id": "课程编号 course_code ref",
    "courses.phone": "联系电话 报名电话 电话 tel",
    "courses.address": "培训地址 address",
    "courses.@place": "上课地点 培训地点 区县",
    "courses.valid_to": "报名截止 截止时间 closing_date expires apply_by",
    "courses.published_at": "发布时间 posted_on",
    "people.person_id": "求职登记号",
    "people.education": "学历代码 文化程度代码",
    "people.registered_unemployed_on": "失业登记日期 登记失业时间",
    "restricted.recognised": "就业困难类别 认定类别 认定日期",
    "amenities.area": "所属社区",
    "amenities.amenity_id": "objid object_id",
    "communities.area_commercial": "商业面积",
    "communities.area_service": "综合服务设施面积",
    "communities.model_circle": "是否示范",
    "communities.parent": "所属街道 所属区",
    "events.item_id": "target_id object_id objid",
}


@pytest.mark.parametrize("column", NAMED)
def test_headers_name_their_column(column: str) -> None:
    table, _, name = column.partition(".")
    for header in NAMED[column].split():
        assert columns_of(table, [header, header.replace("_", " ").capitalize()]).keys() == {name}, header


@pytest.mark.parametrize("header", ["登记时间", "登记日期", "求职登记日期"])
def test_a_day_of_registering_is_none_of_unemployment(header: str) -> None:
    assert "registered_unemployed_on" not in columns_of("people", [header])


def test_every_name_is_of_a_column_of_its_table() -> None:
    grouped = {"@wage", "@place", "@point", "@age", "@span", "@item_job", "@item_course", "@item_amenity"}
    for table, columns in names()["columns"].items():
        assert set(columns) <= {*TABLES[table].names, *grouped}


def test_a_register_without_unemployment_makes_nobody_unemployed(tmp_path: Path) -> None:
    text = (
        "求职登记号,出生年月,文化程度代码,登记时间,联系电话\nR1,1988-05,71,2026-10-01,5550100\nR2,1990-01,21,2026-10-02,5550101\n"
    )
    shown, tables = adapted(tmp_path, "求职登记.csv", text)
    people = tables.tables["people"]
    assert people["person_id"].tolist() == ["R1", "R2"]
    assert people["education"].tolist() == ["71", "21"]
    assert people["registered_unemployed_on"].isna().all()
    assert "left out: 登记时间" in shown
    assert "left out: 联系电话 (it names a person; nothing here needs it)" in shown


def test_a_course_plan_tells_where_and_whom_to_call(tmp_path: Path) -> None:
    header = "课程编号,培训工种,培训等级,招生对象,所属区,上课地点,报名截止,报名电话"
    text = f"{header}\nC1,保育员,四级（中级工）,城乡劳动者,市北区,台东一路5号,2026-12-05,5550111\nC2,电工,五级/初级工,残疾人,市南区,,2026-12-06,\n"
    _, tables = adapted(tmp_path, "培训.csv", text)
    courses = tables.tables["courses"]
    assert tables.problems == []
    assert courses["area"].tolist() == ["370203", "370202"]
    assert courses["address"].tolist() == ["市北区 台东一路5号", "市南区"]
    assert courses["phone"].fillna("").tolist() == ["5550111", ""]
    assert courses["level"].tolist() == [4, 5]
    assert courses["valid_to"].notna().all()
    assert courses["audience"].fillna("").map(str).str.contains("disabled").tolist() == [False, True]


def test_an_address_of_a_course_is_no_division(tmp_path: Path) -> None:
    text = "课程编号,课程名称,区县,培训地址\nC1,保育员,市北区,台东一路5号\n"
    courses = adapted(tmp_path, "课程.csv", text)[1].tables["courses"]
    assert courses[["area", "address"]].to_numpy().tolist() == [["370203", "台东一路5号"]]


def feed(currency: str) -> str:
    one = {
        "id": 7,
        "job_title": "配送员",
        "company": {"id": "c9", "name": "甲"},
        "salary": {"min": 6000, "max": 9000, "currency": currency, "period": "MONTHLY"},
        "expires": "2026-12-31",
        "perks": "包住",
    }
    return json.dumps(one, ensure_ascii=False) + "\n"


def test_a_feed_of_nested_objects(tmp_path: Path) -> None:
    jobs = adapted(tmp_path, "jobs.jsonl", feed("CNY"))[1].tables["jobs"]
    wanted = ["job_id", "employer_id", "employer", "wage_min", "wage_max", "wage_unit", "benefits"]
    assert jobs.iloc[0][wanted].tolist() == ["7", "c9", "甲", 6000, 9000, "month", "包住"]
    assert jobs["valid_to"].notna().all()


def test_another_currency_is_no_yuan(tmp_path: Path) -> None:
    jobs = adapted(tmp_path, "jobs.jsonl", feed("USD"))[1].tables["jobs"]
    assert jobs[["wage_min", "wage_max"]].isna().all(axis=None)


def test_a_street_of_a_job_posting_is_no_division(tmp_path: Path) -> None:
    place = {"@type": "Place", "address": {"addressLocality": "青岛", "streetAddress": "香港中路8号"}}
    one = {"@type": "JobPosting", "title": "收银员", "datePosted": "2026-10-01", "hiringOrganization": "甲", "jobLocation": place}
    shown, tables = adapted(tmp_path, "jobs.json", json.dumps(one, ensure_ascii=False))
    assert "known: jobposting" in shown
    jobs = tables.tables["jobs"]
    assert jobs["area"].fillna("").tolist() == [""]
    assert jobs["address"].tolist() == ["青岛 香港中路8号"]


def test_a_table_of_communities(tmp_path: Path) -> None:
    header = "社区代码,社区名称,所属区,所属街道,常住人口,商业面积,综合服务设施面积,是否示范"
    text = f"{header}\n370202001001,甲社区,市南区,香港中路街道,8000,1200.5平方米,300,是\n370203001001,乙社区,市北区,台东街道,7000,,200,否\n"
    _, tables = adapted(tmp_path, "社区.csv", text)
    told = tables.tables["communities"]
    assert told["parent"].tolist() == ["370202", "370203"]
    assert told["area_commercial"].fillna(-1).tolist() == [1200.5, -1]
    assert told["area_service"].tolist() == [300, 200]
    assert told["model_circle"].tolist() == [1, 0]


def test_both_columns_of_a_recognition_are_proposed(tmp_path: Path) -> None:
    text = "人员编号,性别,就业困难类别,认定日期\nR1,女,零就业家庭成员,2026/3/1\nR2,男,失地农民,2026/4/1\n"
    (tmp_path / "困难人员.csv").write_text(text, encoding="utf-8")
    (tmp_path / "folder.json").write_text(FACTS, encoding="utf-8")
    CliRunner().invoke(app, ["adapt", str(tmp_path), "--out", str(tmp_path / "mapping.json")])
    found = json.loads((tmp_path / "mapping.json").read_text(encoding="utf-8"))["tables"]["restricted"][0]["columns"]
    assert found["recognised"]["from"] == ["就业困难类别", "认定日期"]


def test_a_recognition_is_read_from_the_two_columns_that_a_mapping_names(tmp_path: Path) -> None:
    text = "人员编号,性别,就业困难类别,认定日期\nR1,女,零就业家庭成员,2026/3/1\nR2,男,失地农民,\n"
    (tmp_path / "folder.json").write_text(FACTS, encoding="utf-8")
    (tmp_path / "困难人员.csv").write_text(text, encoding="utf-8")
    columns = {"person_id": {"from": "人员编号"}, "recognised": {"from": ["就业困难类别", "认定日期"]}}
    feeds = [{"file": "困难人员.csv", "columns": columns}]
    (tmp_path / "mapping.json").write_text(json.dumps({"version": 1, "tables": {"restricted": feeds}}), encoding="utf-8")
    found = read_folder(tmp_path)
    assert found.tables["restricted"]["recognised"].fillna("").tolist() == ["hard_to_employ@2026-03-01", ""]
    assert [problem.rule for problem in found.problems] == ["recognised"]


def test_points_are_known_by_the_ending_of_their_header_and_frames_are_compared(tmp_path: Path) -> None:
    text = '网点名称,类别,高德坐标\n甲,超市,"120.3702,36.0871"\n乙,药店,"36.0875,120.3708"\n'
    shown, folder = adapted(tmp_path, "网点.csv", text)
    assert folder.tables["amenities"][["lon", "lat"]].round(1).to_numpy().tolist() == [[120.4, 36.1], [120.4, 36.1]]
    assert "高德坐标 is in GCJ02 by its name, and the folder's points are read as WGS84; write crs into folder.json" in shown


@pytest.mark.parametrize("header", ["WGS84坐标", "坐标"])
def test_a_frame_that_agrees_or_is_not_told_needs_no_word(tmp_path: Path, header: str) -> None:
    shown, _ = adapted(tmp_path, "网点.csv", f'网点名称,类别,{header}\n甲,超市,"120.3702,36.0871"\n')
    assert "write crs" not in shown


def test_a_centre_is_a_point(tmp_path: Path) -> None:
    text = "区划代码,社区名称,中心经度,中心纬度,0-3岁\n370203010005,甲,120.3601,36.0812,255\n"
    shown, folder = adapted(tmp_path, "社区.csv", text)
    assert folder.tables["communities"][["lon", "lat"]].notna().all().all()
    assert "left out: 0-3岁 (those under 3 (age_0_2), or those of 3 as well" in shown


def test_whether_a_place_is_open_in_yes_and_no(tmp_path: Path) -> None:
    _, folder = adapted(tmp_path, "网点.csv", "网点名称,类别,是否营业\n甲,超市,是\n乙,药店,否\n丙,药店,筹建中\n丁,药店,季节性\n")
    assert folder.tables["amenities"]["status"].tolist() == ["open", "closed", "planned"]
    assert [(problem.row, problem.rule) for problem in folder.problems] == [(5, "status")]


def test_online_is_no_division(tmp_path: Path) -> None:
    _, folder = adapted(tmp_path, "课程.csv", "课程编号,课程名称,上课地点\nc1,护理,线上\nc2,烹饪,李沧区\n")
    assert folder.tables["courses"]["area"].fillna("").tolist() == ["", "370213"]


def test_the_code_of_a_sex(tmp_path: Path) -> None:
    shown, folder = adapted(tmp_path, "困难人员.csv", "人员编号,性别代码,累计缴费\nR1,2,128\nR2,1,5年3个月\nR3,9,1年\n")
    assert folder.tables["restricted"]["sex"].fillna("").tolist() == ["female", "male", ""]
    assert "left out: 累计缴费 (it could be restricted.local_insured_months" in shown


def test_ages_of_communities_and_one_that_could_be_two(tmp_path: Path) -> None:
    text = "区划代码,社区名称,0-2岁,3-6岁,0-3岁人口\n370203010005,甲,255,301,340\n"
    shown, folder = adapted(tmp_path, "社区.csv", text)
    assert folder.tables["communities"][["age_0_2", "age_3_6"]].to_numpy().tolist() == [[255, 301]]
    assert "left out: 0-3岁人口 (those under 3 (age_0_2), or those of 3 as well" in shown


def test_remote_says_how_and_tags_say_one_of_two_things(tmp_path: Path) -> None:
    text = "id,title,company,tags,remote\na1,店员,甲,五险,false\na2,客服,乙,电话,True\na3,保洁,丙,包吃,\n"
    shown, folder = adapted(tmp_path, "jobs_feed.csv", text)
    assert folder.tables["jobs"]["mode"].fillna("").tolist() == ["", "remote", ""]
    assert "left out: tags (it could be skills or benefits; put it into columns as what it is)" in shown
