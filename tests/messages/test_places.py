"""What each state says."""

from itertools import pairwise

import pytest

from messages.places import RULES, Place, read_places
from messages.yaml_reader import ReadError
from tests.messages.conftest import Write

TEXAS = """\
TX:
  en: Texas
  es: Texas
  accept: [Tejas, Houston]
  rule: BAN
  also: REQ
  certain: no
  checked: 2026-07
  note: ""
  sharing: ORDERED
  jails: state
"""


def test_a_place_is_read_as_it_is_written(write: Write):
    """A plain no is no, and blanks are nothing."""
    assert {
        "TX": Place(
            code="TX",
            names={"en": "Texas", "es": "Texas"},
            accept=("Tejas", "Houston"),
            rule="BAN",
            also="REQ",
            certain=False,
            checked="2026-07",
            note="",
            sharing="ORDERED",
            jails="state",
        )
    } == dict(read_places(write("places.yaml", TEXAS)))


@pytest.mark.parametrize(("stricter", "milder"), list(pairwise(RULES)))
def test_of_two_rules_the_stricter_is_said(stricter: str, milder: str):
    """Whichever comes first in the row."""
    ways = [(stricter, milder), (milder, stricter), (stricter, ""), (stricter, stricter)]
    places = [Place("TX", {}, (), rule, also, True, "2026-07", "") for rule, also in ways]

    assert [stricter] * 4 == [place.stricter for place in places]


def test_a_place_without_data_has_no_rule(write: Write):
    """A territory is known by name, and nothing is said of its rule."""
    territory = TEXAS.replace("rule: BAN", 'rule: ""').replace("also: REQ", 'also: ""')

    assert "" == read_places(write("places.yaml", territory))["TX"].stricter


def test_what_a_row_does_not_say_is_nothing(write: Write):
    """Of most states we know no rule on sharing, and their counties run the jails."""
    silent = TEXAS.replace("  sharing: ORDERED\n", "").replace("  jails: state\n", "")
    place = read_places(write("places.yaml", silent))["TX"]

    assert ("", "") == (place.sharing, place.jails)


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ("TX:", "Texas:", "places.yaml:1:1: 'Texas' is no code of a state. Write its two capital letters, as in TX."),
        ("rule: BAN", "rule: YES", "places.yaml:5:9: 'YES' is not known here. Write one of: REQ, BAN, NONE, PART, LIM."),
        ("  rule: BAN\n", "", "places.yaml:2:3: rule is missing here. Add it, on a line of its own."),
        ("en: Texas", "en:", "places.yaml:2:3: the text is empty. Write the text, or take the key out."),
        ("also: REQ", "also: x", "places.yaml:6:9: 'x' is not known here. Write one of: REQ, BAN, NONE, PART, LIM."),
        ("certain: no", "certain: maybe", "places.yaml:7:12: 'maybe' is not known here. Write one of: yes, no."),
        (
            "checked: 2026-07",
            "checked: summer",
            "places.yaml:8:12: 'summer' is no year, month or day. Write 2026, 2026-11 or 2026-11-23.",
        ),
        ("  en: Texas\n", "", "places.yaml:2:3: en is missing here. Add it, on a line of its own."),
        (
            "note:",
            "notes:",
            "places.yaml:9:3: the field 'notes' is not known here. "
            "The fields are: en, rule, certain, checked, accept, also, note, sharing, jails, es.",
        ),
        (
            "sharing: ORDERED",
            "sharing: yes",
            "places.yaml:10:12: 'yes' is not known here. Write one of: ORDERED, LIMITED.",
        ),
        ("jails: state", "jails: city", "places.yaml:11:10: 'city' is not known here. Write one of: state."),
        (
            "accept: [Tejas, Houston]",
            "accept: Tejas",
            "places.yaml:4:11: the text 'Tejas' stands where a list belongs. Write [one, two], or a dash a line.",
        ),
    ],
)  # fmt: skip
def test_a_fault_in_a_row_is_told_where_it_stands(write: Write, right: str, wrong: str, fault: str):
    """A rule that is not one never reaches a person."""
    with pytest.raises(ReadError) as caught:
        read_places(write("places.yaml", TEXAS.replace(right, wrong, 1)))

    assert fault == str(caught.value)
