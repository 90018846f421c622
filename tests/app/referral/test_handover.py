"""From a confirmed request to an office that took it, a person who heard so, and a record that is gone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from redis.exceptions import RedisError

from app.referral.life import Referral
from app.referral.messenger import LONGEST_WAIT, PATIENCE, backoff
from app.sealing import make_identity
from tests.app.referral import scene as scenes
from tests.app.referral.made_up import ADDRESS, NOW, office
from tests.app.referral.scene import BELLS, ID, PUBLIC_URL, Scene

OFFER_STEPS = ("claimed", "offer_at", "offer-begun", "offer-done", "offer-marked")
NEWS_STEPS = ("news-begun", "news-done", "news-marked")


class Killed(BaseException):
    """The worker is gone, at once."""


def way(referral: Referral, kind: str, to: str = "") -> str:
    """How far the last errand of this kind came."""
    return [each.way for each in referral.errands if each.kind == kind and to in {"", each.to}][-1]


def kill_at(scene: Scene, name: str) -> None:
    """The worker dies at this step, once; what Twilio has by then is in its log."""

    def die(step: str) -> None:
        if step == name:
            scene.step = scene.steps.append
            if name in {"news-done", "follow_up-done"}:
                scene.twilio.texts[-1]["created"] = scene.now.isoformat()
            raise Killed

    scene.step = die


def work(scene: Scene) -> None:
    """Workers come and die until nothing is due."""
    for _ in range(3):
        try:
            scene.handover().deliver(ID)
        except Killed:
            scene.volatile.flushall()
        scene.later(seconds=20)


# --- an offer ------------------------------------------------------------------------------------


def test_the_office_has_it_and_was_told(scene: Scene) -> None:
    """One mail, and it stands in the inbox; the person hears nothing yet."""
    scene.request()
    done = scene.deliver()

    assert ("offered", "done", False) == (done.state, way(done, "offer"), done.busy)
    assert [done] == list(scene.referrals.inbox("harbor"))
    assert (1, []) == (len(scene.mailbox.mails), scene.bells)


def test_the_mail_says_how_soon_and_how_and_nothing_else(scene: Scene) -> None:
    """Reference, urgent, deadline; no number, no place, no language, no word."""
    asked = scene.request()
    scene.deliver()
    mail = scene.mailbox.mails[0]
    text = mail["Subject"] + bytes(mail.get_payload(decode=True)).decode()

    assert mail["To"] == office().email
    assert all(part in text for part in (asked.reference, "URGENT", "before:", "amparo referrals open"))
    assert not [part for part in (ADDRESS[2:], "TX", "mam", "manzana", "detained", ID) if part in text]


def test_a_duty_phone_is_texted_the_subject_alone(scene: Scene) -> None:
    """Reference, urgent and deadline."""
    scene.offices.save(office(duty_phone="+12025550111"))
    asked = scene.request()
    scene.deliver()
    text = scene.twilio.texts[0]

    assert ("+12025550111", scene.mailbox.mails[0]["Subject"]) == (text["To"], text["Body"])
    assert asked.reference in text["Body"]


def test_a_duty_phone_that_may_have_been_texted_is_not_texted_again(scene: Scene) -> None:
    """The mail says the same."""
    scene.offices.save(office(duty_phone="+12025550111"))
    scene.request()
    scene.twilio.plays.append("hang up")
    work(scene)

    assert (["+12025550111"], "uncertain") == (scene.bells, scene.found().errands[-1].way)


def test_a_job_that_runs_twice_does_nothing_twice(scene: Scene) -> None:
    """Hints may be doubled, late, or both."""
    scene.request()
    scene.deliver()
    scene.deliver()

    assert 1 == len(scene.mailbox.mails)


def test_an_office_that_does_not_take_it_in_time_loses_it_to_the_next(scene: Scene) -> None:
    """It stands in the next one's inbox alone, and both were told."""
    scene.offices.save(office("plaza"))
    scene.request(others=("plaza",))
    scene.deliver()
    scene.later(minutes=31)
    done = scene.deliver()

    assert ("offered", "plaza", {"plaza"}) == (done.state, done.office, set(done.boxes))
    assert ([], [done]) == (list(scene.referrals.inbox("harbor")), list(scene.referrals.inbox("plaza")))
    assert sorted([office().email, office().email, office("plaza").email]) == sorted(
        mail["To"] for mail in scene.mailbox.mails
    )


def test_an_office_that_could_not_be_told_yet_has_not_let_anybody_wait(scene: Scene) -> None:
    """The mail server is down for longer than it had to take it."""
    scene.request(others=("plaza",))
    scene.mailbox.refusals.extend(["450 later"] * 9)
    scene.deliver()
    scene.later(minutes=31)

    done = scene.deliver()

    assert ("offered", "harbor") == (done.state, done.office)


def test_a_mail_server_that_is_down_is_tried_again_later(scene: Scene) -> None:
    """Within seconds, at first."""
    scene.request()
    scene.mailbox.refusals.append("450 later")
    waiting = scene.deliver()
    assert ("due", True) == (way(waiting, "offer"), 3 <= (scene.due_in or 0) <= 7)

    scene.later(seconds=7)
    assert "done" == way(scene.deliver(), "offer")


def test_an_address_that_is_refused_for_good_waits_for_a_person(scene: Scene) -> None:
    """The offer is never dropped: it waits long and is tried again."""
    scene.request()
    scene.mailbox.refusals.append("550 no such mailbox")

    assert "due" == way(scene.deliver(), "offer")
    assert LONGEST_WAIT.total_seconds() == pytest.approx(scene.due_in)


def test_an_office_that_is_not_there_keeps_the_referral_waiting(scene: Scene) -> None:
    """Somebody took it out of the directory: the coordinator and the person hear of it."""
    scene.request(office="plaza", boxes={})
    waiting = scene.deliver()

    assert ("requested", "late", [ADDRESS]) == (waiting.state, waiting.stuck, scene.bells)
    assert [scenes.COORDINATOR] == [mail["To"] for mail in scene.mailbox.mails]
    assert LONGEST_WAIT.total_seconds() == pytest.approx(scene.due_in)


def test_an_office_that_came_back_is_asked_after_all(scene: Scene) -> None:
    """A quarter of an hour later at most."""
    scene.request(office="plaza")
    scene.deliver()
    scene.offices.save(office("plaza"))
    scene.later(minutes=15)

    assert "offered" == scene.deliver().state


def test_an_office_that_cannot_be_read_holds_nothing_up(scene: Scene) -> None:
    """The next one is asked; with none, the box goes with the time, as promised."""
    scene.durable.set("office:harbor", b"{}")
    scene.request(others=("plaza",))
    scene.request("s" * 32, "8K2MX")
    scene.offices.save(office("plaza"))

    assert ("offered", "plaza") == (scene.deliver().state, scene.found().office)
    for _ in range(3):
        waiting = scene.deliver("s" * 32)
        scene.later(days=5)
    assert ("expired", {}, b"") == (waiting.state, dict(waiting.boxes), waiting.number_box)


def test_an_office_that_is_not_there_is_passed_over(scene: Scene) -> None:
    """Where the person agreed to another."""
    scene.request(office="plaza", others=("harbor",), boxes={"harbor": b"box"})

    done = scene.deliver()

    assert ("offered", "harbor") == (done.state, done.office)


def test_a_notice_to_an_office_that_has_gone_is_given_up(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody is left to tell; nothing else waits for it."""
    scene.request()
    scene.deliver()
    scene.wishes.withdraw(ID, scene.now)
    scene.durable.delete("office:harbor")
    done = scene.deliver()

    assert ("failed", False) == (way(done, "withdrawn"), done.busy)
    assert "an office that is not there" in caplog.text


# --- a bell --------------------------------------------------------------------------------------


def test_the_bell_rings_when_the_office_takes_it(scene: Scene) -> None:
    """Once, to the person."""
    scene.request()
    done = scene.taken()

    assert ("accepted", "done", [ADDRESS]) == (done.state, way(done, "news"), scene.bells)


def test_the_bell_has_no_content_and_no_traceable_callback(scene: Scene) -> None:
    """In the person's language; Twilio reports to an address that names neither number nor referral."""
    asked = scene.request()
    scene.taken()
    text = scene.twilio.texts[0]

    assert BELLS["es"] == text["Body"]
    assert text["StatusCallback"].startswith(f"{PUBLIC_URL}/sms/status/")
    assert not [part for part in (ID, asked.reference, ADDRESS[1:]) if part in text["StatusCallback"]]


@pytest.mark.parametrize("texting", ["no", "stopped"])
def test_who_does_not_want_texts_gets_none(scene: Scene, texting: str) -> None:
    """The referral reaches the office all the same."""
    scene.request(texting=texting)

    assert ("accepted", []) == (scene.taken().state, scene.bells)


def test_a_bell_waits_for_a_decent_hour(scene: Scene) -> None:
    """Taken on a Sunday, told on the Monday."""
    scene.now = NOW + timedelta(days=6)
    scene.request(urgent=False)
    assert ("due", []) == (way(scene.taken(), "news"), scene.bells)

    scene.later(days=1, hours=1)
    assert ("done", [ADDRESS]) == (way(scene.deliver(), "news"), scene.bells)


def test_a_bell_that_became_due_at_night_waits_for_the_morning(scene: Scene) -> None:
    """No worker was there while it was day."""
    scene.now = NOW + timedelta(days=7)
    scene.request(urgent=False)
    scene.deliver()
    scene.desk.accept(ID, "harbor", scene.now)
    scene.later(hours=12)

    assert ("due", []) == (way(scene.deliver(), "news"), scene.bells)


@pytest.mark.parametrize("code", ["21610", "21614", "21211"])
def test_a_bell_that_can_never_ring_is_not_tried_again(scene: Scene, code: str) -> None:
    """Opted out, a landline: marked, and the office calls."""
    scene.request()
    scene.twilio.plays.append(code)
    done = scene.taken()

    assert ("failed", False) == (way(done, "news"), done.busy)


def test_a_bell_that_cannot_ring_now_rings_later(scene: Scene) -> None:
    """Too many requests: once more after a while."""
    scene.request()
    scene.twilio.plays.append("20429")
    assert ("due", []) == (way(scene.taken(), "news"), scene.bells)

    scene.later(minutes=2)
    assert ("done", [ADDRESS]) == (way(scene.deliver(), "news"), scene.bells)


def test_a_bell_that_cannot_ring_for_a_day_is_given_up(scene: Scene) -> None:
    """The code still opens the news."""
    scene.now = NOW + timedelta(hours=3)
    scene.request(urgent=False)
    scene.twilio.plays.extend(["20429"] * 9)
    scene.taken()
    scene.later(hours=24, minutes=1)

    assert ("failed", []) == (way(scene.deliver(), "news"), scene.bells)


def test_a_bell_that_went_without_an_answer_is_not_rung_again(scene: Scene) -> None:
    """Twilio took it and hung up: its log is asked, and tells."""
    scene.request()
    scene.twilio.plays.append("hang up")
    assert "sending" == way(scene.taken(), "news")

    scene.later(seconds=60)
    assert ("done", [ADDRESS]) == (way(scene.deliver(), "news"), scene.bells)


def test_a_bell_that_never_went_is_rung_again(scene: Scene) -> None:
    """Nothing in Twilio's log: it may ring now."""
    scene.request()
    scene.twilio.plays.append("refuse connection")
    assert "sending" == way(scene.taken(), "news")

    scene.later(seconds=60)
    assert ("done", [ADDRESS]) == (way(scene.deliver(), "news"), scene.bells)


def test_the_log_is_not_asked_while_a_text_may_still_be_on_its_way(scene: Scene) -> None:
    """A second worker waits until the first one's request must have ended."""
    scene.request()
    scene.twilio.plays.append("hang up")
    scene.taken()
    scene.later(seconds=10)

    assert ("sending", []) == (way(scene.deliver(), "news"), scene.twilio.asked)
    assert PATIENCE.total_seconds() - 10 == pytest.approx(scene.due_in)


def test_a_bell_of_which_nobody_ever_learns_is_left_alone(scene: Scene) -> None:
    """After many attempts to learn it, it is uncertain, and not rung a second time."""
    scene.request()
    scene.twilio.plays.extend(["hang up", *["500"] * 20])
    scene.taken()
    for _ in range(12):
        scene.later(minutes=15)
        scene.deliver()

    assert ("uncertain", [ADDRESS]) == (way(scene.found(), "news"), scene.bells)


def test_a_wrong_worker_key_costs_the_bell_and_not_the_referral(scene: Scene) -> None:
    """The office's box is sealed to the office, not to us; with the right key the bell rings after all."""
    scene.request()
    scene.handover(make_identity()).deliver(ID)
    scene.desk.accept(ID, "harbor", scene.now)
    scene.handover(make_identity()).deliver(ID)
    assert ("accepted", "due", []) == (scene.found().state, way(scene.found(), "news"), scene.bells)

    scene.later(minutes=15)
    assert ("done", [ADDRESS]) == (way(scene.deliver(), "news"), scene.bells)


def test_the_last_word_is_told_and_then_nothing_is_left_that_reaches_the_person(scene: Scene) -> None:
    """Declined, told; for two days a text that failed could be sent again."""
    scene.now = NOW + timedelta(hours=3)
    scene.request()
    scene.deliver()
    scene.desk.decline(ID, "harbor", "full", scene.now)
    done = scene.deliver()
    scene.later(days=2)
    gone = scene.deliver()

    assert ([ADDRESS], True, "declined") == (scene.bells, done.reachable, done.state)
    assert b"" == gone.number_box


# --- STOP, WITHDRAW ------------------------------------------------------------------------------


def stop_at(scene: Scene, moment: str) -> None:
    """The person texts STOP while the worker is just here."""
    scene.step = lambda name: scene.wishes.stop(ID) and None if name == moment else None


def test_a_stop_before_the_bell_keeps_it_silent(scene: Scene) -> None:
    """The office calls."""
    scene.request()
    scene.deliver()
    scene.desk.accept(ID, "harbor", scene.now)
    stop_at(scene, "claimed")
    done = scene.deliver()

    assert ("stopped", "dropped", []) == (done.texting, way(done, "news"), scene.bells)


def test_a_stop_while_the_bell_rings_is_kept(scene: Scene) -> None:
    """What the worker writes afterwards does not undo it."""
    scene.request()
    stop_at(scene, "news-done")
    done = scene.taken()

    assert ("stopped", "done") == (done.texting, way(done, "news"))


def test_a_bell_that_never_went_does_not_ring_after_a_stop(scene: Scene) -> None:
    """Twilio hung up before it took it, and then the person texted STOP."""
    scene.request()
    scene.twilio.plays.append("refuse connection")
    scene.taken()
    scene.wishes.stop(ID)
    scene.later(seconds=60)

    assert ("dropped", []) == (way(scene.deliver(), "news"), scene.bells)


def test_a_withdrawal_before_any_worker_leaves_nothing_to_say(scene: Scene) -> None:
    """The office never heard of it, and never will."""
    scene.request()
    scene.wishes.withdraw(ID, scene.now)

    assert ("withdrawn", False, []) == (scene.deliver().state, scene.found().busy, scene.mailbox.mails)


def test_a_withdrawal_after_the_offer_is_mailed_to_the_office(scene: Scene) -> None:
    """By a mail of its own; the person gets no text about it."""
    scene.request()
    scene.deliver()
    scene.wishes.withdraw(ID, scene.now)
    done = scene.deliver()

    assert ("done", False, []) == (way(done, "withdrawn"), done.busy, scene.bells)
    assert "withdrawn" in scene.mailbox.mails[1]["Subject"]
    assert 2 == len(scene.mailbox.names)


@pytest.mark.parametrize("moment", [*OFFER_STEPS, *NEWS_STEPS])
def test_a_withdrawal_at_any_moment_holds(scene: Scene, moment: str) -> None:
    """Whatever the worker was doing: withdrawn, empty, out of the inbox, and nothing left to say."""
    scene.request()

    def withdraw(name: str) -> None:
        if name == moment:
            scene.wishes.withdraw(ID, scene.now)

    if moment in NEWS_STEPS:
        scene.deliver()
        scene.desk.accept(ID, "harbor", scene.now)
    scene.step = withdraw
    work(scene)
    done = scene.found()

    assert ("withdrawn", b"", {}, False) == (done.state, done.number_box, dict(done.boxes), done.busy)
    assert [] == list(scene.referrals.inbox("harbor"))
    assert (moment != "claimed") == any("withdrawn" in mail["Subject"] for mail in scene.mailbox.mails)


def test_a_withdrawal_twice_is_one(scene: Scene) -> None:
    """The second finds nothing to end."""
    scene.request()
    ended = [scene.wishes.withdraw(ID, scene.now) is not None for _ in range(2)]

    assert [True, False] == ended


def test_a_bell_on_its_way_when_all_was_wiped_is_asked_about_no_more(scene: Scene) -> None:
    """There is no number left with which to ask."""
    scene.request()
    scene.twilio.plays.append("hang up")
    scene.taken()
    scene.wishes.withdraw(ID, scene.now)
    scene.later(seconds=60)

    assert ("uncertain", []) == (way(scene.deliver(), "news"), scene.twilio.asked)


# --- workers that die ----------------------------------------------------------------------------


@pytest.mark.parametrize("step", OFFER_STEPS)
def test_a_worker_killed_while_it_offers_loses_nothing(scene: Scene, step: str) -> None:
    """Offered, and for the office it is one mail: the second has the same Message-ID."""
    scene.request()
    kill_at(scene, step)
    work(scene)
    done = scene.found()

    assert ("offered", "done", 1) == (done.state, way(done, "offer"), len(scene.mailbox.names))


@pytest.mark.parametrize("step", NEWS_STEPS)
def test_a_worker_killed_while_it_rings_rings_once(scene: Scene, step: str) -> None:
    """Twilio's log says whether it went."""
    scene.request()
    scene.deliver()
    scene.desk.accept(ID, "harbor", scene.now)
    kill_at(scene, step)
    work(scene)

    assert ("done", [ADDRESS]) == (way(scene.found(), "news"), scene.bells)


def accept(scene: Scene) -> None:
    """Harbor takes it."""
    scene.desk.accept(ID, "harbor", scene.now)


def wait(**time: float) -> Callable[[Scene], None]:
    """Time passes."""
    return lambda scene: scene.later(**time)


UNTAKEN = (wait(minutes=31), wait(minutes=31), wait(days=5), wait(days=1, hours=23))
UNCALLED = (accept, wait(hours=2), wait(hours=2), wait(hours=21), wait(days=15), wait(days=50))
LIVES = {"untaken": UNTAKEN, "uncalled": UNCALLED}

# Every step at which a worker can die, by the life in which it comes to it.
STEPS = {
    "untaken": {
        *OFFER_STEPS,
        *NEWS_STEPS,
        *("moved_on-begun", "moved_on-done", "moved_on-marked"),
        *("alarm-begun", "alarm-done", "alarm-marked"),
        *("take_by", "expire_at", "wipe_at"),
    },
    "uncalled": {
        *OFFER_STEPS,
        *NEWS_STEPS,
        *("alarm-begun", "alarm-done", "alarm-marked"),
        *("follow_up-begun", "follow_up-done", "follow_up-marked"),
        *("alarm_at", "lapse_at", "follow_up_at", "unask_at", "close_at"),
    },
}


def live(scene: Scene, life: Iterable[Callable[[Scene], None]]) -> None:
    """A whole life, with workers that come after each thing that happens."""
    scene.now = NOW
    scene.offices.save(office("plaza"))
    scene.request(others=("plaza",))
    work(scene)
    for happens in life:
        happens(scene)
        work(scene)


@pytest.mark.parametrize("name", LIVES)
def test_these_are_the_steps_of_a_life(scene: Scene, name: str) -> None:
    """None is missing in the table above."""
    live(scene, LIVES[name])

    assert STEPS[name] == set(scene.steps)


UNTAKEN_MAILS = [scenes.COORDINATOR] * 2 + [office().email] * 2 + [office("plaza").email]
UNCALLED_MAILS = [scenes.COORDINATOR] + [office().email] * 2


@pytest.mark.parametrize(("name", "step"), [(name, step) for name in LIVES for step in sorted(STEPS[name])])
def test_a_worker_killed_anywhere_in_a_life_changes_nothing_of_it(scene: Scene, name: str, step: str) -> None:
    """Each office and the coordinator get each mail once, the person each text once, and it ends as it does."""
    kill_at(scene, step)
    live(scene, LIVES[name])
    done = scene.found()
    mails = {mail["Message-ID"]: mail["To"] for mail in scene.mailbox.mails}
    wanted = {"untaken": ("expired", UNTAKEN_MAILS, 1), "uncalled": ("closed", UNCALLED_MAILS, 3)}[name]

    assert wanted == (done.state, sorted(mails.values()), len(scene.bells))
    assert not done.busy


def test_two_weeks_after_its_end_nothing_is_left_but_a_count(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """No record, no reference, no due time; and no worker wonders where it is."""
    live(scene, UNTAKEN)
    scene.later(days=14)
    scene.handover().deliver(ID)

    assert (None, None, None) == (
        scene.referrals.get(ID),
        scene.referrals.by_reference("7K2MX"),
        scene.due_in,
    )
    assert {"expired.not_taken": 1} == scene.referrals.counts(f"{scene.now:%Y%m}")
    assert "not there" not in caplog.text


# --- workers at once -----------------------------------------------------------------------------


def test_ten_workers_at_once_are_as_one(scene: Scene) -> None:
    """The lease lets one in."""
    scene.request()
    scene.deliver()
    scene.desk.accept(ID, "harbor", scene.now)
    with ThreadPoolExecutor(10) as threads:
        list(threads.map(lambda _: scene.handover().deliver(ID), range(10)))

    assert (1, 1, "done") == (len(scene.mailbox.mails), len(scene.bells), way(scene.found(), "news"))


def test_workers_that_lost_their_leases_ring_once(scene: Scene) -> None:
    """Even if the volatile memory forgets every lease in between."""
    scene.request()
    scene.deliver()
    scene.desk.accept(ID, "harbor", scene.now)
    scene.twilio.wait = 0.2

    def forgetful(_: int) -> None:
        scene.volatile.delete(f"lease:{ID}")
        scene.handover().deliver(ID)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(forgetful, range(4)))

    assert [ADDRESS] == scene.bells


def test_a_worker_whose_lease_was_taken_writes_nothing_over_the_other_s(scene: Scene) -> None:
    """It comes back while the other has just rung, and does not set the bell back to be rung again."""
    scene.request()
    scene.deliver()
    scene.desk.accept(ID, "harbor", scene.now)
    scene.twilio.plays.extend(["20429", "", "hang up"])

    def another_worker(name: str) -> None:
        if name == "news-done":
            scene.step = scene.steps.append
            scene.volatile.flushall()
            scene.later(seconds=60)
            scene.handover().deliver(ID)

    scene.step = another_worker
    scene.handover().deliver(ID)
    scene.later(seconds=60)
    scene.deliver()

    assert ("done", [ADDRESS]) == (way(scene.found(), "news"), scene.bells)


def test_what_another_works_on_is_left_alone(scene: Scene) -> None:
    """It has the lease."""
    scene.request()
    with scene.outbox.lease(ID):
        assert ("requested", []) == (scene.deliver().state, scene.steps)


def test_whoever_loses_the_lease_stops_after_the_step_in_hand(scene: Scene) -> None:
    """Somebody else may have begun the next."""
    scene.request()
    scene.outbox._life = 0.3

    def lose(name: str) -> None:
        if name == "offer_at":
            scene.volatile.set(f"lease:{ID}", b"another's")
            _until_lost()

    scene.step = lose

    assert ("offered", []) == (scene.deliver().state, scene.mailbox.mails)


def _until_lost() -> None:
    """Longer than it takes to renew a lease of 0.3 s."""
    time.sleep(0.4)


def test_an_id_without_a_record_leaves_the_outbox(scene: Scene) -> None:
    """Nothing is owed to nobody."""
    scene.request()
    scene.durable.delete(f"referral:{ID}")
    scene.handover().deliver(ID)

    assert scene.due_in is None


def test_the_contact_is_noted_even_if_the_web_died_before_it(scene: Scene) -> None:
    """STOP and the code find the referral."""
    scene.request()
    scene.deliver()

    assert (ID,) == scene.find()


def test_without_the_volatile_memory_nothing_is_done_and_nothing_lost(scene: Scene) -> None:
    """The lease is there so that two do not act at once."""
    scene.request()
    scene.volatile.connection_pool.reset()
    scene.outbox._volatile = scene.volatile.__class__(port=1)

    with pytest.raises(RedisError):
        scene.handover().deliver(ID)

    assert ("requested", []) == (scene.found().state, scene.mailbox.mails)


def test_waiting_doubles_and_ends_at_a_quarter_of_an_hour() -> None:
    """Spread by luck, so that a thousand referrals do not come back in the same second."""
    waits = [backoff(tries, luck) for tries in (1, 2, 5, 60) for luck in (0.0, 1.0)]

    assert [3.75, 6.25, 7.5, 12.5, 60.0, 100.0, 675.0, 1125.0] == [
        wait / timedelta(seconds=1) for wait in waits
    ]


def test_the_log_names_nobody(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """Not when everything goes wrong, either."""
    asked = scene.request()
    scene.mailbox.refusals.append("550 no such mailbox")
    scene.twilio.plays.append("21610")
    scene.taken()
    told = [ADDRESS[1:], asked.reference, ID, "manzana", "harbor.example.org"]

    assert {"a mail did not go", "a bell did not ring"} <= {record.message for record in caplog.records}
    assert not [part for part in told if part in caplog.text]
