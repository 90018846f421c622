"""What offices and the coordinator are told: that something waits, how soon, and what to do. Nothing about the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from zoneinfo import ZoneInfo

from app.directory.issues import in_words
from app.directory.office import Office
from app.referral.errand import COORDINATOR, Errand
from app.referral.life import Referral


@dataclass(frozen=True)
class Notice:
    """A subject and a text; on a duty phone the subject alone."""

    subject: str
    text: str


_OFFER = """\
A person asked {line} for a call from {office}.

Reference: {reference}
Urgent:    {urgent}
Please take it before: {by}
If not, it goes to another office the person agreed to, or the person is told.

To take it, or to say that you cannot, in the inbox:

    {inbox}/inbox/requests/{reference}

Or where the line runs:

    amparo referrals accept {reference} --office {id}
    amparo referrals decline {reference} --office {id} --reason full

The details are sealed to your office; this mail holds nothing about the person. Where the line runs:

    amparo referrals open {reference} --identity KEY

Elsewhere, ask {line} for the sealed file (amparo referrals save {reference} FILE)
and open it with your own key:

    age --decrypt -i KEY FILE
"""

_MOVED_ON = """\
The request {reference} does not stand with {office} any more: it was not taken in time,
or the person asked another office. Its details here were destroyed.

Please do not call, and delete what you noted.
"""

_WITHDRAWAL = """\
The person took back the request {reference}. Its details were destroyed.

Please do not call, and delete what you noted.
"""

_TIME = """\
The person of {reference} can be called in the {better}, by the clock where they are.
"""

_NO_CALL = """\
The person of {reference} says that nobody has reached them.

Please call, or hand it back:

    amparo referrals decline {reference} --office {id} --reason full
"""

_NO_TEXTS = """\
Our texts do not reach the person of {reference} any more. Please call: it is the only way now.
How, and what to say, stands in the sealed details.
"""

_HOOK_FAILED = """\
Your own system did not take what we told it about {reference}. The request itself is not lost:
it stands with {office}, and the mails about it say the same.

What failed is listed where the line runs, and can be sent again:

    amparo hooks failed
"""

_WROTE = """\
The person of {reference} has written to {office}. Please read it, and answer, in the inbox:

    {inbox}/inbox/requests/{reference}
"""

_LEAD = """\
{office} took {reference}, which is urgent, and has not noted a call within its time:

    {inbox}/inbox/requests/{reference}

Or where the line runs:

    amparo referrals contacted {reference} --office {id}       (somebody called)
    amparo referrals tried {reference} --office {id}           (a call reached nobody)
    amparo referrals decline {reference} --office {id} --reason full
"""

_COORDINATOR = """\
{what}

Reference: {reference}
About:     {issue}
State:     {state}
Language:  {spoken}
Urgent:    {urgent}
Asked:     {asked}

You see no contents, and need none: find out which office could take it, and add it
(amparo directory add-partner). The person has been told, or is told with their code.
"""

# Why the coordinator hears of it, by how the referral stands when the mail is written.
_NEEDS: Mapping[str, str] = {
    "late": "No office took this request in its time, and the person agreed to no further one.",
    "lapsed": "An office took this request and has not called in its time.",
    "declined": "No office takes this request.",
    "expired": "Nobody took this request, and it has ended.",
    "accepted": "An office took this request and has not called yet, or the person says so.",
    "contacted": "The person says that nobody reached them, though the office noted a call.",
    "offered": "The person says that nobody reached them.",
    "requested": "The office before did not reach the person in time; it is being put to another.",
}


def written(line: str, referral: Referral, errand: Errand, office: Office | None, inbox: str = "") -> Notice:
    """What this errand says; `inbox` is the address at which staff open theirs."""
    urgent = "URGENT referral" if referral.urgent else "Referral"
    if errand.to == COORDINATOR:
        return Notice(f"{line}: alarm, {urgent} {referral.reference}", _for_coordinator(referral))
    if office is None:
        raise ValueError(f"a notice to an office must have the office, got none for {errand.kind!r}")
    subject, text = _SAY[errand.kind]
    values = {
        "line": line,
        "what": urgent,
        "reference": referral.reference,
        "office": office.name,
        "id": office.id,
        "urgent": "YES" if referral.urgent else "no",
        "by": _by(referral, office),
        "better": referral.better,
        "inbox": inbox,
    }
    return Notice(subject.format(**values), text.format(**values))


_SAY: Mapping[str, tuple[str, str]] = {
    "offer": ("{line}: {what} {reference}, take before {by}", _OFFER),
    "moved_on": ("{line}: Referral {reference} went on", _MOVED_ON),
    "withdrawn": ("{line}: Referral {reference} was withdrawn", _WITHDRAWAL),
    "time": ("{line}: {what} {reference}: a time to call", _TIME),
    "no_call": ("{line}: {what} {reference}: nobody called", _NO_CALL),
    "no_texts": ("{line}: {what} {reference}: call, no text arrives", _NO_TEXTS),
    "hook_failed": ("{line}: Referral {reference}: your system did not take it", _HOOK_FAILED),
    "wrote": ("{line}: {what} {reference}: the person wrote", _WROTE),
    "alarm": ("{line}: ALARM, {what} {reference}: no call yet", _LEAD),
}


def _by(referral: Referral, office: Office) -> str:
    by = referral.timers.get("take_by")
    return by.astimezone(ZoneInfo(office.zone)).strftime("%a %d %b %Y, %H:%M %Z") if by else "now"


def _for_coordinator(referral: Referral) -> str:
    return _COORDINATOR.format(
        what=_NEEDS[referral.stuck or referral.state]
        if not referral.ended
        else _NEEDS.get(referral.state, ""),
        reference=referral.reference,
        issue=in_words(referral.issue),
        state=referral.place or "not known",
        spoken=referral.spoken,
        urgent="YES" if referral.urgent else "no",
        asked=f"{referral.created:%Y-%m-%d %H:%M} UTC",
    )


def opaque_name(identity: str, purpose: str) -> str:
    """A name for what leaves the house about a referral: the same each time, and not its id."""
    return sha256(f"{purpose}\x00{identity}".encode()).hexdigest()[:32]
