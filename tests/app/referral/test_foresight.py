"""What the person will be texted because of a decision: what is foretold is what comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.referral import course
from app.referral.errand import TEXTER, Errand, Kind
from app.referral.foresight import Texted, texted
from app.referral.life import MOST_BELLS, Referral
from tests.app.referral.made_up import NOW, TERMS, office, referral

SUNDAY = datetime(2026, 11, 29, 15, 0, tzinfo=UTC)
MONDAY_MORNING = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)  # nine in the west of Texas
READS = "With their code they read how it stands."
Step = Callable[[Referral, datetime], Referral]


def offered(**changes: Any) -> Referral:
    """It waits at Harbor Legal Aid."""
    return course.offer(referral(**changes), office(), ("mail",), TERMS, NOW)


def accept(seen: Referral, now: datetime = NOW) -> Referral:
    """The office takes it."""
    return course.accept(seen, office(), TERMS, now)


def decline(seen: Referral, now: datetime = NOW) -> Referral:
    """The office does not."""
    return course.decline(seen, "full", TERMS, now)


def tried(seen: Referral, now: datetime = NOW) -> Referral:
    """The office called, and nobody answered."""
    return course.tried(seen, office(), TERMS, now)


def contacted(seen: Referral, now: datetime = NOW) -> Referral:
    """They have spoken."""
    return course.contacted(seen, "office", now)


def close(seen: Referral, now: datetime = NOW) -> Referral:
    """The office has done what it could."""
    return course.close(seen, "gave_advice", TERMS, now)


def rung(seen: Referral, kind: Kind = "news", times: int = 1) -> Referral:
    """The person has had so many texts of ours about it, and all that was to be sent has been."""
    quiet = replace(seen, errands=tuple(each for each in seen.errands if each.to != TEXTER))
    for number in range(times):
        quiet = quiet.with_errand(Errand(f"t{number}-{kind}-bell", kind, "bell", TEXTER, NOW, "done"))
    return quiet


def taken(**changes: Any) -> Referral:
    """The office has it, and the person was told."""
    return rung(accept(offered(**changes)))


@pytest.mark.parametrize(
    ("before", "step", "now", "expected"),
    [
        (offered(), accept, SUNDAY, Texted("news", SUNDAY)),
        (offered(urgent=False), accept, SUNDAY, Texted("news", MONDAY_MORNING)),
        (offered(), decline, NOW, Texted("news", NOW + timedelta(hours=1))),
        (taken(), decline, SUNDAY, Texted("news", MONDAY_MORNING)),
        (replace(taken(), calls=2), tried, SUNDAY, Texted("better_time", MONDAY_MORNING)),
    ],
    ids=["urgent", "calm", "nobody is left", "handed back", "third call"],
)
def test_a_text_is_foretold_with_its_time(
    before: Referral, step: Step, now: datetime, expected: Texted
) -> None:
    """At once where it is urgent and open, else at the next decent hour where the person is."""
    assert expected == texted(before, step(before, now))


@pytest.mark.parametrize(
    ("before", "step"),
    [
        (taken(), tried),
        (replace(taken(), calls=1), tried),
        (taken(), contacted),
        (taken(), close),
        (offered(others=("plaza",)), decline),
    ],
    ids=["first call", "second call", "spoken", "closed", "the next office is asked"],
)
def test_of_most_steps_nothing_is_texted(before: Referral, step: Step) -> None:
    """The person reads with the code how it stands."""
    assert Texted(None, None, READS) == texted(before, step(before, NOW))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"texting": "no"}, "The person wants no texts: call only."),
        ({"texting": "stopped"}, "The person texted STOP, or texts do not arrive: call only."),
        ({"number_box": b""}, "We hold no number of the person any more."),
    ],
)
@pytest.mark.parametrize("step", [accept, decline])
def test_who_cannot_be_texted_is_told_so(changes: dict[str, Any], why: str, step: Step) -> None:
    """Whoever decides knows that a call is the only way."""
    before = replace(offered(), **changes)
    assert Texted(None, None, why) == texted(before, step(before, NOW))


@pytest.mark.parametrize("times", range(MOST_BELLS + 1))
def test_nobody_is_texted_more_often_than_they_agreed_to(times: int) -> None:
    """After four, no more: and that is why."""
    before = rung(offered(), times=times)
    told = texted(before, accept(before))

    if times < MOST_BELLS:
        assert Texted("news", NOW) == told
    else:
        assert Texted(None, None, f"The person has had the 4 texts they agreed to. {READS}") == told


def test_a_text_that_failed_is_none_that_they_had() -> None:
    """It does not count among the four."""
    before = rung(offered(), times=MOST_BELLS)
    failed = before.with_errand(replace(before.errands[-1], way="failed"))

    assert Texted("news", NOW) == texted(failed, accept(failed))


@pytest.mark.parametrize("step", [contacted, tried])
def test_what_was_to_be_texted_before_is_not_because_of_it(step: Step) -> None:
    """The question that waits for its day was there already, whether this step ends it or lets it wait."""
    asked = course.follow_up(taken(), TERMS, SUNDAY)

    assert ["follow_up"] == [each.kind for each in asked.errands if each.to == TEXTER and each.open]
    assert Texted(None, None, READS) == texted(asked, step(asked, SUNDAY))


def test_mails_to_the_office_are_no_texts_to_the_person() -> None:
    """Nor an alarm to the coordinator."""
    before = taken()
    after = course.alarm(before, NOW)

    assert len(before.errands) < len(after.errands)
    assert Texted(None, None, READS) == texted(before, after)
