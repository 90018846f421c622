"""A listed service, and which of them a person is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.directory.listed import Listed, ListedError, listed_id, pick
from app.directory.office import Office, OfficeError
from tests.app.referral.made_up import office


def listed(identity: str = "demo_one", **values: object) -> Listed:
    """One that anybody in the country may call."""
    plain = Listed(
        id=identity,
        name="Sample Legal Help",
        owner="Sample Nonprofit",
        source=identity.partition("_")[0],
        source_id=identity,
        phone=f"+120255501{sum(map(ord, identity)) % 100:02}",
    )
    return replace(plain, **values)


def test_it_comes_back_from_json_as_it_was() -> None:
    """With every field."""
    one = listed(
        url="https://help.example.org/a?b=c",
        states=("NM", "TX"),
        counties=("TX:Harris County",),
        hours="Mon-Fri 9:00-17:00",
        languages=("es", "kiche"),
        issues=("IM-02-00-00-00",),
        serves="people in detention",
        takes_texts=True,
        checked_on=date(2026, 7, 2),
    )

    assert one == Listed.from_json(one.to_json())
    assert listed() == Listed.from_json(listed().to_json().encode())


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"id": 1}', listed().to_json().replace("+1202", "call ")])
def test_what_is_no_such_record_is_refused(text: str) -> None:
    """One error, whatever is wrong."""
    with pytest.raises(ListedError):
        Listed.from_json(text)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"id": "harbor"}, "id must match"),
        ({"id": "demo_+12025550110"}, "id must match"),
        ({"owner": ""}, "owner must be a line"),
        ({"name": "two\nlines"}, "name must be a line"),
        ({"name": "x" * 101}, "name must be a line of 1 to 100"),
        ({"phone": ""}, "phone or url must be given"),
        ({"phone": "555-0110"}, "phone must match"),
        ({"phone": "", "url": "https://a.example.org", "takes_texts": True}, "takes texts"),
        ({"url": "javascript:alert(1)"}, "url must match"),
        ({"url": "https://user@example.org"}, "url must match"),
        ({"states": ("Texas",)}, "states must be codes"),
        ({"states": ("TX",), "counties": ("Harris County",)}, "county must match"),
        ({"states": ("NM",), "counties": ("TX:Harris County",)}, "states must hold the state of"),
        ({"hours": "x" * 61}, "hours must be a line of 0 to 60"),
        ({"languages": ("Spanish",)}, "languages must match"),
        ({"issues": ("Immigration",)}, "issues must match"),
    ],
)
def test_a_bad_value_is_refused_and_shown(values: dict[str, object], says: str) -> None:
    """Before anybody is told of it."""
    with pytest.raises(ListedError, match=says):
        listed(**values)


@pytest.mark.parametrize("number", ["+12025550110", "211", "233733", "+441632960001"])
def test_a_number_is_whole_or_a_short_code(number: str) -> None:
    """What a phone can dial."""
    assert number == listed(phone=number).phone


def test_no_listed_service_can_have_the_id_of_an_office() -> None:
    """Its id has an underscore, and an office's has none: an import can never overwrite a partner."""
    with pytest.raises(ListedError):
        listed(id=office("harbor").id)
    with pytest.raises(OfficeError):
        Office(**{**vars(office("harbor")), "id": listed().id})


def test_an_id_of_the_source_is_kept_where_it_is_opaque() -> None:
    """Otherwise a digest stands for it; it is the same each time."""
    assert "harris_ac14-99" == listed_id("harris", "ac14-99")
    assert listed_id("harris", "a number, +1 202") == listed_id("harris", "a number, +1 202")
    assert listed(id=listed_id("demo", "a name / a court")).id.startswith("demo_")


# --- pick ----------------------------------------------------------------------------------------


def test_one_of_the_state_goes_before_a_nationwide_one() -> None:
    """Whoever is near knows more."""
    near, far = listed("demo_z", states=("TX",)), listed("demo_a")

    assert (near, far) == pick([far, near], "TX", None, "en")


def test_one_with_a_phone_goes_before_all() -> None:
    """A person who texts can call; many cannot browse."""
    site = listed("demo_a", states=("TX",), phone="", url="https://site.example.org")
    line = listed("demo_z")

    assert (line, site) == pick([site, line], "TX", None, "en")


def test_of_two_alike_the_one_that_speaks_the_language_is_first() -> None:
    """And after that the id decides, so that it is the same each time."""
    plain, mam, again = listed("demo_a"), listed("demo_z", languages=("mam",)), listed("demo_b")

    assert (mam, plain, again) == pick([again, plain, mam], None, None, "mam", limit=3)


def test_one_of_another_state_is_never_named() -> None:
    """Nor one of a state to somebody whose state is not known."""
    assert () == pick([listed(states=("TX",))], "NM", None, "en")
    assert () == pick([listed(states=("TX",))], None, None, "en")


@pytest.mark.parametrize(
    ("place", "county", "named"),
    [
        ("TX", "Harris County", 1),
        ("TX", "Bexar County", 0),
        ("TX", None, 0),
        ("NM", None, 1),
        ("NM", "X County", 1),
    ],
)
def test_one_of_a_county_is_named_there_alone(place: str, county: str | None, named: int) -> None:
    """In its other states, of which it names no county, everywhere."""
    one = listed(states=("NM", "TX"), counties=("TX:Harris County",))

    assert named == len(pick([one], place, county, "en"))


def test_no_number_is_named_twice() -> None:
    """The same line may stand in a directory under several courts."""
    first, same = listed("demo_a", phone="+12025550110"), listed("demo_b", phone="+12025550110")
    other = listed("demo_c", phone="+12025550111")

    assert (first, other) == pick([other, same, first], None, None, "en")
