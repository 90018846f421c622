"""What an office is mailed: that something waits, how soon, and how to open it. Nothing about the person."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from app.directory.office import Office
from app.outside.mail import Mail
from app.referral.life import Referral

# How much of its open time an office has to take a referral.
URGENT_WITHIN = timedelta(minutes=30)
WITHIN = timedelta(hours=4)

_OFFER = """\
A person asked {line} for a call from {office}.

Reference: {reference}
Urgent:    {urgent}
Please call before: {deadline}

The details are sealed to your office; this mail holds nothing about the person. Where the line runs:

    amparo referrals open {reference} --identity KEY

Elsewhere, ask {line} for the sealed file (amparo referrals save {reference} FILE)
and open it with your own key:

    age --decrypt -i KEY FILE
"""

_WITHDRAWAL = """\
The person took back the request {reference}. Its details were destroyed.

Please do not call, and delete what you noted.
"""


def offered(line: str, referral: Referral, office: Office, now: datetime) -> Mail:
    """The mail that says a referral waits."""
    deadline = office.deadline(now, URGENT_WITHIN if referral.urgent else WITHIN)
    text = _OFFER.format(
        line=line,
        office=office.name,
        reference=referral.reference,
        urgent="YES" if referral.urgent else "no",
        deadline=deadline.strftime("%a %d %b %Y, %H:%M %Z"),
    )
    urgent = "URGENT referral" if referral.urgent else "Referral"
    return Mail(
        office.email, f"{line}: {urgent} {referral.reference}", text, opaque_name(referral.id, "offer")
    )


def withdrawn(line: str, referral: Referral, office: Office) -> Mail:
    """The mail that says the person took it back."""
    text = _WITHDRAWAL.format(reference=referral.reference)
    subject = f"{line}: Referral {referral.reference} was withdrawn"
    return Mail(office.email, subject, text, opaque_name(referral.id, "withdrawal"))


def opaque_name(identity: str, purpose: str) -> str:
    """A name for what leaves the house about a referral: the same each time, and not its id."""
    return sha256(f"{purpose}\x00{identity}".encode()).hexdigest()[:32]
