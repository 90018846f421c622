"""A referral in a world where anything may happen at any time: what must hold holds after each thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.directory.office import Office
from app.referral import course, house_hours
from app.referral.errand import TEXTER, Errand
from app.referral.life import (
    BETTER,
    DECLINES,
    MOST_BELLS,
    OUTCOMES,
    Actor,
    Better,
    Decline,
    LifeError,
    Outcome,
    Referral,
    Timer,
)
from app.referral.thread import MOST_UNANSWERED, Said, unanswered
from tests.app.referral.made_up import NOW, TERMS, office, referral

OFFICES = {
    each.id: each
    for each in (office(), office("plaza", hours="mon-fri 09:00-17:00"), office("meadow"), office("brook"))
}
# Of brook nobody knows at first: somebody took it out of the directory.
MOST_STEPS = 2000
# An event after which little can happen comes seldom, or no life would be long.
SELDOM = st.sampled_from([False, False, False, False, False, True])
# What comes of every errand for a while: the edges are up, or refuse, or do not answer.
ENDS = ["done", "done", "done", "failed", "uncertain", "not yet", "sending"]


def when(*states: str) -> Callable[[Life], bool]:
    """While it is in one of these states."""
    return lambda life: life.seen.state in states


# Events, and the states in which they are not out of turn.
OUT_OF_TURN: dict[str, tuple[set[str], Callable[[Referral, datetime], Referral]]] = {
    "accept": ({"offered"}, lambda seen, now: course.accept(seen, OFFICES[seen.office], TERMS, now)),
    "decline": ({"offered", "accepted"}, lambda seen, now: course.decline(seen, "full", TERMS, now)),
    "tried": ({"accepted", "contacted"}, lambda seen, now: course.tried(seen, office(), TERMS, now)),
    "contacted": ({"accepted", "contacted"}, lambda seen, now: course.contacted(seen, "office", now)),
    "close": ({"accepted", "contacted"}, lambda seen, now: course.close(seen, "not_needed", TERMS, now)),
    "another": (
        {"requested", "offered", "accepted", "contacted"},
        lambda seen, now: course.another(seen, "meadow", b"box", TERMS, now),
    ),
    "again": ({"declined", "expired"}, lambda seen, now: course.again_tomorrow(seen, b"number", TERMS, now)),
}


class Life(RuleBasedStateMachine):
    """One referral, its offices, its person, and a worker that comes when it comes."""

    @initialize(
        urgent=st.booleans(),
        texting=st.sampled_from(["yes", "yes", "no"]),
        others=st.sampled_from([(), ("plaza",), ("plaza", "meadow"), ("brook", "plaza")]),
        first=st.sampled_from(["harbor", "harbor", "brook"]),
        place=st.sampled_from(["TX", "", "GU"]),
        hours=st.integers(0, 168),
        asked_at_once=st.sampled_from([True, True, False]),
    )
    def request(  # noqa: PLR0917 - everything a request may be
        self,
        urgent: bool,
        texting: str,
        others: tuple[str, ...],
        first: str,
        place: str,
        hours: int,
        asked_at_once: bool,
    ) -> None:
        """The person agrees to an office, or to several."""
        self.now = NOW + timedelta(hours=hours)
        others = tuple(each for each in others if each != first)
        self.agreed = {first, *others}
        self.lost: set[str] = set()
        self.gone = {"brook"}
        self.rung: list[tuple[str, datetime]] = []
        self.stopped = False
        self.forgotten = False
        self.seen = referral(
            urgent=urgent,
            texting=texting,
            office=first,
            others=others,
            boxes=dict.fromkeys((first, *others), b"box"),
            number_box=b"number",
            place=place,
            created=self.now,
        )
        if asked_at_once:
            self.time_passes(0.01, "done")

    # --- what happens ---

    def happens(self, event: Callable[[Referral], Referral]) -> None:
        """An event; one that comes at a wrong time is refused and changes nothing."""
        if self.forgotten:
            return
        before = self.seen
        try:
            after = event(before)
        except LifeError:
            return
        if before.office != after.office:
            self.lost.add(before.office)
        if after.state == "declined":
            self.lost.add(before.office)
        self.seen = replace(after, version=before.version + 1)

    @precondition(when("offered"))
    @rule()
    def accept(self) -> None:
        """The office takes it."""
        self.happens(lambda seen: course.accept(seen, OFFICES[seen.office], TERMS, self.now))

    @precondition(when("offered", "accepted"))
    @rule(reason=st.sampled_from(DECLINES), really=SELDOM)
    def decline(self, reason: Decline, really: bool) -> None:
        """The office does not take it, or hands it back."""
        if really:
            self.happens(lambda seen: course.decline(seen, reason, TERMS, self.now))

    @precondition(when("accepted", "contacted"))
    @rule()
    def tried(self) -> None:
        """A call reached nobody."""
        self.happens(lambda seen: course.tried(seen, office(), TERMS, self.now))

    @rule()
    def write(self) -> None:
        """Somebody of the office writes to the person."""
        said = Said(f"w{self.seen.version}", self.now, "office", b"box", b"out")
        self.happens(lambda seen: course.write(seen, said, self.now))

    @precondition(when("accepted", "contacted"))
    @rule(twice=st.booleans())
    def hear(self, twice: bool) -> None:
        """The person answers; a text may be delivered twice."""
        said = Said(f"h{self.seen.version}", self.now, "person", b"box")
        for _ in range(1 + twice):
            self.happens(lambda seen: course.hear(seen, said, self.now))
        assert 1 == sum(each.id == said.id for each in self.seen.thread)

    @precondition(when("accepted"))
    @rule(actor=st.sampled_from(["office", "texter"]))
    def contacted(self, actor: Actor) -> None:
        """Somebody spoke with the person."""
        self.happens(lambda seen: course.contacted(seen, actor, self.now))

    @precondition(when("accepted", "contacted"))
    @rule(outcome=st.sampled_from(OUTCOMES), really=SELDOM)
    def close(self, outcome: Outcome, really: bool) -> None:
        """The office has done what it could."""
        if really:
            self.happens(lambda seen: course.close(seen, outcome, TERMS, self.now))

    @rule(really=SELDOM)
    def withdraw(self, really: bool) -> None:
        """The person takes it back."""
        if really:
            self.happens(lambda seen: course.withdraw(seen, TERMS, self.now))

    @rule(really=SELDOM)
    def stop(self, really: bool) -> None:
        """The person texts STOP."""
        self.stopped = self.stopped or really
        if really:
            self.happens(lambda seen: course.settled(seen.call_only()))

    @precondition(lambda self: not self.seen.ended)
    @rule(came=st.booleans())
    def answer(self, came: bool) -> None:
        """The person says whether somebody called."""
        told = course.came if came else course.did_not_come
        self.happens(lambda seen: told(seen, self.now))

    @precondition(lambda self: not self.seen.ended)
    @rule(better=st.sampled_from(BETTER))
    def better_time(self, better: Better) -> None:
        """The person says when they can be called."""
        self.happens(lambda seen: course.better_time(seen, better, self.now))

    @precondition(when("requested", "offered", "accepted", "contacted"))
    @rule()
    def another(self) -> None:
        """The person agrees to one more office that has not had it."""
        had = {self.seen.office, *(move.office for move in self.seen.moves)}
        left = sorted(set(OFFICES) - had)
        if left:
            before = self.seen.version
            self.happens(lambda seen: course.another(seen, left[0], b"box", TERMS, self.now))
            self.agreed |= {left[0]} if self.seen.version > before else set()

    @precondition(when("declined", "expired"))
    @rule()
    def again_tomorrow(self) -> None:
        """The person wants one text tomorrow: they may write to us again, so they may be written to."""
        before = self.seen.version
        self.happens(lambda seen: course.again_tomorrow(seen, b"number", TERMS, self.now))
        self.stopped = self.stopped and self.seen.version == before

    @rule(event=st.sampled_from(sorted(OUT_OF_TURN)))
    def out_of_turn(self, event: str) -> None:
        """Something comes when it may not: it changes nothing."""
        if self.seen.state not in OUT_OF_TURN[event][0]:
            before = self.seen
            self.happens(lambda seen: OUT_OF_TURN[event][1](seen, self.now))
            assert before == self.seen

    @rule(name=st.sampled_from(sorted(OFFICES)), really=SELDOM)
    def directory_changes(self, name: str, really: bool) -> None:
        """An office is taken out of the directory, or put in again."""
        self.gone ^= {name} if really else set()

    @rule(hours=st.sampled_from([0.01, 0.1, 0.6, 3, 11, 30, 80]), end=st.sampled_from(ENDS))
    def time_passes(self, hours: float, end: str) -> None:
        """A worker sees to what is due by then, each thing when it is due, as well as the edges let it."""
        until = self.now + timedelta(hours=hours)
        for _ in range(MOST_STEPS):
            due = self.seen.due
            if self.forgotten or due is None or due > until:
                break
            self.now = max(self.now, due)
            self.worker(end)
        else:
            pytest.fail("it is due again and again")
        self.now = until

    @rule(days=st.sampled_from([1, 8, 70]), really=SELDOM)
    def nobody_works(self, days: int, really: bool) -> None:
        """Time passes without a worker."""
        self.now += timedelta(days=days if really else 0)

    # --- the worker, as Handover does it ---

    def worker(self, end: str) -> None:
        """The one step that is due the longest; an errand goes before a timer of the same moment."""
        errand = next(self.seen.open_errands(), None)
        timer = min(self.seen.timers, key=lambda name: self.seen.timers[name], default=None)
        if errand is not None and (timer is None or errand.due <= self.seen.timers[timer]):
            self.happens(lambda seen: self.ran(seen, errand, end))
        elif timer == "forget_at":
            self.forgotten = True
        elif timer is not None:
            self.fire(timer)

    def fire(self, timer: Timer) -> None:
        """A clock has run out. None of these may ever be refused."""
        version = self.seen.version
        self.happens(FIRES[timer](self))
        assert version < self.seen.version, f"{timer} was refused in {self.seen.state}"

    def ran(self, seen: Referral, errand: Errand, end: str) -> Referral:
        """What comes of an errand."""
        later = self.now + timedelta(hours=6)
        if errand.channel == "bell" and errand.way == "due":
            allowed = course.may_ring(seen, errand.kind, self.now)
            if allowed > self.now:
                return seen.with_errand(errand.again(allowed))
            assert not self.stopped, "a bell after STOP"
            assert seen.reachable, "a bell to nobody"
        if end == "sending" and errand.channel == "bell" and seen.reachable:
            return seen.with_errand(replace(errand, way="sending", due=later))
        if end == "not yet":
            return course.carried(seen, replace(errand, way="due", due=later), self.now)
        came = errand.ended("uncertain" if end == "uncertain" else "failed" if end == "failed" else "done")
        if came.way == "done" and came.channel == "bell":
            self.rung += [(came.kind, self.now)] if came.kind != "written" else []
            at_once = came.kind == "news" and seen.urgent and not seen.ended
            assert at_once or errand.way == "sending" or self.decent()
        return course.carried(seen, came, self.now)

    def decent(self) -> bool:
        """It is an hour at which we may text."""
        return house_hours.within(self.now, self.seen.place)

    def office(self) -> Office | None:
        """The office it is for, if the directory has it."""
        return None if self.seen.office in self.gone else OFFICES[self.seen.office]

    def offer(self, seen: Referral) -> Referral:
        """It is put to its office, or waits for it, or goes on."""
        found = self.office()
        if found is not None:
            return course.offer(seen, found, ("mail",), TERMS, self.now)
        later = replace(seen, timers={**seen.timers, "offer_at": self.now + timedelta(hours=6)})
        return course.pass_on(later, self.now)

    # --- what must hold ---

    @invariant()
    def boxes_are_for_agreed_offices_alone(self) -> None:
        """Sealed to nobody else, ever."""
        assert set(self.seen.boxes) <= self.agreed

    @invariant()
    def an_end_without_an_office_has_no_box(self) -> None:
        """Withdrawn, declined, expired: nobody is left to open one."""
        if self.seen.state in {"withdrawn", "declined", "expired"}:
            assert {} == dict(self.seen.boxes)

    @invariant()
    def withdrawn_leaves_no_number(self) -> None:
        """Nor anything to tell the person."""
        if self.seen.state == "withdrawn":
            assert not self.seen.reachable
            assert [] == [each for each in self.seen.open_errands() if (each.to, each.way) == (TEXTER, "due")]

    @invariant()
    def an_open_one_can_be_called_by_its_office(self) -> None:
        """Whoever has it, or is to have it, has a box; the number is held so that STOP and the code find it."""
        if not self.seen.ended:
            assert self.seen.office in self.seen.boxes
            assert self.seen.reachable

    @invariant()
    def an_office_that_lost_it_has_no_box(self) -> None:
        """Not one that let it wait, and not one that handed it back."""
        assert set() == self.lost & set(self.seen.boxes)

    @invariant()
    def whoever_took_it_alone_has_a_box(self) -> None:
        """The others' are destroyed."""
        if self.seen.state in {"accepted", "contacted", "closed"}:
            assert set(self.seen.boxes) <= {self.seen.office}

    @invariant()
    def no_two_offices_are_made_an_offer(self) -> None:
        """Nor one that has it no more."""
        offers = {each.to for each in self.seen.open_errands() if each.kind == "offer"}
        assert offers <= ({self.seen.office} if self.seen.state == "offered" else set())

    @invariant()
    def four_texts_are_the_most(self) -> None:
        """Rung, ringing and still to ring."""
        assert self.seen.bells <= MOST_BELLS
        assert len(self.rung) <= MOST_BELLS

    @invariant()
    def no_bell_waits_after_a_stop(self) -> None:
        """Nor where the person never wanted one."""
        if self.seen.texting != "yes":
            assert "" == self.seen.asked
            assert [] == [
                each for each in self.seen.open_errands() if (each.channel, each.way) == ("bell", "due")
            ]

    @invariant()
    def a_waiting_question_is_the_one_whose_answer_is_heard(self) -> None:
        """Nobody is asked what nobody listens to."""
        waiting = {
            each.kind for each in self.seen.open_errands() if each.way == "due" and each.channel == "bell"
        }
        assert waiting <= {"news", "written", self.seen.asked}
        assert "" == self.seen.asked or not self.seen.ended

    @invariant()
    def nothing_is_owed_for_ever(self) -> None:
        """An ended one will be forgotten; an open one will end by itself."""
        assert self.seen.due is not None
        ends = {"forget_at"} if self.seen.ended else {"expire_at", "close_at"}
        assert ends & set(self.seen.timers)

    @invariant()
    def no_number_outlasts_the_last_word(self) -> None:
        """Nobody took it: the number is there to tell the last word, or to tell it again, and a day is set for its end."""
        if self.seen.state in {"declined", "expired"} and self.seen.reachable:
            bells = [each.way for each in self.seen.errands if each.to == TEXTER]
            assert bells
            assert bells[-1] not in {"failed", "dropped"}
            assert "wipe_at" in self.seen.timers

    @invariant()
    def a_number_has_a_day_on_which_it_goes(self) -> None:
        """Wiped, forgotten, or still in use."""
        if self.seen.reachable and self.seen.ended:
            assert {"wipe_at", "forget_at"} & set(self.seen.timers)
            assert self.forgotten or min(self.seen.timers.values()) <= self.seen.moves[-1].time + TERMS.kept

    @invariant()
    def what_was_written_stays_with_the_office_that_took_it(self) -> None:
        """Where it goes on or ends otherwise, nothing of it is left; and what is closed is destroyed on its day."""
        if self.seen.state not in {"accepted", "contacted", "closed"}:
            assert () == self.seen.thread
        if self.seen.thread and self.seen.ended and not self.forgotten:
            assert self.seen.timers["unthread_at"] <= self.seen.moves[-1].time + TERMS.thread

    @invariant()
    def what_was_sent_is_sealed_to_the_office_alone(self) -> None:
        """The worker can open a text only until it is sent, or never will be."""
        waits = {each.name for each in self.seen.open_errands() if each.kind == "written"}
        assert {said.errand for said in self.seen.thread if said.out} <= waits

    @invariant()
    def nobody_is_written_to_again_and_again(self) -> None:
        """Three texts without an answer are the most."""
        assert unanswered(self.seen.thread) <= MOST_UNANSWERED

    @invariant()
    def every_clock_has_its_rule(self) -> None:
        """None runs out unheard."""
        assert set(self.seen.timers) <= {*FIRES, "forget_at"}


Fire = Callable[[Life], Callable[[Referral], Referral]]
FIRES: dict[Timer, Fire] = {
    "offer_at": lambda life: life.offer,
    "take_by": lambda life: lambda seen: course.pass_on(seen, life.now),
    "alarm_at": lambda life: lambda seen: course.alarm(seen, life.now),
    "lapse_at": lambda life: lambda seen: course.lapse(seen, life.now),
    "follow_up_at": lambda life: lambda seen: course.follow_up(seen, TERMS, life.now),
    "unask_at": lambda _: course.unasked,
    "expire_at": lambda life: lambda seen: course.expire(seen, TERMS, life.now),
    "unthread_at": lambda _: course.unthread,
    "wipe_at": lambda _: course.wipe,
    "close_at": lambda life: lambda seen: course.leave_open_no_longer(seen, TERMS, life.now),
}

TestLife = Life.TestCase
# Without shrinking: it took minutes, and a life that failed is read step by step anyway.
TestLife.settings = settings(
    max_examples=3 * settings.default.max_examples, stateful_step_count=60, phases=[Phase.generate]
)


def test_every_clock_is_fired_here() -> None:
    """As in the hand-over; the last one forgets."""
    assert {*FIRES, "forget_at"} == set(get_args(Timer))
