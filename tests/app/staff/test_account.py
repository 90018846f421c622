"""A person who may sign in: who can be one, and what is kept of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from app.staff.account import OF_AN_OFFICE, ROLES, Account, StaffError, by_name, check
from tests.app.staff.made_up import HASH, SEED, account

RECOVERY = ("a" * 64, "b" * 64)


def test_an_account_is_read_as_it_was_written() -> None:
    """With every part of it, in one line."""
    written = account(totp_step=7, recovery=RECOVERY, disabled=True, epoch=3, version=9)
    line = written.to_json()

    assert written == Account.from_json(line) == Account.from_json(line.encode())
    assert "\n" not in line


def test_an_account_in_a_log_shows_no_secret() -> None:
    """Nor anything a secret could be guessed from."""
    shown = repr(account(recovery=RECOVERY))

    assert "ana" in shown
    assert [] == [secret for secret in (HASH, SEED, *RECOVERY) if secret in shown]


@pytest.mark.parametrize("name", ["ana", "ana.r", "a1", "ana_r-2", "a" * 32])
def test_a_sign_in_name_is_short_and_plain(name: str) -> None:
    """It stands in a list that others read."""
    assert name == account(name).name


@pytest.mark.parametrize(
    "name", ["", "a", "a" * 33, "Ana", "1ana", ".ana", "ana r", "ana@example.org", "ána", "ana\n", "ana\x00"]
)
def test_a_name_that_is_none_is_refused_with_what_would_do(name: str) -> None:
    """Neither an address nor something that two people would type in two ways."""
    with pytest.raises(StaffError, match=r"2 to 32 small letters.* such as ana\.r; got "):
        check(name, "staff", "harbor")


@pytest.mark.parametrize("role", ROLES)
def test_some_roles_belong_to_an_office_and_the_others_to_none(role: str) -> None:
    """Nobody is of an office and of the line at once."""
    of_an_office = role in OF_AN_OFFICE
    check("ana", role, "harbor" if of_an_office else "")

    with pytest.raises(
        StaffError, match=f"role {role} belongs to {'an' if of_an_office else 'no'} office; got "
    ):
        check("ana", role, "" if of_an_office else "harbor")


def test_those_of_an_office_are_two() -> None:
    """Who takes its requests, and who sees to it."""
    assert {"staff", "lead"} == OF_AN_OFFICE < set(ROLES)


@pytest.mark.parametrize("role", ["", "boss", "Staff"])
def test_a_role_that_there_is_not_is_refused_with_those_there_are(role: str) -> None:
    """The words name them all."""
    with pytest.raises(StaffError, match=f"role must be one of {', '.join(ROLES)}; got '{role}'"):
        check("ana", role, "harbor")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": "a" * 15}, "id must be 16 hex digits"),
        ({"id": "A" * 16}, "id must be 16 hex digits"),
        ({"id": "g" * 16}, "id must be 16 hex digits"),
        ({"name": "Ana"}, "a sign-in name must be"),
        ({"role": "admin"}, "role admin belongs to no office; got harbor"),
        ({"office": ""}, "role staff belongs to an office; got none"),
        ({"since": datetime(2026, 11, 23)}, "since must have a time zone"),
    ],
)
def test_an_account_that_cannot_be_is_never_made(changes: dict[str, Any], said: str) -> None:
    """By whom ever, and from whatever was stored."""
    with pytest.raises(StaffError, match=said):
        account(**changes)


def test_ending_all_visits_changes_nothing_else() -> None:
    """A visit of an earlier epoch is over."""
    seen = account(epoch=4, totp_step=7, recovery=RECOVERY)
    assert replace(seen, epoch=5) == seen.over()


def broken(**changes: Any) -> str:
    """A stored record with something wrong in it."""
    return json.dumps({**json.loads(account().to_json()), **changes})


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "{",
        "[]",
        "7",
        "null",
        "{}",
        broken(since="today"),
        broken(recovery=3),
        broken(more="x"),
        broken(name=7),
    ],
)
def test_a_record_that_cannot_be_read_is_said_and_not_shown(stored: str) -> None:
    """It holds secrets, and an error ends in a log."""
    with pytest.raises(StaffError, match=r"a stored account cannot be read \(\w+\)$") as error:
        Account.from_json(stored)

    assert [] == [secret for secret in (HASH, SEED) if secret in str(error.value)]


def test_a_list_shows_the_line_first_and_then_office_by_office() -> None:
    """Within each by name."""
    people = [
        account("zoe", office="harbor"),
        account("ana", office="mesa"),
        account("ben", office="harbor", role="lead"),
        account("yan", office="", role="admin"),
    ]
    assert ["yan", "ben", "zoe", "ana"] == [each.name for each in by_name(people)]


def test_what_is_refused_is_refused_for_good_unless_it_says_otherwise() -> None:
    """Whoever guesses waits, and may try again."""
    said = [StaffError("no"), StaffError("wait", permanent=False, wait=60)]
    assert [("no", True, 0), ("wait", False, 60)] == [(str(each), each.permanent, each.wait) for each in said]
