"""Made-up referrals, letters and offices that the tests share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.directory.office import Office, read_hours
from app.referral import course
from app.referral.life import Referral
from app.referral.seal import Letter
from app.referral.terms import Terms
from app.sealing import make_identity, recipient_of, seal

TERMS = Terms()
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # a Monday, 10:00 in New York
ADDRESS = "+12025550177"
OFFICE_KEY = make_identity()
WORKER_KEY = make_identity()


def office(identity: str = "harbor", **changes: Any) -> Office:
    """An office that takes everybody, at any hour, unless changed."""
    values: dict[str, Any] = {
        "id": identity,
        "name": f"{identity.title()} Legal Aid",
        "phone": "+12025550110",
        "email": f"intake@{identity}.example.org",
        "zone": "America/New_York",
        "recipients": (recipient_of(OFFICE_KEY),),
        "takes_detained": True,
        "whom": "any",
    }
    hours = changes.pop("hours", "always")
    return Office(**{**values, "hours": read_hours(hours), **changes})


def letter(**changes: Any) -> Letter:
    """What the office reads."""
    values: dict[str, Any] = {
        "id": "r" * 32,
        "reference": "7K2MX",
        "phone": ADDRESS,
        "reach": "call",
        "voicemail": False,
        "ask_for": "la costura",
        "word": "manzana",
        "issue": "detained",
        "place": "TX",
        "held": True,
        "spoken": "mam",
        "language": "es",
        "urgent": True,
        "may_be_minor": None,
        "consented_at": NOW,
        "texting": True,
    }
    return Letter(**{**values, **changes})


def referral(identity: str = "r" * 32, reference: str = "7K2MX", **changes: Any) -> Referral:
    """A request that was just confirmed."""
    texting = changes.get("texting", "yes")
    sealed = letter(id=identity, reference=reference, texting=texting == "yes")
    box = sealed.sealed((recipient_of(OFFICE_KEY),))
    others = changes.get("others", ())
    values: dict[str, Any] = {
        "id": identity,
        "reference": reference,
        "word": "manzana",
        "office": "harbor",
        "issue": "detained",
        "place": "TX",
        "spoken": "mam",
        "language": "es",
        "urgent": True,
        "texting": texting,
        "created": NOW,
        "boxes": dict.fromkeys(("harbor", *others), box),
        "number_box": seal(changes.pop("address", ADDRESS).encode(), (recipient_of(WORKER_KEY),)),
    }
    made = Referral(**{**values, **changes})
    return made if "timers" in changes else course.requested(made, TERMS)
