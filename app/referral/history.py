"""The life of a referral in sentences: what happened, what is owed, and what comes next by itself. Pure, and no contents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.referral.errand import COORDINATOR, TEXTER, Errand, Kind, Way
from app.referral.life import Actor, Move, Reason, Referral, State, Timer


@dataclass(frozen=True)
class Entry:
    """One sentence and its moment: of something that was, or (`ahead`) that will be."""

    at: datetime
    text: str
    ahead: bool = False


def history(referral: Referral, seen_by: str = "") -> tuple[Entry, ...]:
    """Everything, in the order of time: steps and notices that were, then notices and clocks that are still to come.

    `seen_by` an office: without what another office decided, why, and was told. A conflict of interest is about its clients.
    """
    known = [
        Entry(referral.created, "The person asked for a lawyer."),
        *_moves(referral, seen_by),
        *(_noticed(errand) for errand in referral.errands if _may_see(seen_by, errand.to)),
        *(Entry(at, CLOCKS[timer], ahead=True) for timer, at in referral.timers.items()),
    ]
    return tuple(sorted(known, key=lambda entry: (entry.ahead, entry.at)))


def why_ranked(reasons: tuple[str, ...]) -> str:
    """Why an office stood where it did in the match."""
    return ", ".join(RANKED.get(reason, reason) for reason in reasons)


def _may_see(seen_by: str, to: str) -> bool:
    return not seen_by or to in {seen_by, TEXTER}


def _moves(referral: Referral, seen_by: str) -> Iterator[Entry]:
    """A move names the office it happened at; one that nobody has yet names none."""
    for move in referral.moves:
        if seen_by and move.office not in {"", seen_by}:
            if move.state == "requested":
                yield Entry(move.time, "Another office was asked before.")
            continue
        yield Entry(move.time, f"{_step(move)}{f' ({move.office})' if move.office else ''}.")


def _step(move: Move) -> str:
    step = STEPS[move.state].format(_WHO[move.actor])
    return f"{step[0].upper()}{step[1:]}: {REASONS[move.reason]}"


def _noticed(errand: Errand) -> Entry:
    by = "text" if errand.channel == "bell" else errand.channel
    notice = f"{NOTICES[errand.kind]}, {by} to {_TO.get(errand.to, errand.to)}: {WAYS[errand.way]}."
    return Entry(errand.due if errand.open else errand.first or errand.due, notice, ahead=errand.open)


_WHO: Mapping[Actor, str] = {"texter": "the person", "line": "the line", "office": "the office"}
_TO: Mapping[str, str] = {TEXTER: "the person", COORDINATOR: "the coordinator"}

STEPS: Mapping[State, str] = {
    "requested": "{} passed it on",
    "offered": "offered by {}",
    "accepted": "taken by {}",
    "contacted": "noted as called by {}",
    "closed": "closed by {}",
    "declined": "declined for good by {}",
    "expired": "ended by {}",
    "withdrawn": "taken back by {}",
}
REASONS: Mapping[Reason, str] = {
    "full": "the office is full",
    "conflict": "a conflict of interest",
    "place": "not its place",
    "subject": "not its subject",
    "language": "not its language",
    "could_not_reach": "it could not reach the person",
    "other": "another reason",
    "took_the_case": "it took the case",
    "gave_advice": "it gave advice",
    "sent_elsewhere": "it sent the person elsewhere",
    "not_reached": "it never reached the person",
    "not_needed": "the person needs it no more",
    "left_open": "nobody closed it in its time",
    "reached_office": "the office is told",
    "took_it": "it takes the request",
    "reached_person": "somebody spoke with the person",
    "not_taken": "no office took it in time",
    "nobody": "no office can take it",
    "asked_for_another": "the person asked for another office",
    "asked_to_stop": "the person wants no call any more",
}
NOTICES: Mapping[Kind, str] = {
    "offer": "The offer",
    "moved_on": "Word that it went on",
    "withdrawn": "Word that the person took it back",
    "time": "A better time to call",
    "no_call": "Word that nobody called",
    "no_texts": "Word that no text arrives",
    "hook_failed": "Word that the office's own system took nothing",
    "alarm": "The alarm",
    "news": "The bell that there is news",
    "follow_up": "The question whether somebody called",
    "better_time": "The question for a better time",
    "written": "What the office writes",
    "wrote": "Word that the person wrote",
}
WAYS: Mapping[Way, str] = {
    "due": "not sent yet",
    "sending": "being sent",
    "done": "sent",
    "failed": "could not be sent",
    "uncertain": "perhaps sent, and not sent again",
    "dropped": "not needed any more",
}
CLOCKS: Mapping[Timer, str] = {
    "offer_at": "It is put to the office.",
    "take_by": "The office must have taken it.",
    "alarm_at": "If nobody has called, the lead and the coordinator hear of it.",
    "lapse_at": "If nobody has called, the person may ask another office.",
    "follow_up_at": "The person is asked whether somebody called.",
    "unask_at": "The answer to our question is not heard any more.",
    "expire_at": "If no office has taken it, it ends and the person is told.",
    "unthread_at": "What was written is destroyed.",
    "wipe_at": "Box and number are destroyed.",
    "close_at": "It is closed if nobody has closed it.",
    "forget_at": "The record is destroyed.",
}
RANKED: Mapping[str, str] = {
    "county": "serves the county",
    "state": "serves the whole state",
    "nationwide": "serves every state",
    "county_not_known": "serves some counties, and which was not known",
    "names_issue": "names this matter",
    "takes_field": "takes the whole field",
    "detained": "goes to people who are held",
    "always_open": "is always answered",
    "open_now": "was open",
    "opens_later": "was closed",
    "speaks": "speaks the language",
    "interpreter": "has an interpreter",
    "other_language": "has nobody who speaks the language",
    "made_up": "is made up",
}
