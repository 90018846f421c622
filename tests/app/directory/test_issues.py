"""LIST codes: which of them lie within which."""

from __future__ import annotations

import pytest

from app.directory.issues import full_code, is_whole_field, is_within


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("IM", "IM-00-00-00-00"),
        ("im-02", "IM-02-00-00-00"),
        (" IM-02-01 ", "IM-02-01-00-00"),
        ("IM-02-01-03-04", "IM-02-01-03-04"),
        ("IM-2", "IM-2"),
        ("detention", "detention"),
        ("IM-02-01-03-04-05", "IM-02-01-03-04-05"),
    ],
)
def test_a_short_code_is_filled_up(typed: str, code: str) -> None:
    """What is none stays as it was typed, so that the error can show it."""
    assert code == full_code(typed)


@pytest.mark.parametrize(
    ("code", "issue", "within"),
    [
        ("IM-02-00-00-00", "IM-02-00-00-00", True),
        ("IM-02-00-00-00", "IM-00-00-00-00", True),
        ("IM-02-03-00-00", "IM-02-00-00-00", True),
        ("IM-02-03-01-00", "IM-02-03-00-00", True),
        ("IM-00-00-00-00", "IM-02-00-00-00", False),
        ("IM-02-00-00-00", "IM-02-03-00-00", False),
        ("IM-03-00-00-00", "IM-02-00-00-00", False),
        ("HO-02-00-00-00", "IM-00-00-00-00", False),
        ("IM-10-00-00-00", "IM-10-00-00-00", True),
        ("IM-12-00-00-00", "IM-10-00-00-00", False),
    ],
)
def test_a_code_lies_within_those_above_it(code: str, issue: str, within: bool) -> None:
    """A level of 00 leaves the rest open."""
    assert within is is_within(code, issue)


def test_a_field_is_known_from_its_parts() -> None:
    """IM-00 is all of immigration."""
    assert (True, False) == (is_whole_field("IM-00-00-00-00"), is_whole_field("IM-02-00-00-00"))
