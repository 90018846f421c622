"""What a person writes to an office through the line: whose a text is, and how it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from app.directory.office import Office
from app.referral import course
from app.referral.life import Referral
from app.referral.thread import HEARS, SAID_ONCE_IN, Said, has_room, last
from app.sealing import seal
from app.store.referrals import ReferralError
from app.store.sessions import Before
from flows.answers import looks_private
from flows.effects import Reply
from flows.heard import Heard

if TYPE_CHECKING:
    from app.bootstrap import Hotline

# What is kept of one text: a text message is never longer (ten segments).
LONGEST = 1600
# Its length must not tell what was written.
PADDED_TO = 256


@dataclass(frozen=True)
class Open:
    """A thread that hears a person: the referral, its office, and when a text of the office last came to them."""

    referral: Referral
    office: Office
    wrote_at: datetime


def open_thread(line: Hotline, before: Before, now: datetime) -> Open | None:
    """The thread in which an office wrote to this person last; None if none of these days.

    Raises:
        MemoryDown: the durable memory does not answer.
    """
    found = list(_heard(line, before, now)) if before.contact else []
    return max(found, key=lambda thread: thread.wrote_at, default=None)


def _heard(line: Hotline, before: Before, now: datetime) -> Iterator[Open]:
    for referral in line.referrals.each(before.contact):
        wrote = referral.wrote_at if referral.state in {"accepted", "contacted"} else None
        if wrote is None or now - wrote >= HEARS:
            continue
        office = line.offices.find(referral.office)
        if office is not None:
            yield Open(referral, office, wrote)


def answer(thread: Open, heard: Heard, now: datetime) -> tuple[Reply, ...]:
    """What the line itself says to a text for the office: nothing, but that it looks private, that there is no room, or is night."""
    if looks_private(heard.text):
        return (Reply("shared.private"),)
    if not has_room(thread.referral.thread):
        return (Reply("thread.full"),)
    told = last(thread.referral.thread, "line")
    lately = told is not None and now - told < SAID_ONCE_IN
    return () if thread.office.open_at(now) or lately else (Reply("thread.closed"),)


def pass_on(
    line: Hotline, thread: Open, name: str, body: str, replies: tuple[Reply, ...], now: datetime
) -> None:
    """Writes the text into the thread, sealed to the office; what looks private, or has no room, is not kept.

    `name` is opaque, and the same for the same text delivered twice.

    Raises:
        MemoryDown, LockedError, ReferralError: nothing was kept, and nothing may be confirmed.
    """
    said = {reply.message for reply in replies}
    if said & {"shared.private", "thread.full"}:
        return
    lines = [Said(name, now, "person", sealed_to(thread.office, body[:LONGEST]))]
    if said:
        lines.append(Said(f"{name}-line", now, "line"))

    def heard(seen: Referral) -> Referral | None:
        if seen.office != thread.office.id or seen.ended:
            return None
        for each in lines:
            seen = course.hear(seen, each, now)
        return seen

    if line.referrals.change(thread.referral.id, heard) is None:
        raise ReferralError("it went to another office, or ended, in this very moment")
    line.jobs.hint_delivery(thread.referral.id, name)


def sealed_to(office: Office, text: str) -> bytes:
    """A text for the office's eyes alone."""
    plain = text.encode("utf-8", "replace")
    return seal(plain + b" " * (-len(plain) % PADDED_TO), office.recipients)
