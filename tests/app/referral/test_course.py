"""What each event does to a referral: to its state, its office, its boxes, to what is owed and to the clocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.referral import course
from app.referral.errand import COORDINATOR, TEXTER, Errand
from app.referral.life import MOST_BELLS, LifeError, Referral
from tests.app.referral.made_up import ADDRESS, NOW, TERMS, office, referral

HARBOR = office()
SUNDAY = NOW + timedelta(days=6)
WEEK = timedelta(days=7)


def offered(**changes: Any) -> Referral:
    """It stands with harbor, which was told by mail."""
    return course.offer(referral(**changes), HARBOR, ("mail",), TERMS, NOW)


def accepted(**changes: Any) -> Referral:
    """Harbor took it."""
    return course.accept(offered(**changes), HARBOR, TERMS, NOW)


def contacted(**changes: Any) -> Referral:
    """Harbor spoke with the person."""
    return course.contacted(accepted(**changes), "office", NOW)


def declined(**changes: Any) -> Referral:
    """Harbor did not take it, and there was no other."""
    return course.decline(offered(**changes), "full", TERMS, NOW)


def expired(**changes: Any) -> Referral:
    """Nobody took it."""
    return course.expire(offered(**changes), TERMS, NOW + timedelta(days=5))


def withdrawn(**changes: Any) -> Referral:
    """The person took it back."""
    return course.withdraw(offered(**changes), TERMS, NOW)


def closed(**changes: Any) -> Referral:
    """Harbor did what it could."""
    return course.close(accepted(**changes), "gave_advice", TERMS, NOW)


def another(seen: Referral) -> Referral:
    """The person agreed to plaza."""
    return course.another(seen, "plaza", b"plaza's", TERMS, NOW)


def owed(seen: Referral) -> list[tuple[str, str, str]]:
    """What is still to be said, how and to whom."""
    return [(each.kind, each.channel, each.to) for each in seen.open_errands()]


def done(seen: Referral) -> Referral:
    """All that was owed has been said."""
    for errand in seen.open_errands():
        seen = course.carried(seen, errand.ended("done"), NOW)
    return seen


BELL = ("news", "bell", TEXTER)
OFFER = ("offer", "mail", "harbor")
ALARM = ("alarm", "mail", COORDINATOR)
LEAD = ("alarm", "mail", "harbor")

AGREED = {"others": ("plaza",)}


# --- the whole, as a table -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "state", "at", "boxes", "owes", "clocks"),
    [
        (referral(**AGREED), "requested", "harbor", {"harbor", "plaza"}, [], "offer expire wipe"),
        (offered(**AGREED), "offered", "harbor", {"harbor", "plaza"}, [OFFER], "take_by expire wipe"),
        (accepted(**AGREED), "accepted", "harbor", {"harbor"}, [BELL], "alarm lapse follow_up close"),
        (accepted(urgent=False), "accepted", "harbor", {"harbor"}, [BELL], "follow_up close"),
        (contacted(**AGREED), "contacted", "harbor", {"harbor"}, [BELL], "follow_up close"),
        (closed(), "closed", "harbor", {"harbor"}, [], "wipe forget"),
        (declined(), "declined", "harbor", set(), [ALARM, BELL], "wipe forget"),
        (declined(**AGREED), "requested", "plaza", {"plaza"}, [], "offer expire wipe"),
        (withdrawn(**AGREED), "withdrawn", "harbor", set(), [("withdrawn", "mail", "harbor")], "forget"),
        (expired(**AGREED), "expired", "harbor", set(), [ALARM, BELL], "wipe forget"),
        (
            course.pass_on(offered(**AGREED), NOW),
            "requested",
            "plaza",
            {"plaza"},
            [("moved_on", "mail", "harbor")],
            "offer expire wipe",
        ),
        (
            course.pass_on(offered(), NOW),
            "offered",
            "harbor",
            {"harbor"},
            [OFFER, ALARM, BELL],
            "expire wipe",
        ),
        (
            another(accepted()),
            "requested",
            "plaza",
            {"plaza"},
            [BELL, ("moved_on", "mail", "harbor")],
            "offer expire wipe",
        ),
    ],
)
def test_what_becomes_of_it(
    seen: Referral, state: str, at: str, boxes: set[str], owes: list[tuple[str, str, str]], clocks: str
) -> None:
    """State, office, boxes, what is owed and which clocks run."""
    running = {name.removesuffix("_at") for name in seen.timers}

    assert (state, at, boxes) == (seen.state, seen.office, set(seen.boxes))
    assert sorted(owes) == sorted(owed(seen))
    assert set(clocks.split()) == running


# --- until an office takes it --------------------------------------------------------------------


def test_a_request_is_put_to_its_office_at_once() -> None:
    """The clock for it has run out as it begins."""
    assert NOW == referral().due


def test_an_urgent_request_must_be_taken_within_half_an_hour() -> None:
    """Four hours where it is not urgent."""
    times = [offered(urgent=urgent).timers["take_by"] - NOW for urgent in (True, False)]

    assert [timedelta(minutes=30), timedelta(hours=4)] == times


def test_the_time_to_take_it_runs_only_while_the_office_is_open() -> None:
    """Asked at 10:00, the office has from 16:30 to 17:00, and goes on the next morning."""
    short = office(hours="mon-fri 16:45-17:00")
    seen = course.offer(referral(), short, ("mail",), TERMS, NOW)

    assert NOW + timedelta(hours=31) == seen.timers["take_by"]


def test_an_office_is_told_in_every_way_it_has() -> None:
    """By mail and on its duty phone."""
    seen = course.offer(referral(), HARBOR, ("mail", "text"), TERMS, NOW)

    assert [OFFER, ("offer", "text", "harbor")] == owed(seen)


def test_the_person_hears_nothing_of_an_offer() -> None:
    """It is no news that somebody was asked."""
    assert 0 == offered().bells


def test_one_that_nobody_could_be_given_waits_no_longer_than_a_week() -> None:
    """The person is told two days before, so that a Sunday lies between at most."""
    timers = offered().timers

    assert (NOW + WEEK - timedelta(days=2), NOW + WEEK) == (timers["expire_at"], timers["wipe_at"])


def test_a_decline_releases_the_next_box_and_only_that() -> None:
    """The third office's box stays shut until its turn comes."""
    seen = course.decline(offered(others=("plaza", "meadow")), "full", TERMS, NOW)

    assert ("plaza", ("meadow",), {"plaza", "meadow"}) == (seen.office, seen.others, set(seen.boxes))


def test_an_office_without_a_box_is_never_passed_to() -> None:
    """The person did not agree to it, whatever the list says."""
    seen = replace(offered(), others=("plaza",))

    assert "declined" == course.decline(seen, "full", TERMS, NOW).state
    assert "harbor" == course.pass_on(seen, NOW).office


def test_passing_on_does_not_lengthen_the_week() -> None:
    """However many offices there are."""
    seen = course.pass_on(offered(**AGREED), NOW + timedelta(days=1))

    assert offered().timers["wipe_at"] == seen.timers["wipe_at"]


def test_an_office_that_lost_it_is_not_told_any_more_that_it_waits() -> None:
    """A mail that has not gone yet stays unsent; that it went on is said all the same."""
    seen = course.pass_on(offered(**AGREED), NOW)

    assert [("moved_on", "mail", "harbor")] == owed(seen)


def test_an_office_that_declines_is_not_told_what_it_knows() -> None:
    """Neither of the offer nor of what the person said meanwhile."""
    waiting = course.did_not_come(offered(**AGREED), NOW)

    assert [ALARM] == owed(course.decline(waiting, "full", TERMS, NOW))


def test_being_late_is_told_once() -> None:
    """A second look changes nothing."""
    late = course.pass_on(offered(), NOW)

    assert ("late", late) == (late.stuck, course.pass_on(late, NOW))


def test_an_office_that_came_back_too_late_is_not_late_again_and_again() -> None:
    """Its time to take it runs out once more, and nobody is told twice."""
    seen = replace(course.pass_on(offered(), NOW), timers={"take_by": NOW, "wipe_at": NOW + WEEK})
    after = course.pass_on(seen, NOW)

    assert ({"wipe_at"}, seen.errands) == (set(after.timers), after.errands)


def test_an_office_may_still_take_what_it_was_late_for() -> None:
    """Nobody else has it."""
    taken = course.accept(course.pass_on(offered(), NOW), HARBOR, TERMS, NOW)

    assert ("accepted", "") == (taken.state, taken.stuck)


def test_a_taken_one_needs_no_coordinator() -> None:
    """An alarm that has not gone yet stays unsent."""
    taken = course.accept(course.pass_on(offered(), NOW), HARBOR, TERMS, NOW)

    assert [BELL] == owed(taken)


def test_a_bell_that_has_not_rung_yet_says_enough() -> None:
    """Late, then taken: one text."""
    assert 1 == course.accept(course.pass_on(offered(), NOW), HARBOR, TERMS, NOW).bells


def test_accepting_destroys_the_boxes_of_all_others() -> None:
    """They are nobody's any more."""
    seen = accepted(others=("plaza", "meadow"))

    assert ({"harbor"}, ()) == (set(seen.boxes), seen.others)


@pytest.mark.parametrize("begin", [referral, accepted, contacted, declined, expired, withdrawn, closed])
def test_only_what_was_offered_can_be_accepted(begin: Callable[..., Referral]) -> None:
    """Anything else is refused by the table."""
    with pytest.raises(LifeError, match="cannot become accepted"):
        course.accept(begin(), HARBOR, TERMS, NOW)


# --- after an office took it ---------------------------------------------------------------------


def test_an_urgent_one_that_nobody_called_alarms_the_lead_and_the_coordinator() -> None:
    """Two mails."""
    seen = course.alarm(accepted(), NOW)

    assert ({BELL, ALARM, LEAD}, None) == (set(owed(seen)), seen.timers.get("alarm_at"))


def test_one_that_nobody_called_for_long_asks_the_person_to_look() -> None:
    """Its box stays with the office until the person agrees to another."""
    seen = course.lapse(done(accepted()), NOW)

    assert ("accepted", "lapsed", [BELL], {"harbor"}) == (seen.state, seen.stuck, owed(seen), set(seen.boxes))


def test_a_call_ends_every_alarm() -> None:
    """Also a mail about it that has not gone yet, to the lead or to the coordinator."""
    seen = course.contacted(course.lapse(course.alarm(done(accepted()), NOW), NOW), "office", NOW)

    assert ("", [BELL], set()) == (seen.stuck, owed(seen), {"alarm_at", "lapse_at"} & set(seen.timers))


def test_an_office_hands_back_what_it_took() -> None:
    """The other boxes are gone since then: the person is told."""
    seen = course.decline(done(accepted(**AGREED)), "conflict", TERMS, NOW)

    assert ("declined", {}, {ALARM, BELL}) == (seen.state, dict(seen.boxes), set(owed(seen)))


@pytest.mark.parametrize("calls", [1, 2])
def test_a_call_or_two_that_reached_nobody_are_counted(calls: int) -> None:
    """The person is not bothered."""
    seen = accepted()
    for _ in range(calls):
        seen = course.tried(seen, office(), TERMS, NOW)

    assert (calls, "", [BELL]) == (seen.calls, seen.asked, owed(seen))


def after_three_calls(seen: Referral) -> Referral:
    """Three calls reached nobody."""
    for _ in range(course.CALLS_BEFORE_ASKING):
        seen = course.tried(seen, office(), TERMS, NOW)
    return seen


def test_three_calls_that_reached_nobody_ask_for_a_better_time() -> None:
    """By a bell; the count begins anew."""
    seen = after_three_calls(done(accepted()))

    assert (0, "better_time", [("better_time", "bell", TEXTER)]) == (seen.calls, seen.asked, owed(seen))


def test_without_texts_nobody_is_asked_for_a_better_time() -> None:
    """The office goes on calling."""
    seen = after_three_calls(accepted(texting="no"))

    assert ("", []) == (seen.asked, owed(seen))


@pytest.mark.parametrize("begin", [referral, offered, declined, expired, withdrawn, closed])
def test_who_has_not_taken_it_has_not_called(begin: Callable[..., Referral]) -> None:
    """Say first that you take it."""
    with pytest.raises(LifeError, match="accept it first"):
        course.tried(begin(), office(), TERMS, NOW)


def test_the_person_is_asked_after_a_day_whether_somebody_called() -> None:
    """After three where it is not urgent."""
    times = [accepted(urgent=urgent).timers["follow_up_at"] - NOW for urgent in (True, False)]

    assert [timedelta(days=1), timedelta(days=3)] == times


def test_the_question_is_heard_for_two_weeks() -> None:
    """Then an answer means something else."""
    seen = course.follow_up(done(accepted()), TERMS, NOW)

    assert ("follow_up", NOW + timedelta(days=14)) == (seen.asked, seen.timers["unask_at"])
    assert ("", None) == (course.unasked(seen).asked, course.unasked(seen).timers.get("unask_at"))


@pytest.mark.parametrize("texting", ["no", "stopped"])
def test_nobody_is_asked_by_a_text_they_do_not_want(texting: str) -> None:
    """They can still say it with their code."""
    seen = course.follow_up(accepted(texting=texting), TERMS, NOW)

    assert ("", [], None) == (seen.asked, owed(seen), seen.timers.get("follow_up_at"))


def test_of_two_questions_that_wait_only_the_last_is_put() -> None:
    """One answer cannot mean both."""
    waiting = course.follow_up(done(accepted(urgent=False)), TERMS, SUNDAY)
    seen = course.tried(replace(waiting, calls=2), office(), TERMS, SUNDAY)

    assert ("better_time", [("better_time", "bell", TEXTER)]) == (seen.asked, owed(seen))


@pytest.mark.parametrize(
    "answer",
    [
        lambda seen: course.came(seen, NOW),
        lambda seen: course.did_not_come(seen, NOW),
        lambda seen: course.better_time(seen, "morning", NOW),
        lambda seen: course.contacted(seen, "office", NOW),
    ],
)
def test_a_question_that_was_answered_is_not_put_any_more(answer: Callable[[Referral], Referral]) -> None:
    """Its bell waited for Monday; the answer came with the code on Sunday."""
    asking = course.follow_up(done(accepted(urgent=False)), TERMS, SUNDAY)
    seen = answer(asking)

    assert ("", []) == (seen.asked, [each for each in owed(seen) if each[1] == "bell"])


# --- what the person says ------------------------------------------------------------------------


def test_the_person_says_that_somebody_called() -> None:
    """Nobody asks them again."""
    seen = course.came(done(accepted()), NOW)

    assert ("contacted", "texter", []) == (seen.state, seen.moves[-1].actor, owed(seen))
    assert "follow_up_at" not in seen.timers


@pytest.mark.parametrize("begin", [offered, contacted])
def test_that_somebody_called_changes_nothing_where_nobody_had_to(begin: Callable[..., Referral]) -> None:
    """Only the question is answered."""
    before = begin()
    after = course.came(before, NOW)

    assert (before.state, owed(before)) == (after.state, owed(after))


def test_that_nobody_called_is_told_to_the_office_and_the_coordinator() -> None:
    """Two mails, and no text."""
    seen = course.did_not_come(done(accepted()), NOW)

    assert {("no_call", "mail", "harbor"), ALARM} == set(owed(seen))


def test_a_better_time_is_told_to_the_office() -> None:
    """One word, and a mail about it."""
    seen = course.better_time(done(accepted()), "evening", NOW)

    assert ("evening", [("time", "mail", "harbor")]) == (seen.better, owed(seen))


def test_before_an_office_has_it_there_is_nobody_to_tell() -> None:
    """The better time waits in the record."""
    seen = course.better_time(referral(), "evening", NOW)

    assert ("evening", []) == (seen.better, owed(seen))
    assert [] == owed(course.did_not_come(referral(), NOW))


def test_another_office_destroys_the_box_of_the_first() -> None:
    """And those of all that would have come next."""
    seen = another(offered(others=("meadow",)))

    assert ({"plaza": b"plaza's"}, (), "plaza") == (dict(seen.boxes), seen.others, seen.office)


def test_another_office_makes_a_waiting_question_fall_silent() -> None:
    """It was about the office before: nobody would hear the answer."""
    seen = another(after_three_calls(done(accepted())))

    assert ("", []) == (seen.asked, [each for each in owed(seen) if each[2] == TEXTER])


def test_an_office_that_hands_it_back_makes_a_waiting_question_fall_silent() -> None:
    """The person gets the news alone."""
    seen = course.decline(after_three_calls(done(accepted())), "full", TERMS, NOW)

    assert ("", [("news", "bell", TEXTER)]) == (
        seen.asked,
        [each for each in owed(seen) if each[2] == TEXTER],
    )


def test_another_office_has_a_week_of_its_own() -> None:
    """It begins when the person agrees to it."""
    seen = course.another(accepted(), "plaza", b"plaza's", TERMS, NOW + timedelta(days=3))

    assert NOW + timedelta(days=10) == seen.timers["wipe_at"]


@pytest.mark.parametrize("begin", [declined, expired, withdrawn, closed])
def test_another_office_is_only_for_what_has_not_ended(begin: Callable[..., Referral]) -> None:
    """What has ended is asked anew."""
    with pytest.raises(LifeError, match="cannot become requested"):
        another(begin())


@pytest.mark.parametrize("begin", [referral, offered, accepted, contacted])
def test_withdrawing_wipes_all(begin: Callable[..., Referral]) -> None:
    """Boxes, number, the offices that would have come next, every question, every text that waits."""
    seen = course.withdraw(begin(**AGREED), TERMS, NOW)

    assert ({}, b"", (), "") == (dict(seen.boxes), seen.number_box, seen.others, seen.asked)
    assert [] == [each for each in seen.open_errands() if each.to in {TEXTER, COORDINATOR}]


def test_an_office_that_never_had_it_does_not_hear_of_a_withdrawal() -> None:
    """Nothing is said of what it does not know."""
    assert [] == owed(course.withdraw(referral(), TERMS, NOW))


def test_a_stop_drops_every_bell_that_waits() -> None:
    """The referral lives on."""
    stopped = accepted(urgent=False).call_only()

    assert ("accepted", "stopped", []) == (stopped.state, stopped.texting, owed(stopped))


def test_after_a_stop_no_event_rings_a_bell() -> None:
    """Whatever happens to it."""
    seen = course.follow_up(accepted().call_only(), TERMS, NOW)
    seen = course.decline(course.lapse(seen, NOW), "full", TERMS, NOW)

    assert [ALARM] == owed(seen)


def test_a_stop_is_the_last_word_where_nobody_took_it() -> None:
    """There is nobody left to tell: the number goes at once."""
    assert not course.settled(declined().call_only()).reachable


# --- bells ---------------------------------------------------------------------------------------


def test_the_person_is_never_texted_more_than_four_times() -> None:
    """Whatever happens to it."""
    seen = accepted()
    for _ in range(9):
        seen = course.lapse(done(seen), NOW)

    assert (MOST_BELLS, []) == (seen.bells, owed(seen))


def test_after_four_texts_nothing_is_asked() -> None:
    """A question that nobody saw has no answer."""
    seen = accepted()
    for _ in range(9):
        seen = course.lapse(done(seen), NOW)

    assert "" == course.follow_up(seen, TERMS, NOW).asked


def test_a_bell_that_never_rang_does_not_count() -> None:
    """The person has not had it."""
    rung = accepted()
    failed = rung.with_errand(next(each for each in rung.errands if each.to == TEXTER).ended("failed"))

    assert (1, 0) == (rung.bells, failed.bells)


def test_a_question_that_was_answered_is_not_put_again() -> None:
    """Though Twilio says only now that its bell did not arrive."""
    asking = course.follow_up(done(accepted(urgent=False)), TERMS, NOW)
    (bell,) = asking.open_errands()
    sending = replace(bell, way="sending", tries=1)
    answered = course.came(asking.with_errand(sending), NOW)
    seen = course.carried(answered, replace(sending, way="due"), NOW)

    assert [] == owed(seen)


def test_an_urgent_one_rings_at_any_hour() -> None:
    """The consent said so."""
    bell = next(each for each in course.accept(offered(), HARBOR, TERMS, SUNDAY).errands if each.to == TEXTER)

    assert SUNDAY == bell.due


def test_a_question_about_an_urgent_one_waits_for_a_decent_hour() -> None:
    """Only news is worth waking somebody for."""
    seen = course.follow_up(accepted(), TERMS, SUNDAY)
    bell = next(each for each in seen.errands if each.kind == "follow_up")

    assert bell.due == course.may_ring(seen, "follow_up", SUNDAY) == NOW + WEEK + timedelta(hours=1)


def test_any_other_one_waits_for_a_decent_hour() -> None:
    """Nobody is woken on a Sunday."""
    seen = course.accept(offered(urgent=False), HARBOR, TERMS, SUNDAY)
    bell = next(each for each in seen.errands if each.to == TEXTER)

    assert bell.due == course.may_ring(seen, "news", SUNDAY) == NOW + WEEK + timedelta(hours=1)


def test_the_end_of_an_urgent_one_is_not_urgent() -> None:
    """What can wait for the morning waits."""
    seen = course.decline(offered(), "full", TERMS, SUNDAY)

    assert SUNDAY < course.may_ring(seen, "news", SUNDAY)


# --- a text that did not go ----------------------------------------------------------------------


def sending(seen: Referral, to: str = TEXTER) -> tuple[Referral, Errand]:
    """A text is on its way."""
    errand = replace(next(each for each in seen.open_errands() if each.to == to), way="sending")
    return seen.with_errand(errand), errand


def test_a_text_that_did_not_go_is_tried_again() -> None:
    """While it is still wanted."""
    seen, errand = sending(accepted())

    assert [BELL] == owed(course.carried(seen, replace(errand, way="due"), NOW))


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda seen: seen.call_only(),
        lambda seen: course.withdraw(seen, TERMS, NOW),
        lambda seen: course.close(seen, "not_needed", TERMS, NOW),
    ],
)
def test_a_text_that_did_not_go_is_not_tried_again_after_a_stop_or_an_end(
    meanwhile: Callable[[Referral], Referral],
) -> None:
    """It was on its way when the person said so."""
    seen, errand = sending(accepted())
    seen = course.carried(meanwhile(seen), replace(errand, way="due"), NOW)

    assert [] == [each for each in seen.open_errands() if each.to == TEXTER]


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda seen: course.accept(seen, HARBOR, TERMS, NOW),
        lambda seen: course.decline(seen, "full", TERMS, NOW),
        lambda seen: course.pass_on(seen, NOW),
    ],
)
def test_an_office_is_not_told_again_of_what_is_offered_to_it_no_more(
    meanwhile: Callable[[Referral], Referral],
) -> None:
    """Its duty phone was being texted when it was taken, or went on."""
    seen, errand = sending(offered(**AGREED), "harbor")
    seen = course.carried(meanwhile(seen), replace(errand, way="due"), NOW)

    assert [] == [each for each in seen.open_errands() if each.kind == "offer"]


# --- the end -------------------------------------------------------------------------------------


@pytest.mark.parametrize("begin", [declined, expired])
def test_where_nobody_took_it_the_number_stays_until_the_last_word_is_surely_told(
    begin: Callable[..., Referral],
) -> None:
    """A bell that Twilio took may be reported as failed, and is rung again; two days, and the number is gone."""
    told = done(begin())

    assert (True, False) == (told.reachable, course.wipe(told).reachable)
    assert told.timers["wipe_at"] - told.moves[-1].time <= TERMS.last_word


@pytest.mark.parametrize("begin", [declined, expired])
def test_where_the_last_word_cannot_be_told_the_number_goes_at_once(begin: Callable[..., Referral]) -> None:
    """Twilio will never take it."""
    waiting = begin()
    bell = next(each for each in waiting.errands if each.to == TEXTER)

    assert not course.carried(waiting, bell.ended("failed", "final"), NOW).reachable


@pytest.mark.parametrize("begin", [declined, expired])
@pytest.mark.parametrize("texting", ["no", "stopped"])
def test_where_nobody_can_be_told_the_number_goes_at_once(
    begin: Callable[..., Referral], texting: str
) -> None:
    """The code still opens the news."""
    assert not begin(texting=texting).reachable


def test_a_week_after_the_request_neither_box_nor_number_is_left() -> None:
    """Whether the last word came through or not."""
    seen = expired()
    after = course.wipe(seen)

    assert NOW + WEEK == seen.timers["wipe_at"]
    assert (False, {}, [ALARM]) == (after.reachable, dict(after.boxes), owed(after))


def test_an_expired_offer_is_not_made_any_more() -> None:
    """A mail that could not go for five days says nothing that is still true."""
    assert OFFER not in owed(expired())


def test_a_closed_one_keeps_box_and_number_for_two_weeks() -> None:
    """The office may have to look again."""
    seen = closed()

    assert (True, {"harbor"}) == (seen.reachable, set(seen.boxes))
    assert NOW + timedelta(days=14) == seen.timers["wipe_at"] == seen.timers["forget_at"]


def test_nobody_is_told_anything_about_a_closed_one() -> None:
    """What was not said by then is not said."""
    seen = course.did_not_come(course.alarm(accepted(), NOW), NOW)

    assert [] == owed(course.close(seen, "gave_advice", TERMS, NOW))


def test_one_that_is_never_closed_is_closed_after_sixty_days() -> None:
    """Nothing is kept for ever."""
    seen = contacted()
    after = course.leave_open_no_longer(seen, TERMS, NOW)

    assert NOW + timedelta(days=60) == seen.timers["close_at"]
    assert ("closed", "line", "left_open") == (after.state, after.moves[-1].actor, after.moves[-1].reason)


@pytest.mark.parametrize("begin", [declined, expired, withdrawn, closed])
def test_the_record_of_every_end_goes_after_two_weeks(begin: Callable[..., Referral]) -> None:
    """Counted from the end."""
    seen = begin()

    assert seen.moves[-1].time + timedelta(days=14) == seen.timers["forget_at"]


# --- no office -----------------------------------------------------------------------------------


def no_office(**changes: Any) -> Referral:
    """Nobody could be asked."""
    blank = replace(referral(texting="no", **changes), office="nobody", boxes={}, number_box=b"", timers={})
    return course.nobody(blank, TERMS, NOW)


def test_where_there_is_no_office_the_coordinator_hears_of_the_need() -> None:
    """And of nobody's number."""
    seen = no_office()

    assert ("declined", [ALARM], b"") == (seen.state, owed(seen), seen.number_box)


def test_the_person_may_have_one_text_tomorrow() -> None:
    """At a decent hour, the next day at the earliest; the number is kept until then."""
    seen = course.again_tomorrow(no_office(), ADDRESS.encode(), TERMS, NOW)
    bell = next(each for each in seen.errands if each.to == TEXTER)

    assert NOW + timedelta(hours=18) <= bell.due <= NOW + timedelta(hours=25)
    assert (True, True) == (seen.reachable, done(seen).reachable)


def test_a_text_tomorrow_that_never_goes_does_not_keep_the_number() -> None:
    """Three days, and it is gone."""
    seen = course.again_tomorrow(no_office(), ADDRESS.encode(), TERMS, NOW)

    assert NOW + timedelta(days=3) == seen.timers["wipe_at"]


def test_a_text_tomorrow_is_one_of_the_four() -> None:
    """Asking again and again does not make more of them, and keeps no number."""
    seen = no_office()
    for _ in range(MOST_BELLS):
        seen = done(course.again_tomorrow(seen, b"box", TERMS, NOW))

    with pytest.raises(LifeError, match="at most 4 texts"):
        course.again_tomorrow(seen, b"box", TERMS, NOW)


@pytest.mark.parametrize("begin", [referral, offered, accepted, contacted, withdrawn, closed])
def test_only_for_want_of_an_office_is_it_asked_again_tomorrow(begin: Callable[..., Referral]) -> None:
    """Any other one has no need of it."""
    with pytest.raises(LifeError, match="not asked again tomorrow"):
        course.again_tomorrow(begin(), b"box", TERMS, NOW)
