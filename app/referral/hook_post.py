"""Tells an office's own case system of a referral, and what came of it."""

from __future__ import annotations

import logging
from base64 import b64encode
from dataclasses import replace
from datetime import datetime, timedelta

from app.directory.endpoint import Endpoint, EndpointError
from app.logs import of_referral
from app.outside.hooks import Caller, HookError, Value, next_try
from app.referral.errand import Errand, Kind
from app.referral.life import Referral
from app.referral.luck import luck
from app.referral.notices import opaque_name
from app.store.endpoints import Endpoints
from app.store.hooks import FailedHook, FailedHooks

log = logging.getLogger(__name__)

# The kinds of errands an office's system is told of; docs/webhooks.md lists them.
TYPES: dict[Kind, str] = {
    "offer": "referral.offered",
    "moved_on": "referral.moved_on",
    "withdrawn": "referral.withdrawn",
    "time": "referral.time_to_call",
    "no_call": "referral.nobody_called",
    "no_texts": "referral.call_only",
}
# Tried again then, if a worker dies over the last attempt of the schedule.
AFTER_THE_LAST = timedelta(days=1)


class HookPost:
    """The hooks of all offices. What no system takes is listed, and the office is mailed."""

    def __init__(self, hooks: Caller, endpoints: Endpoints, failed: FailedHooks) -> None:
        self._hooks = hooks
        self._endpoints = endpoints
        self._failed = failed

    def wanted(self, office: str) -> bool:
        """True if the office has a system that is told of referrals."""
        return self._endpoint(office) is not None

    def due(self, tries: int, now: datetime) -> datetime:
        """When a hook is tried again that has been tried so often."""
        return now + (next_try(tries, luck()) or AFTER_THE_LAST)

    def send(self, referral: Referral, errand: Errand, now: datetime) -> Errand:
        """Tries it once."""
        endpoint = self._endpoint(errand.to)
        if endpoint is None:
            return errand.ended("dropped")
        name = opaque_name(referral.id, errand.name)
        try:
            self._hooks.call(
                endpoint, name, type_of(errand), _data(referral, errand), now, happened=errand.first
            )
        except HookError as error:
            log.warning("a hook was not taken", extra=of_referral(referral.id, error.status))
            return self._not_taken(referral, errand, error, now)
        self._failed.forget(name)
        return errand.ended("done")

    def forget(self, referral: Referral) -> None:
        """Takes what failed of a referral that is over from the list."""
        for errand in referral.errands:
            if errand.channel == "hook":
                self._failed.forget(opaque_name(referral.id, errand.name))

    def _not_taken(self, referral: Referral, errand: Errand, error: HookError, now: datetime) -> Errand:
        if error.gone:
            self._endpoints.change(errand.to, lambda seen: replace(seen, disabled_why="gone"))
        wait = None if error.permanent else next_try(errand.tries, luck(), error.retry_after)
        if wait is not None:
            return errand.again(now + wait)
        name = opaque_name(referral.id, errand.name)
        why = "" if error.status else str(error)
        self._failed.note_failed(
            FailedHook(name, errand.to, referral.id, type_of(errand), now, error.status, why)
        )
        return errand.ended("failed")

    def _endpoint(self, office: str) -> Endpoint | None:
        """The office's endpoint, if it is on. One that cannot be read must not keep the mail from going."""
        try:
            found = self._endpoints.get(office)
        except EndpointError:
            log.exception("a stored endpoint cannot be read")
            return None
        return found if found and not found.disabled else None


def type_of(errand: Errand) -> str:
    """What happened, as the body's `type` says it."""
    return TYPES[errand.kind]


def _data(referral: Referral, errand: Errand) -> dict[str, Value]:
    """What the system may know: nothing that names or reaches the person, and at most the sealed box."""
    data: dict[str, Value] = {
        "reference": referral.reference,
        "issue": referral.issue,
        "place": referral.place,
        "spoken": referral.spoken,
        "language": referral.language,
        "urgent": referral.urgent,
    }
    box = referral.boxes.get(errand.to) if errand.kind == "offer" else None
    return {**data, "box": b64encode(box).decode("ascii")} if box else data
