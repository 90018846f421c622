"""What the person will be texted because of a decision: told before anybody decides. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.referral.errand import TEXTER, Kind
from app.referral.life import MOST_BELLS, Referral


@dataclass(frozen=True)
class Texted:
    """A bell that will ring because of it, and when; or why none will."""

    kind: Kind | None
    at: datetime | None
    why_not: str = ""


def texted(before: Referral, after: Referral) -> Texted:
    """What a decision that leads from one to the other has the person texted."""
    known = {errand.name for errand in before.errands}
    coming = [errand for errand in after.errands if errand.to == TEXTER and errand.way == "due"]
    new = [errand for errand in coming if errand.name not in known]
    # News that wait for morning already say as much as others would, once an office takes it.
    waiting = [errand for errand in coming if errand.kind == "news" and before.state != after.state]
    for errand in (*new, *waiting):
        return Texted(errand.kind, errand.due)
    return Texted(None, None, _why_not(before, after))


def _why_not(before: Referral, after: Referral) -> str:
    if before.texting == "stopped":
        return "The person texted STOP, or texts do not arrive: call only."
    if before.texting == "no":
        return "The person wants no texts: call only."
    if not after.reachable:
        return "We hold no number of the person any more."
    if before.bells >= MOST_BELLS:
        return f"The person has had the {MOST_BELLS} texts they agreed to. With their code they read how it stands."
    return "With their code they read how it stands."
