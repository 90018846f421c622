"""Directories in HSDS as they really come: what can be used is taken, and everything else is told."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.directory.hsds import csv_files
from app.directory.hsds.assemble import Elsewhere
from app.directory.hsds.read import read_hsds
from app.directory.listed import Listed
from app.directory.report import DirectoryFileError, Imported
from tests.app.directory.big import write_big
from tests.app.directory.speed import LINEAR, seconds

FIXTURES = Path(__file__).parents[2] / "fixtures"
OFFICIAL, DIRTY = FIXTURES / "hsds", FIXTURES / "hsds_dirty"
TODAY = date(2026, 11, 23)


def read(path: Path, elsewhere: Elsewhere | None = None) -> Imported:
    return read_hsds(path, "demo", TODAY, elsewhere)


def by_id(found: Imported) -> dict[str, Listed]:
    return {each.source_id: each for each in found.listed}


def told(found: Imported) -> list[str]:
    return [str(problem) for problem in found.problems]


Package = Callable[..., Path]


@pytest.fixture
def package(tmp_path: Path) -> Package:
    """A small 3.0 package of one service in Texas; a table given by name takes the place of the usual one."""
    usual = {
        "organizations": "id,name,description\no1,Sample Nonprofit,help\n",
        "services": "id,organization_id,name,status\ns1,o1,Sample Help,active\n",
        "phones": "id,service_id,number,type\np1,s1,202-555-0110,voice\n",
        "service_areas": "id,service_id,name\na1,s1,Texas\n",
    }

    def write(**tables: str | bytes) -> Path:
        folder = tmp_path / "package"
        folder.mkdir()
        for name, text in {**usual, **tables}.items():
            (folder / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
        return folder

    return write


# --- a dirty export of 2.x -----------------------------------------------------------------------

DIRTY_REPORT = """
languages.csv:4: language 'Klingon' is not known: not kept
languages.csv:5: a quotation mark is opened in this line and not closed: the line is not read
organizations.csv:1: columns 'x_internal_code' are not of HSDS: not read
phones.csv:2: quotation marks stand in the number '"(316) 555-0110"': taken without them
phones.csv:4: extension '4' is not kept: the number alone is given
phones.csv:6: service_id 'svc-44' is not in services
phones.csv:7: number 'call the front desk' cannot be dialled: not kept
physical_addresses.csv:5: 'Chihuahua, MX' is no state of this country: not kept
postal_addresses.csv:2: a letter is not in UTF-8: the file is read as Windows-1252
regular_schedules.csv:5: the schedule ended on 2024-12-31: hours are not kept
regular_schedules.csv:6: the schedule is not the same each week ('MONTHLY'): hours are not kept
regular_schedules.csv:7: time '14:00Z' is not such as 09:00: hours are not kept
service_areas.csv:1: columns 'coverage' are not of HSDS: not read
service_areas.csv:5: area 'Wherever we can' is not understood: not kept
services.csv:4: nobody says who runs it, organization 'org-9' is not in organizations: left out
services.csv:5: its status is 'inactive': left out
services.csv:6: it has no name: left out
services.csv:7: assured_date '30/09/2026' is no date such as 2026-12-31: not kept
services.csv:7: it has no status: taken as active
services.csv:7: name 'Representation of people who are deta...' is longer than 100 characters: cut
services.csv:8: no state of this country is said in its areas or addresses: left out
services.csv:9: id 'svc-1' is in row 2 already: the first one is taken
services.csv:10: 11 cells stand under 10 columns
services.csv:12: phone or url must be given, neither is for 'demo_svc-8': left out
services.csv:12: web address 'not a web address' is none: not kept
services.csv:13: nobody says who runs it, no organization is named: left out
services.csv:14: 9 cells stand under 10 columns
services_at_location.csv:5: location_id 'loc-77' is not in locations
services_taxonomy.csv:4: taxonomy_term_id 'tax-404' is not in taxonomy_terms
"""


def test_each_kind_of_dirt_is_told_with_file_line_and_reason() -> None:
    """Exactly these, each once; seven services are left out."""
    found = read(DIRTY)

    assert DIRTY_REPORT.strip().splitlines() == told(found)
    assert 7 == found.left_out


def test_the_rest_of_a_dirty_export_is_imported() -> None:
    """Whole services, of which the usable parts are kept."""
    found = by_id(read(DIRTY))

    assert found == {
        "svc-1": Listed(
            id="demo_svc-1",
            name="Deportation defense",
            owner="Prairie Justice Project",
            source="demo",
            source_id="svc-1",
            phone="+13165550110",
            url="https://prairie.example.org/court",
            states=("KS",),
            hours="Mon-Fri 9:00-17:00, Sat 10:00-14:00",
            languages=("en", "es", "kiche"),
            issues=("IM-01-00-00-00",),
            checked_on=date(2026, 9, 30),
        ),
        "svc-5": Listed(
            id="demo_svc-5",
            name="Representation of people who are detained, of their families, and of children who came alone, ...",
            owner="Río Legal Aid",
            source="demo",
            source_id="svc-5",
            phone="+17135550120",
            states=("TX",),
            counties=("TX:Harris County",),
            hours="By appointment",
            languages=("ht",),
            issues=("IM-02-00-00-00",),
        ),
        "svc-7": Listed(
            id="demo_svc-7",
            name="National line",
            owner="Río Legal Aid",
            source="demo",
            source_id="svc-7",
            phone="+18005550130",
            url="https://rio.example.org/line",
            languages=("en",),
            takes_texts=True,
            checked_on=date(2026, 10, 1),
        ),
        "svc-10": Listed(
            id="demo_svc-10",
            name="Office hours",
            owner="Prairie Justice Project",
            source="demo",
            source_id="svc-10",
            url="https://hours.example.org",
            states=("KS",),
        ),
    }


def test_names_of_people_are_never_read() -> None:
    """Contacts stay in their file, and a contact's own number too."""
    found = read(DIRTY)

    said = "".join(told(found)) + "".join(each.to_json() for each in found.listed)
    assert "Jane" not in said
    assert "555-0150" not in said
    assert "5550150" not in said


def test_a_service_that_does_not_say_where_it_is_can_be_given_a_place() -> None:
    """By whoever knows whose directory it is; it is told."""
    found = read(DIRTY, Elsewhere(states=("NM",)))

    assert ("NM",) == by_id(found)["svc-6"].states
    assert "services.csv:8: it does not say where it is: taken as --elsewhere says" in told(found)


# --- the official example ------------------------------------------------------------------------


def test_the_official_example_is_imported_and_its_faults_are_told() -> None:
    """Its references lead nowhere, its number stands in quotation marks, and it is in no state of this country."""
    found = read(OFFICIAL / "example", Elsewhere(nationwide=True))

    (one,) = found.listed
    assert ("Community Counselling", "Example Organization Inc.") == (one.name, one.owner)
    assert ("+441234234567", ("ur",), "http://example.com/counselling") == (one.phone, one.languages, one.url)
    assert [
        "locations.csv:2",
        "phones.csv:2",
        "phones.csv:2",
        "schedules.csv:2",
        "schedules.csv:2",
        "schedules.csv:2",
        "service_areas.csv:2",
        "service_areas.csv:2",
        "service_at_location.csv:2",
        "service_at_location.csv:2",
        "services.csv:2",
        "taxonomy_terms.csv:2",
    ] == [f"{problem.file}:{problem.row}" for problem in found.problems]
    assert any("quotation marks stand in the number" in line for line in told(found))


def test_the_official_example_is_of_no_state_and_so_left_out() -> None:
    """Unless somebody says where it is."""
    found = read(OFFICIAL / "example")

    assert ((), 1) == (found.listed, found.left_out)


def test_the_official_page_of_an_api_is_imported() -> None:
    """JSON of 3.0 with `contents`."""
    found = read(OFFICIAL / "service_list.json", Elsewhere(nationwide=True))

    assert ["Community Counselling"] == [each.name for each in found.listed]


# --- CSV files -----------------------------------------------------------------------------------


def test_a_clean_package_has_no_problems(package: Package) -> None:
    """Nothing is told without need."""
    found = read(package())

    assert (["+12025550110"], [("TX",)]) == (
        [e.phone for e in found.listed],
        [e.states for e in found.listed],
    )
    assert [] == told(found)


@pytest.mark.parametrize("inside", ["", "export/", "a/b/"])
def test_a_zip_is_read_as_the_folder_is(package: Package, tmp_path: Path, inside: str) -> None:
    """With folders inside, or without; and nothing is unpacked to disk."""
    folder = package()
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"{inside}{file.name}")
            archive.writestr(f"__MACOSX/{inside}._{file.name}", "rubbish")
    before = sorted(tmp_path.rglob("*"))

    assert read(folder) == read(path)
    assert before == sorted(tmp_path.rglob("*"))


def test_a_path_that_leads_out_of_a_zip_is_not_followed(package: Package, tmp_path: Path) -> None:
    """It is told, and the rest is read."""
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in package().iterdir():
            archive.write(file, file.name)
        archive.writestr("../../phones.csv", "id,service_id,number\np9,s1,202-555-0199\n")
        archive.writestr("old/services.csv", "id,name\ns9,Old\n")

    found = read(path)

    assert ["+12025550110"] == [each.phone for each in found.listed]
    assert [
        "phones.csv:0: path '../../phones.csv' leads out of the .zip: not read",
        "services.csv:0: 'old/services.csv' is a second one: not read",
    ] == told(found)


def test_a_zip_that_would_swell_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is unpacked."""
    monkeypatch.setattr(csv_files, "MOST_BYTES", 1_000_000)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("services.csv", b"id,name\n" + b"0" * 2_000_000)

    assert path.stat().st_size < 10_000
    with pytest.raises(DirectoryFileError, match=r"holds 2 MB of tables, more than 1\."):
        read(path)


def test_a_zip_that_lies_about_its_size_is_refused(tmp_path: Path, package: Package) -> None:
    """What is read is never more than what was counted."""
    path = tmp_path / "lies.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("services.csv", b"id,name\n" + b"0" * 200_000)
    whole = path.read_bytes()
    path.write_bytes(whole.replace((200_008).to_bytes(4, "little"), (20).to_bytes(4, "little")))

    with pytest.raises(DirectoryFileError, match="cannot be unpacked"):
        read(path)


@pytest.mark.parametrize("name", ["nothing", "notes.txt", "broken.zip", "empty"])
def test_what_is_no_directory_is_refused_with_a_way_out(tmp_path: Path, name: str) -> None:
    """In a sentence."""
    (tmp_path / "notes.txt").write_text("services")
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 and no more")
    (tmp_path / "empty").mkdir()

    with pytest.raises(DirectoryFileError, match=r"Name a|Name the|Pack it anew"):
        read(tmp_path / name)


def test_a_missing_column_is_told_once_and_not_for_each_row(package: Package) -> None:
    """The other files are read."""
    found = read(
        package(
            phones="id,service_id,telephone\np1,s1,202-555-0110\n",
            services="id,organization_id,name,status,url\ns1,o1,Help,active,https://a.example.org\n",
        )
    )

    assert ["https://a.example.org"] == [each.url for each in found.listed]
    assert [
        "phones.csv:1: column number is missing: the file is not read",
        "phones.csv:1: columns 'telephone' are not of HSDS: not read",
    ] == told(found)


def test_a_mark_of_a_spreadsheet_and_its_line_ends_do_no_harm(package: Package) -> None:
    """BOM, CRLF, upper case headers, semicolons, a tab."""
    found = read(
        package(
            services="\ufeffID;Organization_ID;Name;Status\r\ns1;o1;Help;Active\r\n".encode(),
            phones="id\tservice_id\tnumber\r\np1\ts1\t(202) 555-0110\r\n",
        )
    )

    assert ["+12025550110"] == [each.phone for each in found.listed]
    assert [] == told(found)


def test_a_stray_quotation_mark_costs_one_line(package: Package) -> None:
    """Not the rest of the file."""
    lines = "".join(f"s{n},o1,Help {n},active,https://n{n}.example.org\n" for n in range(2, 9))
    found = read(
        package(
            services=f'id,organization_id,name,status,url\ns1,o1,"Help,active,\n{lines}',
            phones="id,number\n",
            service_areas="id,service_id,name\n" + "".join(f"a{n},s{n},TX\n" for n in range(2, 9)),
        )
    )

    assert 7 == len(found.listed)
    assert (1, 1) == (len(found.problems), found.left_out)


# --- numbers, languages, hours, places -----------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("202-555-0110", "+12025550110"),
        ("1 (202) 555.0110", "+12025550110"),
        ("+1 202 555 0110", "+12025550110"),
        ("1-800-555-HELP", "+18005554357"),
        ("+44 1632 960001", "+441632960001"),
        ("211", "211"),
        ("233733", "233733"),
    ],
)
def test_a_number_is_understood_as_it_is_written(package: Package, written: str, number: str) -> None:
    """As people write them in this country, or whole."""
    found = read(package(phones=f'id,service_id,number,type\np1,s1,"{written}",voice\n'))

    assert ([number], []) == ([each.phone for each in found.listed], told(found))


@pytest.mark.parametrize("kind", ["fax", "TTY", "pager", "video"])
def test_what_is_not_for_calling_is_not_given(package: Package, kind: str) -> None:
    """The next one is."""
    found = read(
        package(phones=f"id,service_id,number,type\np1,s1,202-555-0111,{kind}\np2,s1,202-555-0110,\n")
    )

    assert ["+12025550110"] == [each.phone for each in found.listed]


@pytest.mark.parametrize(
    ("phones", "takes_texts"),
    [
        ("p1,s1,202-555-0110,voice\np2,s1,202-555-0110,text\n", True),
        ("p1,s1,202-555-0110,voice\np2,s1,202-555-0111,text\n", False),
        ("p1,s1,202-555-0110,SMS\n", True),
        ("p1,s1,202-555-0110,cell\n", False),
    ],
)
def test_a_number_takes_texts_if_it_is_said_of_the_same_number(
    package: Package, phones: str, takes_texts: bool
) -> None:
    """A number for calling goes first: a text to it may be heard by nobody."""
    found = read(package(phones=f"id,service_id,number,type\n{phones}"))

    assert [("+12025550110", takes_texts)] == [(each.phone, each.takes_texts) for each in found.listed]


def test_the_nearest_number_is_given(package: Package) -> None:
    """The service's own, then its place's, then that of who runs it; never another service's."""
    found = read(
        package(
            services="id,organization_id,name,status\n" + "".join(f"s{n},o1,Help,active\n" for n in "1234"),
            service_areas="id,service_id,name\n" + "".join(f"a{n},s{n},TX\n" for n in "1234"),
            service_at_location="id,service_id,location_id\nx1,s1,l1\nx2,s2,l1\nx3,s3,l2\n",
            locations="id,name\nl1,Here\nl2,There\n",
            phones="id,service_id,location_id,service_at_location_id,organization_id,number\n"
            "p0,s1,l1,,,202-555-0101\np1,s1,,,o1,202-555-0101\np2,,l1,,,202-555-0102\np3,,,x3,,202-555-0103\np4,,,,o1,202-555-0104\n",
        )
    )

    assert {"s1": "01", "s2": "02", "s3": "03", "s4": "04"} == {
        name: each.phone[-2:] for name, each in by_id(found).items()
    }


@pytest.mark.parametrize(
    ("name", "code", "codes"),
    [
        ("Spanish / Español", "", ("es",)),
        ("English, Spanish and Haitian Creole", "", ("en", "es", "ht")),
        ("Chinese (Mandarin)", "", ("zh",)),
        ("American Sign Language", "", ("ase",)),
        ("Q'anjob'al; K’iche’", "", ("kiche", "kjb")),
        ("whatever", "quc", ("kiche",)),
        ("", "spa", ("es",)),
        ("", "tzj", ("tzj",)),
    ],
)
def test_a_language_is_known_by_its_code_or_by_any_of_its_names(
    package: Package, name: str, code: str, codes: tuple[str, ...]
) -> None:
    """Bilingual names are one language, and a list of them is several."""
    found = read(package(languages=f'id,service_id,name,code\ng1,s1,"{name}",{code}\n'))

    assert ([codes], []) == ([each.languages for each in found.listed], told(found))


def test_a_language_may_hang_on_the_phone(package: Package) -> None:
    """As it does for hotlines."""
    found = read(package(languages="id,phone_id,name,code\ng1,p1,Mam,mam\n"))

    assert [("mam",)] == [each.languages for each in found.listed]


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        (["MO,TU,WE,TH,FR 09:00 17:00"], "Mon-Fri 9:00-17:00"),
        (
            ["MO,WE 09:00 12:00", "MO,WE 13:00 17:30"],
            "Mon 9:00-12:00 13:00-17:30, Wed 9:00-12:00 13:00-17:30",
        ),
        (["SA,SU 10:00 14:00", "MO 10:00:00-05:00 14:00:00-05:00"], "Mon 10:00-14:00, Sat-Sun 10:00-14:00"),
        (["MO,TU,WE,TH,FR,SA,SU 00:00 23:59"], "24 hours, every day"),
        (["Tuesday 9am 5pm"], "Tue 9:00-17:00"),
        (["MO 12am 12pm"], "Mon 0:00-12:00"),
        (["1,2 9:00 17:00"], "Mon-Tue 9:00-17:00"),
    ],
)
def test_a_schedule_becomes_a_line_that_fits_a_text(package: Package, rows: list[str], line: str) -> None:
    """Its parts are those of RFC 5545."""
    written = "".join('{},s1,"{}",{},{}\n'.format(number, *row.split()) for number, row in enumerate(rows))
    found = read(package(schedules=f"id,service_id,byday,opens_at,closes_at\n{written}"))

    assert ([line], []) == ([each.hours for each in found.listed], told(found))


@pytest.mark.parametrize(
    "row", ["12 9:00 17:00", "XX 9:00 17:00", "MO 25:00 26:00", "MO 9 17", "MO noon later"]
)
def test_a_schedule_that_is_not_plain_is_told(package: Package, row: str) -> None:
    """A wrong hour lets somebody call in vain."""
    found = read(
        package(schedules="id,service_id,byday,opens_at,closes_at\nh1,s1,{},{},{}\n".format(*row.split()))
    )

    assert ([""], 1) == ([each.hours for each in found.listed], len(told(found)))


def test_hours_that_are_too_long_are_cut_between_days(package: Package) -> None:
    """Never in the middle of a time; it is told."""
    days = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    rows = "".join(f"{n},s1,{day},0{n + 1}:00,1{n}:00\n" for n, day in enumerate(days))
    found = read(package(schedules=f"id,service_id,byday,opens_at,closes_at\n{rows}"))

    assert ["Mon 1:00-10:00, Tue 2:00-11:00, Wed 3:00-12:00 ..."] == [each.hours for each in found.listed]
    assert 1 == len(told(found))


@pytest.mark.parametrize(
    ("area", "states", "counties"),
    [
        ("Texas", ("TX",), ()),
        ("TX; nm, Arizona", ("AZ", "NM", "TX"), ()),
        ("State of New York", ("NY",), ()),
        ("Washington, D.C.", ("DC",), ()),
        ("Maryland, Washington DC and Virginia", ("DC", "MD", "VA"), ()),
        ("Indiana, PA", None, ()),
        ("New York, NY", ("NY",), ()),
        ("Puerto Rico", ("PR",), ()),
        ("Nationwide", (), ()),
        ("United States of America", (), ()),
        ("Harris County, TX", ("TX",), ("TX:Harris County",)),
        ("HARRIS COUNTY TX", ("TX",), ("TX:Harris County",)),
        ("Harris County and Fort Bend County, Texas", ("TX",), ("TX:Fort Bend County", "TX:Harris County")),
        ("Orleans Parish, Louisiana; Texas", ("LA", "TX"), ("LA:Orleans Parish",)),
        ("Harris County, Texas; Texas", ("TX",), ()),
        ("Harris County", None, ()),
        ("the Greater Houston area", None, ()),
    ],
)
def test_an_area_in_free_text_is_understood_or_told(
    package: Package, area: str, states: tuple[str, ...] | None, counties: tuple[str, ...]
) -> None:
    """A guess could send somebody to a door that is not theirs: what is not plain is left out."""
    found = read(package(service_areas=f'id,service_id,name\na1,s1,"{area}"\n'))

    if states is None:
        assert ((), 1) == (found.listed, found.left_out)
    else:
        assert [(states, counties)] == [(each.states, each.counties) for each in found.listed]


def test_what_no_area_says_the_address_says(package: Package) -> None:
    """In letters or in full; of the places of who runs it, if the service has none of its own."""
    found = read(
        package(
            service_areas="id,service_id,name\n",
            locations="id,organization_id\nl1,o1\n",
            addresses="id,location_id,state_province,country\nd1,l1,New Mexico,US\n",
        )
    )

    assert [("NM",)] == [each.states for each in found.listed]


# --- JSON ----------------------------------------------------------------------------------------

SERVICE = {
    "id": "s1",
    "name": "Sample Help",
    "status": "active",
    "organization": {"id": "o1", "name": "Sample Nonprofit", "description": "help"},
    "phones": [
        {"id": "p1", "number": "202-555-0110", "type": "voice", "languages": [{"id": "g1", "code": "mam"}]}
    ],
    "schedules": [{"id": "h1", "byday": "MO,TU", "opens_at": "09:00", "closes_at": "17:00"}],
    "languages": [{"id": "g2", "name": "Spanish"}],
    "service_at_locations": [
        {
            "id": "x1",
            "location": {"id": "l1", "addresses": [{"id": "d1", "state_province": "TX", "country": "US"}]},
        }
    ],
    "attributes": [{"id": "t1", "taxonomy_term": {"id": "t", "code": "IM-05-00-00-00", "name": "Asylum"}}],
}
ORGANIZATION = {
    **SERVICE["organization"],
    "services": [{k: v for k, v in SERVICE.items() if k != "organization"}],
}


@pytest.mark.parametrize(
    "form",
    [SERVICE, [SERVICE], {"contents": [SERVICE]}, ORGANIZATION, [ORGANIZATION]],
    ids=["service", "list", "page", "organization", "organizations"],
)
def test_every_form_of_json_says_the_same(tmp_path: Path, form: object) -> None:
    """A service alone, a list, a page of an API, an organization with its services."""
    path = tmp_path / "export.json"
    path.write_text(json.dumps(form), encoding="utf-8-sig")

    found = read(path)

    assert [] == told(found)
    assert [
        Listed(
            id="demo_s1",
            name="Sample Help",
            owner="Sample Nonprofit",
            source="demo",
            source_id="s1",
            phone="+12025550110",
            states=("TX",),
            hours="Mon-Tue 9:00-17:00",
            languages=("es", "mam"),
            issues=("IM-05-00-00-00",),
        )
    ] == list(found.listed)


def test_what_is_wrong_in_json_is_told_with_the_number_of_the_entry(tmp_path: Path) -> None:
    """The rest is imported."""
    path = tmp_path / "export.json"
    wrong = {**SERVICE, "id": "s2", "phones": "202-555-0110", "languages": ["Spanish"], "url": 7}
    path.write_text(
        json.dumps([SERVICE, "nothing", wrong, {"id": "s3", "name": "No owner", "status": "active"}])
    )

    found = read(path)

    assert ["s1"] == [each.source_id for each in found.listed]
    assert [
        "export.json:2: no object stands here",
        "export.json:3: languages holds no objects: not read",
        "export.json:3: phone or url must be given, neither is for 'demo_s2': left out",
        "export.json:3: phones is no list: not read",
        "export.json:3: web address '7' is none: not kept",
        "export.json:4: nobody says who runs it, no organization is named: left out",
    ] == told(found)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", r"export.json:1:2: no JSON"),
        ("[]", "holds no service"),
        ("7", "holds no service"),
        ("[" * 99_999, "cannot be read"),
    ],
    ids=["broken", "empty", "number", "deep"],
)
def test_json_that_is_no_directory_is_refused(tmp_path: Path, text: str, says: str) -> None:
    """With its line and column where it is broken."""
    path = tmp_path / "export.json"
    path.write_text(text)

    with pytest.raises(DirectoryFileError, match=says):
        read(path)


# --- anything at all -----------------------------------------------------------------------------


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_file_however_broken_gets_a_traceback(tmp_path: Path, data: st.DataObject) -> None:
    """Bytes of a dirty export put elsewhere, taken out, or changed: a report or one plain refusal."""
    files = {file.name: file.read_bytes() for file in sorted(DIRTY.iterdir())}
    for _ in range(data.draw(st.integers(1, 4))):
        name = data.draw(st.sampled_from(sorted(files)))
        at, until = sorted(data.draw(st.integers(0, len(files[name]))) for _ in range(2))
        put = data.draw(
            st.sampled_from(
                [b"", b'"', b"\x00", b"\r", b"\xff\xfe", b",,,", b"12", "\u0661".encode(), b"\n" * 3]
            )
        )
        files[name] = files[name][:at] + put + files[name][until if data.draw(st.booleans()) else at :]
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    if data.draw(st.booleans()):
        whole = path.read_bytes()
        at = data.draw(st.integers(0, len(whole) - 1))
        path.write_bytes(whole[:at] + bytes([data.draw(st.integers(0, 255))]) + whole[at + 1 :])

    with suppress(DirectoryFileError):
        assert all(each.name and each.owner for each in read(path).listed)


# --- speed ---------------------------------------------------------------------------------------


def test_ten_times_the_services_take_ten_times_as_long(tmp_path: Path) -> None:
    """And not a hundred times: no table is searched from its beginning for every service."""
    few, many = write_big(tmp_path / "few", 1000), write_big(tmp_path / "many", 10_000)

    assert seconds(lambda: read(many)) < LINEAR * seconds(lambda: read(few))
    assert [] == told(read(many))
