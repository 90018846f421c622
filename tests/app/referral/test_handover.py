"""From a confirmed request to an office that knows of it and a person who was told so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from redis.exceptions import RedisError

from app.referral.handover import LONGEST_WAIT, PATIENCE, backoff
from app.referral.life import Referral
from app.referral.seal import make_identity
from tests.app.referral.made_up import ADDRESS, office
from tests.app.referral.scene import BELLS, ID, PUBLIC_URL, Scene


def test_the_office_has_it_and_the_person_is_told(scene: Scene) -> None:
    """One mail, one bell, in the inbox, and nothing is owed any more."""
    scene.request()
    done = scene.deliver()

    assert ("offered", "offer", "sent", 1) == (done.state, done.mailed, done.told, done.tries)
    assert [done] == list(scene.referrals.inbox("harbor"))
    assert (1, [ADDRESS], None) == (len(scene.mailbox.mails), scene.bells, scene.due_in)


def test_the_mail_says_how_soon_and_how_and_nothing_else(scene: Scene) -> None:
    """Reference, urgent, deadline; no number, no place, no language, no word."""
    asked = scene.request()
    scene.deliver()
    mail = scene.mailbox.mails[0]
    text = mail["Subject"] + bytes(mail.get_payload(decode=True)).decode()

    assert mail["To"] == office().email
    assert all(part in text for part in (asked.reference, "URGENT", "before:", "amparo referrals open"))
    assert not [part for part in (ADDRESS[2:], "TX", "mam", "manzana", "detained", ID) if part in text]


def test_the_bell_has_no_content_and_no_traceable_callback(scene: Scene) -> None:
    """In the person's language; Twilio reports to an address that names neither number nor referral."""
    asked = scene.request()
    scene.deliver()
    text = scene.twilio.texts[0]

    assert BELLS["es"] == text["Body"]
    assert text["StatusCallback"].startswith(f"{PUBLIC_URL}/sms/status/")
    assert not [part for part in (ID, asked.reference, ADDRESS[1:]) if part in text["StatusCallback"]]


@pytest.mark.parametrize("texting", ["no", "stopped"])
def test_who_does_not_want_texts_gets_none(scene: Scene, texting: str) -> None:
    """The referral reaches the office all the same."""
    scene.request(texting=texting)
    done = scene.deliver()

    assert ("offered", [], None) == (done.state, scene.bells, scene.due_in)


def test_a_job_that_runs_twice_does_nothing_twice(scene: Scene) -> None:
    """Hints may be doubled, late, or both."""
    scene.request()
    scene.deliver()
    scene.deliver()

    assert (1, 1) == (len(scene.mailbox.mails), len(scene.bells))


def test_ten_workers_at_once_are_as_one(scene: Scene) -> None:
    """The lease lets one in."""
    scene.request()
    with ThreadPoolExecutor(10) as threads:
        list(threads.map(lambda _: scene.handover().deliver(ID), range(10)))

    assert (1, 1, "sent") == (len(scene.mailbox.mails), len(scene.bells), scene.found().told)


def test_workers_that_lost_their_leases_ring_once(scene: Scene) -> None:
    """Even if the volatile memory forgets every lease in between."""
    scene.request()
    scene.twilio.wait = 0.2

    def forgetful(_: int) -> None:
        scene.volatile.delete(f"lease:{ID}")
        scene.handover().deliver(ID)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(forgetful, range(4)))

    assert (1, 1) == (len(scene.mailbox.names), len(scene.bells))


def test_a_mail_server_that_is_down_is_tried_again_later(scene: Scene) -> None:
    """The request waits; nobody is told of news that is none."""
    scene.request()
    scene.mailbox.refusals.append("450 later")
    waiting = scene.deliver()

    assert ("requested", "none", []) == (waiting.state, waiting.told, scene.bells)
    assert 3 <= (scene.due_in or 0) <= 7

    scene.later(seconds=7)
    assert "offered" == scene.deliver().state


def test_an_address_that_is_refused_for_good_waits_for_a_person(scene: Scene) -> None:
    """The referral is never dropped: it waits long and is tried again."""
    scene.request()
    scene.mailbox.refusals.append("550 no such mailbox")

    assert "requested" == scene.deliver().state
    assert LONGEST_WAIT.total_seconds() == pytest.approx(scene.due_in)


def test_an_office_that_is_not_there_keeps_the_referral_waiting(scene: Scene) -> None:
    """Somebody took it out of the directory."""
    scene.request(office="plaza", boxes={})

    assert ("requested", []) == (scene.deliver().state, scene.mailbox.mails)
    assert scene.due_in is not None


@pytest.mark.parametrize("code", ["21610", "21614", "21211"])
def test_a_bell_that_can_never_ring_is_not_tried_again(scene: Scene, code: str) -> None:
    """Opted out, a landline: marked, and the office calls."""
    scene.request()
    scene.twilio.plays.append(code)
    done = scene.deliver()

    assert ("offered", "failed", None) == (done.state, done.told, scene.due_in)


def test_a_bell_that_cannot_ring_now_rings_later(scene: Scene) -> None:
    """Too many requests: once more after a while, and the office is not mailed again."""
    scene.request()
    scene.twilio.plays.append("20429")
    waiting = scene.deliver()
    assert ("none", []) == (waiting.told, scene.bells)

    scene.later(seconds=20)
    assert ("sent", 1, 1) == (scene.deliver().told, len(scene.bells), len(scene.mailbox.mails))


def test_a_bell_that_went_without_an_answer_is_not_rung_again(scene: Scene) -> None:
    """Twilio took it and hung up: its log is asked, and tells."""
    scene.request()
    scene.twilio.plays.append("hang up")
    assert "sending" == scene.deliver().told

    scene.later(seconds=60)
    assert ("sent", [ADDRESS], None) == (scene.deliver().told, scene.bells, scene.due_in)


def test_a_bell_that_never_went_is_rung_again(scene: Scene) -> None:
    """Nothing in Twilio's log: it may ring now."""
    scene.request()
    scene.twilio.plays.append("refuse connection")
    assert "sending" == scene.deliver().told

    scene.later(seconds=60)
    assert ("sent", [ADDRESS]) == (scene.deliver().told, scene.bells)


def test_the_log_is_not_asked_while_a_text_may_still_be_on_its_way(scene: Scene) -> None:
    """A second worker waits until the first one's request must have ended."""
    scene.request()
    scene.twilio.plays.append("hang up")
    scene.deliver()
    scene.later(seconds=10)

    assert ("sending", []) == (scene.deliver().told, scene.twilio.asked)
    assert PATIENCE.total_seconds() - 10 == pytest.approx(scene.due_in)


def test_a_bell_of_which_nobody_ever_learns_is_left_alone(scene: Scene) -> None:
    """After many attempts to learn it, it is uncertain, and not rung a second time."""
    scene.request()
    scene.twilio.plays.extend(["hang up", *["500"] * 20])
    scene.deliver()
    for _ in range(10):
        scene.later(minutes=20)
        scene.deliver()

    assert ("uncertain", [ADDRESS], None) == (scene.found().told, scene.bells, scene.due_in)


def test_a_stop_before_the_bell_keeps_it_silent(scene: Scene) -> None:
    """The office calls."""
    scene.request()
    scene.step = lambda name: scene.wishes.stop(ID) and None if name == "mailed" else None
    done = scene.deliver()

    assert ("offered", "stopped", [], None) == (done.state, done.texting, scene.bells, scene.due_in)


def test_a_stop_while_the_bell_rings_is_kept(scene: Scene) -> None:
    """What the worker writes afterwards does not undo it."""
    scene.request()
    scene.step = lambda name: scene.wishes.stop(ID) and None if name == "sent" else None
    done = scene.deliver()

    assert ("stopped", "sent", None) == (done.texting, done.told, scene.due_in)


def test_a_withdrawal_before_any_worker_leaves_nothing_to_do(scene: Scene) -> None:
    """The office never heard of it, and never will."""
    scene.request()
    ended = scene.wishes.withdraw(ID, scene.now)
    scene.deliver()

    assert ("withdrawn", None, []) == (ended and ended.state, scene.due_in, scene.mailbox.mails)


def test_a_withdrawal_after_the_offer_is_mailed_to_the_office(scene: Scene) -> None:
    """By a mail of its own; the person gets no text about it."""
    scene.request()
    scene.deliver()
    scene.wishes.withdraw(ID, scene.now)
    done = scene.deliver()

    assert ("withdrawal", None, 1) == (done.mailed, scene.due_in, len(scene.bells))
    assert "withdrawn" in scene.mailbox.mails[1]["Subject"]
    assert 2 == len(scene.mailbox.names)


@pytest.mark.parametrize("moment", ["begun", "mailed", "offered", "sending", "sent"])
def test_a_withdrawal_at_any_moment_of_the_hand_over_holds(scene: Scene, moment: str) -> None:
    """Whatever the worker was doing: withdrawn, empty, and the office hears of it if it heard before."""
    scene.request()

    def withdraw(name: str) -> None:
        if name == moment:
            scene.wishes.withdraw(ID, scene.now)

    scene.step = withdraw
    scene.deliver()
    scene.later(seconds=10)
    done = scene.deliver()

    assert ("withdrawn", b"", {}, None) == (done.state, done.number_box, dict(done.boxes), scene.due_in)
    assert [] == list(scene.referrals.inbox("harbor"))
    assert "withdrawn" in scene.mailbox.mails[-1]["Subject"]


def test_a_withdrawal_twice_is_one(scene: Scene) -> None:
    """The second finds nothing to end."""
    scene.request()
    ended = [scene.wishes.withdraw(ID, scene.now) is not None for _ in range(2)]

    assert [True, False] == ended


def test_a_wrong_worker_key_costs_the_bell_and_not_the_referral(scene: Scene) -> None:
    """The office's box is sealed to the office, not to us; with the right key the bell rings after all."""
    scene.request()
    scene.handover(make_identity()).deliver(ID)
    waiting = (scene.found().state, scene.found().told, len(scene.bells))
    scene.handover().deliver(ID)

    assert (("offered", "none", 0), ("sent", 1)) == (waiting, (scene.found().told, len(scene.bells)))


def test_an_id_without_a_record_leaves_the_outbox(scene: Scene) -> None:
    """Nothing is owed to nobody."""
    scene.request()
    scene.referrals._redis.delete(f"referral:{ID}")
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
    scene.request()
    scene.mailbox.refusals.append("550 no such mailbox")
    scene.deliver()
    scene.twilio.plays.append("21610")
    asked: Referral = scene.deliver()
    told = [ADDRESS[1:], asked.reference, ID, "manzana", "harbor.example.org"]

    assert caplog.records
    assert not [part for part in told if part in caplog.text]
