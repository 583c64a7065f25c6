"""Mappings and tables as files, and the papers an import leaves."""

import csv
import gzip
from datetime import date
from pathlib import Path

import pytest

from shared.packs.loader import load_pack
from shared.timekeeping.zones import local_date
from shouwen.importing.dates import Reader as DateReader
from shouwen.importing.mapping import read_mapping
from shouwen.importing.papers import papers_of
from shouwen.importing.places import department_record, place_of, site_id, site_record
from shouwen.importing.survey import surveyed
from shouwen.words import Refused
from tests.support.importing_builders import HEADER, NOW, as_csv, mapping, row, sorted_rows

EXAMPLE = Path(__file__).parents[3] / "deploy" / "mappings" / "nyc_council.yaml"
GOOD = """
source: invented
pack: P000
zone: America/New_York
columns: {key: id, site: office, received: opened, category: topic}
"""


@pytest.mark.parametrize(
    ("more", "named"),
    [
        pytest.param("colour: red", "colour", id="a field nobody knows"),
        pytest.param("zone: Mars/Olympus", "zone", id="no such zone"),
        pytest.param("source: No Spaces", "source", id="a source that is no word"),
        pytest.param("dates: ['%m/%d']", "dates.0", id="a pattern without a year"),
        pytest.param("window: fiscal", "window", id="a window nobody counts by"),
        pytest.param("sites: {name: Office}", "sites.name", id="one name for all sites"),
        pytest.param("closed_as: vanished", "closed_as", id="an act nobody knows"),
        pytest.param("without_time: {received: noon}", "without_time.received", id="a time that is none"),
        pytest.param("channels: {map: {P: pigeon}}", "channels.map.P", id="a channel nobody knows"),
        pytest.param("due_is: nobodys", "due_is", id="a limit of nobody"),
        pytest.param("encoding: ebcdic", "encoding", id="an encoding nobody uses"),
    ],
)
def test_a_mapping_with_a_mistake_names_the_field(tmp_path: Path, more: str, named: str) -> None:
    path = tmp_path / "m.yaml"
    key = more.partition(":")[0]
    path.write_text("\n".join(line for line in GOOD.splitlines() if not line.startswith(f"{key}:")) + f"\n{more}\n")
    with pytest.raises(Refused, match=named):
        read_mapping(path)


@pytest.mark.parametrize(
    "content", [pytest.param("a: [", id="no YAML"), pytest.param("", id="empty"), pytest.param("- 1", id="a list")]
)
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(content)
    with pytest.raises(Refused, match=r"m\.yaml"):
        read_mapping(path)


def test_the_example_mapping_reads_the_files_of_its_source(tmp_path: Path) -> None:
    path = tmp_path / "2015.csv"
    path.write_text(
        "UNIQUE_KEY,ACCOUNT,OPENDATE,CLOSEDATE,COMPLAINT_TYPE,DESCRIPTOR,ZIP,BOROUGH,CITY,COUNCIL_DIST,"
        "COMMUNITY_BOARD,Extra\nK1,NYCC01,01/02/2015,01/03/2015 12:00:00 AM,Parks,,,,,,,\n"
    )
    survey = surveyed(path, read_mapping(EXAMPLE), NOW)
    assert survey.cases[0].body["history"]["acts"][0]["at"] == "2015-01-04T04:59:59+00:00"
    assert survey.layout.unknown == ("Extra",)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("2019-03-05", id="ISO"),
        pytest.param("2019-3-5", id="ISO without zeros"),
        pytest.param("2019-03-05T00:00:00.000", id="floating timestamp"),
        pytest.param("2019-03-05T23:30:00", id="late in the evening"),
        pytest.param("03/05/2019", id="month first"),
        pytest.param("3/5/2019", id="month first without zeros"),
        pytest.param("3/5/19", id="two digits of the year"),
        pytest.param("3/5/19 0:00", id="as a spreadsheet saves it"),
        pytest.param("03/05/2019 12:00:00 AM", id="midnight on twelve hours"),
        pytest.param("03/05/2019 11:59:59 PM", id="before midnight on twelve hours"),
        pytest.param("03/05/2019 01:05 PM", id="twelve hours without seconds"),
        pytest.param("03/05/2019 23:59:59", id="before midnight on twenty-four hours"),
        pytest.param("2019/03/05", id="slashes"),
        pytest.param("2019/03/05 00:00:00", id="slashes with midnight"),
        pytest.param("20190305", id="digits alone"),
    ],
)
def test_the_example_mapping_reads_every_way_its_source_writes_a_day(written: str) -> None:
    example = read_mapping(EXAMPLE)
    received = DateReader(example, NOW).received(written).at
    assert local_date(received, example.zone) == date(2019, 3, 5)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_cells_are_parted_by_what_parts_the_header(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "table.csv"
    lines = as_csv(row(id="k1", words="a")).splitlines()
    path.write_text("\n".join([lines[0].replace(",", mark), lines[1].replace(",", mark)]) + "\n")
    survey = surveyed(path, mapping(), NOW)
    assert ([case.key for case in survey.cases], survey.rejects) == (["k1"], [])


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzipped"])
def test_a_file_is_read_with_its_mark_quotes_and_line_numbers(tmp_path: Path, *, packed: bool) -> None:
    text = "\ufeff" + as_csv(row(id=" k1 ", words="two\nlines"), row(id="", words="x"), row(id="k2"))
    path = tmp_path / "table"
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    survey = surveyed(path, mapping(), NOW)
    assert [(case.line, case.key) for case in survey.cases] == [(2, "k1"), (5, "k2")]
    assert [reject.line for reject in survey.rejects] == [4]


def test_a_byte_that_is_no_utf8_spoils_its_cell_and_not_the_file(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(as_csv(row(id="k1", topic="XX"), row(id="k2")).encode().replace(b"XX", b"caf\xe9"))
    survey = surveyed(path, mapping(), NOW)
    assert ([c.key for c in survey.cases], [r.key for r in survey.rejects]) == (["k2"], ["k1"])
    papers = papers_of(path, tmp_path)
    papers.write(survey)
    assert "caf\\udce9" in papers.rejects.read_text("utf-8-sig")


def test_a_file_of_a_chinese_spreadsheet_is_read_as_the_mapping_says(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes("单号,项目,opened,ended,topic\nk1,海景苑,2024-01-05,,停车\n".encode("gb18030"))
    columns = {"key": "单号", "site": "项目", "received": "opened", "category": "topic"}
    with pytest.raises(Refused, match="encoding: gb18030"):
        surveyed(path, mapping(columns=columns), NOW)
    [case] = surveyed(path, mapping(columns=columns, encoding="gb18030"), NOW).cases
    assert (case.place.code, case.body["category"]) == ("海景苑", "停车")


def test_columns_may_stand_in_any_order_and_spelling(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("Topic, OPENED ,Office,ID\nParks,2024-01-05,A1,k1\n")
    columns = {"key": "id", "site": "office", "received": ["date", "opened"], "category": "topic"}
    assert surveyed(path, mapping(columns=columns), NOW).cases[0].key == "k1"


def test_a_column_a_case_can_do_without_may_be_missing_and_is_named(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("id,office,opened,ended,topic\nk1,A1,2024-01-05,,Parks\n")
    survey = surveyed(path, mapping(), NOW)
    assert [case.key for case in survey.cases] == ["k1"]
    assert survey.layout.absent == ("words",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("", "empty", id="empty"),
        pytest.param("id,office\nk1,A1\n", "opened", id="columns missing"),
        pytest.param("id,office,opened,ended,topic,words,ID\n", "stands twice", id="a column twice"),
    ],
)
def test_a_table_that_cannot_be_laid_out_is_refused(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(content)
    with pytest.raises(Refused, match=said):
        surveyed(path, mapping(), NOW)


def test_a_broken_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv.gz"
    path.write_bytes(gzip.compress(as_csv(*[row()] * 500).encode())[:-20])
    with pytest.raises(Refused, match="cannot be read"):
        surveyed(path, mapping(), NOW)


def test_papers_hold_no_formula_and_every_line(tmp_path: Path) -> None:
    survey = sorted_rows(row(id="=1+1", topic=""), row(id="@x", opened="-1"), row(), row(zip="=2"), row())
    papers = papers_of(Path("in") / "t.csv", tmp_path / "out")
    papers.write(survey)
    with papers.rejects.open(encoding="utf-8-sig", newline="") as paper:
        rejects = list(csv.reader(paper))
    assert [line[:4] for line in rejects[1:]] == [["2", "'=1+1", "topic", ""], ["3", "'@x", "opened", "'-1"]]
    with papers.conflicts.open(encoding="utf-8-sig", newline="") as paper:
        conflicts = list(csv.reader(paper))
    assert [line[:5] for line in conflicts[1:]] == [["5", "k1", "4", "conflict", "zip"], ["6", "k1", "4", "repeat", ""]]


def test_the_unknown_columns_are_those_nobody_mentions() -> None:
    assert sorted_rows(row()).layout.unknown == ()
    assert sorted_rows(row(), left_out=[]).layout.unknown == ("zip",)
    assert HEADER[-1] == "zip"


@pytest.mark.parametrize(
    ("code", "id_"),
    [
        pytest.param("NYCC01", "nycc01", id="plain"),
        pytest.param("NYCC 01", "nycc-01-", id="a word that needs a digest"),
    ],
)
def test_a_site_keeps_one_id_for_ever(code: str, id_: str) -> None:
    assert site_id(code).startswith(id_)
    assert len({site_id(each) for each in ("NYCC01", "nycc01", "Nycc01", "NYCC-01", "NYCC 01")}) == 5


def test_a_department_is_called_what_the_pack_calls_its_role_and_takes_nobodys_key() -> None:
    name = {"zh": "警察局", "en": "Police"}
    record = department_record("queens", "nypd", name, taken=())
    assert (record["key"], record["body"]) == ("queens-nypd", {"site": "queens", "kind": "nypd", "name": name})
    other = department_record("queens", "nypd", None, taken={"queens-nypd"})
    assert (other["key"] != "queens-nypd", other["body"]["name"]["en"]) == (True, "nypd")


def test_a_pack_stands_beside_its_mapping() -> None:
    read = read_mapping(EXAMPLE.with_name("nyc_311.yaml"))
    assert read.pack_file is not None
    pack = load_pack(read.pack_file)
    assert pack.id == read.pack
    assert set(read.departments.map.values()) <= set(pack.roles)


def test_a_new_site_runs_the_pack_of_the_mapping_in_its_zone() -> None:
    record = site_record(place_of("NYCC01"), mapping(sites={"name": "Office {code}"}), 3)
    body = record["body"]
    assert (record["key"], body["zone"], body["packs"][0]["version"]) == ("nycc01", "America/New_York", 3)
    assert body["name"]["en"] == "Office NYCC01"
