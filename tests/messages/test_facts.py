"""The register of facts, numbers and links."""

from datetime import date

import pytest

from messages.facts import Fact, Link, Number, figures_in, links_in, phones_in, read_facts
from messages.yaml_reader import ReadError
from tests.messages.conftest import Write

REGISTER = """\
facts:
  DT1:
    says: A detainer asks a jail to hold a person longer.
    source: 8 CFR 287.7
    as_of: 2026-07
    checked_on: 2026-11-23
    interval: S2
    confidence: high
    reviewer: ""
numbers:
  court:
    number: 1-202-555-0142
    owner: The court
    hours: day and night
    languages: [en, es]
    checked_on: 2026-11-01
    interval: S3
    for: Anyone with a case.
links:
  list:
    link: https://www.Example.org/list
    owner: A legal service
    checked_on: 2026-11-02
    interval: S4
    for: Everyone.
"""


def test_a_register_is_read_as_it_is_written(write: Write):
    """Facts, numbers and links, each by its id."""
    register = read_facts(write("facts.yaml", REGISTER))

    assert {
        "DT1": Fact(
            id="DT1",
            says="A detainer asks a jail to hold a person longer.",
            source="8 CFR 287.7",
            as_of="2026-07",
            checked_on=date(2026, 11, 23),
            interval="S2",
            confidence="high",
            reviewer="",
        )
    } == dict(register.facts)
    assert {
        "court": Number(
            id="court",
            number="1-202-555-0142",
            owner="The court",
            hours="day and night",
            languages=("en", "es"),
            checked_on=date(2026, 11, 1),
            interval="S3",
            serves="Anyone with a case.",
        )
    } == dict(register.numbers)
    assert {
        "list": Link(
            id="list",
            link="https://www.Example.org/list",
            owner="A legal service",
            hours="",
            languages=(),
            checked_on=date(2026, 11, 2),
            interval="S4",
            serves="Everyone.",
        )
    } == dict(register.links)


@pytest.mark.parametrize(
    ("interval", "check_by"),
    [
        ("S1", date(2027, 11, 23)),
        ("S2", date(2027, 5, 24)),
        ("S3", date(2026, 12, 24)),
        ("S4", date(2026, 11, 30)),
    ],
)
def test_a_check_holds_for_its_interval(write: Write, interval: str, check_by: date):
    """A year, half a year, a month, a week."""
    register = read_facts(write("facts.yaml", REGISTER.replace("interval: S2", f"interval: {interval}")))

    assert check_by == register.facts["DT1"].check_by


@pytest.mark.parametrize(
    ("reviewer", "signed"), [('""', False), ("", False), ("'  '", False), ("R. M.", True)]
)
def test_a_fact_is_signed_when_it_names_its_reviewer(write: Write, reviewer: str, signed: bool):
    """Blanks are no signature."""
    register = read_facts(write("facts.yaml", REGISTER.replace('reviewer: ""', f"reviewer: {reviewer}")))

    assert signed == register.facts["DT1"].signed


@pytest.mark.parametrize("as_of", ["2026", "2026-07", "2026-07-15"])
def test_a_source_may_be_dated_by_year_or_month(write: Write, as_of: str):
    """Not every source names its day."""
    register = read_facts(write("facts.yaml", REGISTER.replace("as_of: 2026-07", f"as_of: {as_of}")))

    assert as_of == register.facts["DT1"].as_of


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        (
            "checked_on: 2026-11-23",
            "checked_on: 2026-02-30",
            "facts.yaml:6:17: '2026-02-30' is no date. Write year-month-day, as in 2026-11-23.",
        ),
        (
            "checked_on: 2026-11-23",
            "checked_on: 20261123",
            "facts.yaml:6:17: '20261123' is no date. Write year-month-day, as in 2026-11-23.",
        ),
        (
            "as_of: 2026-07",
            "as_of: July 2026",
            "facts.yaml:5:12: 'July 2026' is no year, month or day. Write 2026, 2026-11 or 2026-11-23.",
        ),
        (
            "as_of: 2026-07",
            "as_of: 2026-13",
            "facts.yaml:5:12: '2026-13' is no year, month or day. Write 2026, 2026-11 or 2026-11-23.",
        ),
        ("S2", "S5", "facts.yaml:7:15: 'S5' is not known here. Write one of: S1, S2, S3, S4."),
        ("high", "sure", "facts.yaml:8:17: 'sure' is not known here. Write one of: high, medium, low."),
        (
            "1-202-555-0142",
            "the court",
            "facts.yaml:12:13: 'the court' is no telephone number. Write it as 1-202-555-0142, or 911.",
        ),
        (
            "https://www.Example.org/list",
            "the list",
            "facts.yaml:21:11: 'the list' is no web address. Write it as example.org/help.",
        ),
        (
            "    owner: The court\n",
            "",
            "facts.yaml:12:5: owner is missing here. Add it, on a line of its own.",
        ),
        (
            "    hours: day",
            "    open: day",
            "facts.yaml:14:5: the field 'open' is not known here. "
            "The fields are: number, owner, checked_on, interval, for, hours, languages.",
        ),
        (
            "links:",
            "sites:",
            "facts.yaml:19:1: the field 'sites' is not known here. The fields are: facts, numbers, links.",
        ),
    ],
)
def test_a_fault_in_the_register_is_told_where_it_stands(write: Write, right: str, wrong: str, fault: str):
    """A wrong date or an unknown interval never becomes a fact."""
    with pytest.raises(ReadError) as caught:
        read_facts(write("facts.yaml", REGISTER.replace(right, wrong, 1)))

    assert fault == str(caught.value)


def test_a_fault_in_each_record_is_told_at_once(write: Write):
    """One run shows them all."""
    broken = REGISTER.replace("S2", "S5").replace("S3", "S6").replace("S4", "S7")
    with pytest.raises(ReadError) as caught:
        read_facts(write("facts.yaml", broken))

    assert ["'S5'", "'S6'", "'S7'"] == [fault.what.split()[0] for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Call 1-202-555-0142.", {"2025550142"}),
        ("Llame al (202) 555-0142 o al 202.555.0143", {"2025550142", "2025550143"}),
        ("+1 202 555 0142", {"2025550142"}),
        ("1 202-555-0142", {"2025550142"}),
        ("555-0142 here", {"5550142"}),
        ("+52 55 5555 0142", {"525555550142"}),
        ("Danger? 911. Sad? Text 988 or 741741.", {"911", "988", "741741"}),
        ("Since 2026, 48 hours, $500, ZIP 77002, form I-205, A-123456789", set()),
        ("example.org/2025550142", set()),
    ],
)
def test_telephone_numbers_are_found_however_they_are_written(words: str, found: set[str]):
    """Bare digits, so that two ways of writing one number are the same."""
    assert found == phones_in(words)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("See https://www.Example.org/help/.", {"example.org/help"}),
        ("See example.gov, or (list.example.org)", {"example.gov", "list.example.org"}),
        ("8 a.m. p.ej. etc. Write a@example.org", set()),
    ],
)
def test_links_are_found_however_they_are_written(words: str, found: set[str]):
    """Scheme, www, case and a closing point make no difference."""
    assert found == links_in(words)


def test_other_figures_are_those_of_three_digits_or_more():
    """Neither telephone numbers nor what stands in a link."""
    assert {"2026", "500"} == figures_in("In 2026 pay $500 within 48 hours: 202-555-0142, example.org/287")
