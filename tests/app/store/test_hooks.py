"""Failed hooks on a real server."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from redis import Redis

from app.store.hooks import FailedHook, FailedHookError, FailedHooks
from app.store.keys import owner_of
from tests.app.referral.made_up import NOW

FAILED = FailedHook("f00d" * 8, "harbor", "r" * 32, "referral.offered", NOW, 503)
LATER = replace(FAILED, message_id="cafe" * 8, since=NOW + timedelta(hours=1), status=None)


def test_failures_are_listed_the_oldest_first(durable: Redis) -> None:
    """Each once, as it was noted last."""
    store = FailedHooks(durable)
    for each in (LATER, replace(FAILED, status=None), FAILED):
        store.note_failed(each)

    assert (FAILED, LATER) == store.failed()
    assert (FAILED, None) == (store.get(FAILED.message_id), store.get("nothing"))


def test_a_forgotten_failure_is_gone(durable: Redis) -> None:
    """And the memory as it was."""
    store = FailedHooks(durable)
    store.note_failed(FAILED)
    store.forget(FAILED.message_id)

    assert ((), 0) == (store.failed(), durable.dbsize())


def test_the_list_is_declared(durable: Redis) -> None:
    """With owner, reason and life."""
    for each in (FAILED, LATER):
        FailedHooks(durable).note_failed(each)

    found = [owner_of(name.decode(), "durable") for name in durable.scan_iter()]
    assert ["store.hooks"] == [key.owner for key in found if key]


@pytest.mark.parametrize(
    "change",
    [
        {"message_id": "+12025550177"},
        {"message_id": ""},
        {"office": "Harbor Legal Aid"},
        {"referral": "+12025550177"},
        {"kind": "a person asked"},
        {"since": datetime(2026, 11, 23)},
    ],
)
def test_only_ids_and_times_are_kept(change: dict[str, Any]) -> None:
    """Nothing else fits in."""
    with pytest.raises(FailedHookError):
        replace(FAILED, **change)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"since": "today"}'])
def test_what_is_no_record_is_refused(text: str) -> None:
    """In one sentence."""
    with pytest.raises(FailedHookError, match="cannot be read"):
        FailedHook.from_json(text)
