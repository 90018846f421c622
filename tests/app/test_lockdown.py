"""A locked line: one answer to everything, nothing left that tells about anybody, and nothing lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from redis import Redis

from app.bootstrap import bootstrap
from app.config import LONGEST_LINE_NAME
from app.fixed import LOCKED, locked_text
from app.live import LiveRevision
from app.lockdown import close, forget, lift
from app.referral.life import Referral
from app.sources import read_sources
from app.store import keys, peppers
from app.store.emptying import Emptying
from app.store.lockdown import Lockdown, LockedError, Watch
from app.store.memory import MemoryDown
from app.store.sessions import Before, Sessions
from messages.segments import segments
from tests.app import witness
from tests.app.test_privacy import BODY, found
from tests.servers import Servers
from tests.texter import Line, Texter, new_sid, said

NUMBER = "+13125550193"
TO_CONSENT = ("hola", "1", "1", "Texas", "1")
CALLBACK = {"MessageStatus": "delivered", "AccountSid": "AC" + "0" * 32}
CALL = {"CallSid": "CA" + "0" * 32, "AccountSid": "AC" + "0" * 32}
NOTICED = 2.0  # seconds


def lock(line: Line) -> None:
    """What `amparo lockdown` does, from beginning to end."""
    close(line.hotline.lockdown, "ana", "a subpoena", line.clock())
    forget(Emptying(line.hotline.volatile))


def unlock(line: Line) -> None:
    """What `amparo lockdown lift` does. This process has looked since."""
    lift(
        line.hotline.lockdown,
        Emptying(line.hotline.volatile),
        by="ben",
        answer="",
        reason="over",
        now=line.clock(),
    )
    line.hotline.watch.look()


def texts_all(texter: Texter, *bodies: str) -> str:
    """Sends these one after the other; the last answer."""
    return [texter.texts(body) for body in bodies][-1]


def in_ram(volatile: Redis) -> set[str]:
    """The families of keys that the volatile memory still holds."""
    return {name.split(":")[0] for name in witness.contents(volatile)}


@pytest.fixture
def texter(line: Line) -> Texter:
    """A person with a number that no other test knows."""
    return line.texter(NUMBER)


@pytest.fixture
def asked(line: Line, texter: Texter) -> Referral:
    """She has just asked for a lawyer, and her request is found under today's pepper."""
    texts_all(texter, *TO_CONSENT, "1")
    line.rekeys()
    (referral,) = line.hotline.referrals.open()
    return referral


# --- what is said --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body", ["1", "0", "hola", "NOW", "I want to die", "they are at my door", "7K2MX", ""]
)
def test_every_text_gets_the_fixed_text_at_once(line: Line, texter: Texter, body: str) -> None:
    """In the middle of a conversation, in an emergency, with a code: in the instant in which the command returns."""
    texts_all(texter, "hola", "1")
    lock(line)

    answer = texter.texts(body)

    assert line.hotline.locked_text == answer
    assert "911" in answer
    assert "202-555-0142" in answer


def test_nothing_is_confirmed_and_nothing_claimed_to_be_received(line: Line) -> None:
    """Whoever reads it knows that nobody has heard her."""
    claims = ("hecho", "Clave", "requested", "received", "recib", "guard", "keep", "record")

    assert not [word for word in claims if word in line.hotline.locked_text]


def test_the_consent_of_that_very_instant_is_no_request(line: Line, texter: Texter) -> None:
    """The process has looked a moment ago and believes that the line is open: the memories know better."""
    texts_all(texter, *TO_CONSENT)
    assert not line.hotline.watch.locked
    lock(line)

    assert line.hotline.locked_text == texter.texts("1")
    assert () == line.hotline.referrals.held_ids()


def test_a_repeated_text_gets_the_fixed_text_too(line: Line, texter: Texter) -> None:
    """What it was answered before is forgotten."""
    sid = new_sid()
    texter.texts("hola", sid=sid)
    lock(line)

    assert line.hotline.locked_text == said(texter.posts("hola", sid=sid))


def test_every_process_notices(line: Line, texter: Texter) -> None:
    """Another web process, in the middle of other conversations, and one that starts while the line is locked."""
    other = Line(bootstrap(line.hotline.config, line.clock), line.clock, line.identity)
    texts_all(other.texter("+12025550177"), "hola", "1")
    lock(line)
    fresh = Line(bootstrap(line.hotline.config, line.clock), line.clock, line.identity)

    answers = {each.texter("+12025550177").texts("1") for each in (line, other, fresh)}

    assert {line.hotline.locked_text} == answers


def test_a_command_that_died_half_way_has_locked_the_line(line: Line, texter: Texter) -> None:
    """The lock was written and nothing was emptied: every process notices by itself, within two seconds."""
    texts_all(texter, "hola", "1")
    close(line.hotline.lockdown, "ana", "a raid", line.clock())
    began = time.monotonic()

    while texter.texts("0") != line.hotline.locked_text:
        assert time.monotonic() - began < NOTICED
        time.sleep(0.05)


def test_calls_are_answered_and_callbacks_taken(line: Line, volatile: Redis) -> None:
    """The voice text as ever; a status is taken and not kept, whatever it says."""
    lock(line)
    line.hotline.watch.look()

    answers = [line.post(f"/sms/status{way}", CALLBACK) for way in ("", "/abcdefgh")]
    odd = line.post("/sms/status/abcdefgh", {**CALLBACK, "MessageStatus": "unheard-of"})
    call = line.post("/voice", CALL)

    assert [200, 200, 200, 200] == [each.status_code for each in (*answers, odd, call)]
    assert b"911" in call.data
    assert set() == in_ram(volatile)


def test_who_forges_a_webhook_is_refused_as_ever(line: Line) -> None:
    """A locked line is no oracle."""
    lock(line)

    assert 403 == line.client.post("/sms", data={"From": NUMBER}).status_code


# --- the words themselves ------------------------------------------------------------------------


def test_the_text_in_the_code_is_the_one_in_the_catalogs() -> None:
    """In every language: it is in all of them at once."""
    catalogs = read_sources().content.catalogs

    assert {LOCKED} == {catalog.texts["shared.locked"].text for catalog in catalogs.values()}


def test_it_takes_two_segments_with_the_longest_name(line: Line) -> None:
    """And each of its characters is a plain one."""
    config = replace(line.hotline.config, line_name="L" * LONGEST_LINE_NAME)
    counted = segments(locked_text(config, None))

    assert (2, ()) == (counted.count, tuple(counted.forced_by))


def test_it_is_said_with_no_revision_and_with_one_that_is_too_old(line: Line, texter: Texter) -> None:
    """The words in the code are the last resort."""
    live = line.hotline.live.current()
    catalogs = {
        language: replace(catalog, texts={k: v for k, v in catalog.texts.items() if k != "shared.locked"})
        for language, catalog in live.content.catalogs.items()
    }
    old = replace(live, content=replace(live.content, catalogs=catalogs))
    expected = line.hotline.locked_text

    assert {expected} == {locked_text(line.hotline.config, each) for each in (None, old, live)}


def test_a_line_with_nothing_published_says_it(line: Line, durable: Redis) -> None:
    """And hears Twilio's own opt-out words."""
    durable.delete(keys.LIVE())
    bare = bootstrap(line.hotline.config, line.clock)
    lock(line)
    texter = Line(bare, line.clock, line.identity).texter(NUMBER)

    assert (line.hotline.locked_text, "") == (texter.texts("alto"), texter.texts("Stop"))
    assert 1 == len(line.hotline.contacts.noted_stops())


# --- what is forgotten ---------------------------------------------------------------------------


def test_nothing_in_ram_tells_about_anybody(
    line: Line, texter: Texter, asked: Referral, volatile: Redis
) -> None:
    """No session, answer, pepper, contact, mark or job; neither number nor pseudonym nor reference."""
    texts_all(texter, "menu", BODY, asked.reference)
    line.post("/sms/status/abcdefgh", CALLBACK)
    today = peppers.load(volatile, line.clock())
    pseudonyms = [today.today.pseudonym(purpose, NUMBER) for purpose in ("address", "contact")]
    assert {"session", "answer", "seen", "pepper", "contact", "rekeyed", "callback", "rq"} <= in_ram(volatile)
    assert [each for each in pseudonyms if each.encode() in witness.plain(volatile)]

    lock(line)

    left = witness.plain(volatile)
    assert set() == in_ram(volatile)
    assert [] == found(left, NUMBER, BODY, asked.reference, *pseudonyms)
    assert asked.id.encode() not in left


def test_texts_to_a_locked_line_leave_nothing(
    line: Line, texter: Texter, volatile: Redis, durable: Redis
) -> None:
    """In neither memory, not one key."""
    lock(line)
    before = witness.contents(durable)

    texts_all(texter, "hola", BODY, "1", "they are at my door")

    assert (before, {}) == (witness.contents(durable), witness.contents(volatile))


def test_signs_of_life_and_what_is_not_ours_stay(line: Line, volatile: Redis) -> None:
    """A heartbeat, rq's register of workers, and what somebody else keeps in this server."""
    for name in (keys.HEARTBEAT("worker"), "rq:workers", "rq:worker:abc", "somebody:elses"):
        volatile.set(name, "1")
    for name in ("rq:queue:referrals", "rq:job:abc", "rq:workersomething"):
        volatile.set(name, "1")

    lock(line)

    assert {"heartbeat:worker", "rq:workers", "rq:worker:abc", "somebody:elses"} == set(
        witness.contents(volatile)
    )


# --- a text that was in the middle ---------------------------------------------------------------


class _LocksInBetween(Sessions):
    """Somebody locks the line just after the conversation was read."""

    locks: Callable[[], None]

    def read(self, address: str, sid: str) -> Before:
        before = super().read(address, sid)
        self.locks()
        return before


def in_between(line: Line, locks: Callable[[], None]) -> Texter:
    """A person whose text is being answered while the line is locked."""
    hotline = line.hotline
    sessions = _LocksInBetween(hotline.volatile, line.clock, hotline.watch.refuse)
    sessions.locks = locks
    return Line(replace(hotline, sessions=sessions), line.clock, line.identity).texter(NUMBER)


def test_a_consent_that_is_overtaken_writes_nothing(
    line: Line, texter: Texter, volatile: Redis, durable: Redis
) -> None:
    """Read before the lock, decided after it: no request, no contact, no session, and nothing is confirmed."""
    texts_all(texter, *TO_CONSENT)

    answer = in_between(line, lambda: lock(line)).texts("1")

    assert answer in {line.hotline.locked_text, line.hotline.down_text}
    assert ((), set()) == (line.hotline.referrals.held_ids(), in_ram(volatile))


def test_a_consent_is_refused_by_the_durable_memory_itself(line: Line, texter: Texter) -> None:
    """The lock alone is there, the volatile memory is as it was: the script that writes requests looks at the lock."""
    texts_all(texter, *TO_CONSENT)

    answer = in_between(line, lambda: _closed(line)).texts("1")

    assert line.hotline.locked_text == answer
    assert () == line.hotline.referrals.held_ids()


def _closed(line: Line) -> None:
    close(line.hotline.lockdown, "ana", "a raid", line.clock())


def test_a_menu_that_is_overtaken_is_answered_and_not_kept(line: Line, volatile: Redis) -> None:
    """The text came before the lock; no session is written under a pepper that is gone."""
    answer = in_between(line, lambda: lock(line)).texts("hola")

    assert "Amparo" in answer
    assert set() == in_ram(volatile)


def test_no_pepper_is_made_while_somebody_locks(line: Line, volatile: Redis) -> None:
    """Not locked, said the memory; then somebody locked and emptied; then the pepper is made: it is taken back."""
    asked: list[int] = []

    def refuse() -> None:
        line.hotline.watch.refuse()
        if not asked:
            lock(line)
        asked.append(1)

    with pytest.raises(LockedError):
        peppers.load(volatile, line.clock(), refuse)

    assert {} == witness.contents(volatile)


def test_whoever_saw_an_old_pepper_before_the_lock_finds_it_gone(line: Line, volatile: Redis) -> None:
    """The proof in one test: loaded and not locked means loaded before the lock, and so before the emptying."""
    today = peppers.load(volatile, line.clock(), line.hotline.watch.refuse)
    lock(line)

    with pytest.raises(MemoryDown):
        line.hotline.contacts.add(today, NUMBER, "r" * 32)
    with pytest.raises(MemoryDown):
        line.hotline.contacts.mark_rekeyed(today)

    assert {} == witness.contents(volatile)


# --- requests ------------------------------------------------------------------------------------


def sealed(durable: Redis) -> dict[str, Any]:
    """All that the durable memory holds of requests, byte for byte."""
    kept = ("referral", "reference", "outbox", "inbox")
    return {name: value for name, value in witness.contents(durable).items() if name.startswith(kept)}


def test_requests_stay_byte_for_byte(line: Line, texter: Texter, asked: Referral, durable: Redis) -> None:
    """Whatever is texted, and whatever the line tries."""
    before = sealed(durable)
    lock(line)
    store, wishes = line.hotline.referrals, line.hotline.wishes
    tries: tuple[Callable[[], object], ...] = (
        lambda: wishes.stop(asked.id),
        lambda: wishes.withdraw(asked.id, line.clock()),
        lambda: store.replace(asked, replace(asked, calls=1)),
        lambda: store.request(
            ("z" * 32,), lambda drawn: replace(asked, id="z" * 32, reference=drawn), lambda: "ZZZZZ"
        ),
        lambda: store.request((asked.id,), lambda _: asked, lambda: "ZZZZZ"),
        line.works,
    )

    for each in tries:
        with pytest.raises(LockedError):
            each()
    texts_all(texter, asked.reference, "withdraw", "erase", "STOP", "1")

    assert before == sealed(durable)
    assert ([], []) == (line.mail.sent, line.carrier.sent)


def test_after_the_lift_everything_goes_on(line: Line, texter: Texter, asked: Referral) -> None:
    """What was owed is done, the request is found again from its phone, and the next text is a first text."""
    lock(line)
    texter.texts("hola")
    unlock(line)

    assert "Amparo: contesta una computadora" in texter.texts("hola")
    line.rekeys()
    line.works()
    line.hotline.desk.accept(asked.id, asked.office, line.clock())
    line.works()
    texts_all(texter, "1", asked.reference)

    assert (1, [NUMBER]) == (len(line.mail.sent), [number for number, _ in line.carrier.sent])
    assert asked.word in texter.last


def test_the_next_lock_is_a_new_one(line: Line, texter: Texter) -> None:
    """Locked, lifted and locked again within a second."""
    lock(line)
    unlock(line)
    open_again = texter.texts("hola")
    lock(line)

    assert line.hotline.locked_text != open_again
    assert line.hotline.locked_text == texter.texts("hola")


def test_a_mark_that_a_straggler_left_is_not_believed(line: Line, asked: Referral, volatile: Redis) -> None:
    """That the day was re-keyed is not true any more, and a line that believed it would be deaf to STOP."""
    day = peppers.day_of(line.clock())
    lock(line)
    volatile.set(keys.REKEYED(day), b"1")
    unlock(line)

    assert line.hotline.contacts.rekey_wanted(day)


# --- STOP ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "more", "silent"),
    [
        ("STOP", {"OptOutType": "STOP"}, True),
        ("stop", {}, True),
        ("ALTO", {}, False),
        ("please stop texting me", {}, False),
        ("rete", {}, False),
    ],
)
def test_a_stop_holds_after_the_lift(
    line: Line, texter: Texter, asked: Referral, body: str, more: dict[str, str], silent: bool
) -> None:
    """Sealed to the worker meanwhile; and it survives that somebody locks once more, and the lift."""
    lock(line)
    answer = texter.texts(body, **more)
    lock(line)
    unlock(line)
    line.rekeys()
    line.works()

    found_again = line.hotline.referrals.get(asked.id)
    assert found_again is not None
    assert ("" if silent else line.hotline.locked_text) == answer
    assert "stopped" == found_again.texting
    assert (1, []) == (len(line.mail.sent), line.carrier.sent)


def test_the_number_that_sent_a_stop_is_read_by_nobody_but_the_worker(
    line: Line, texter: Texter, volatile: Redis, durable: Redis
) -> None:
    """A sealed box in RAM, and nothing on the disk."""
    lock(line)
    before = witness.contents(durable)
    texter.texts("alto")

    assert {"stopped"} == in_ram(volatile)
    assert [] == found(witness.plain(volatile), NUMBER)
    assert before == witness.contents(durable)


def test_no_other_text_is_taken_for_a_stop(line: Line, texter: Texter, volatile: Redis) -> None:
    """A question with the word in it leaves nothing."""
    lock(line)
    texts_all(texter, "Stop ICE from entering my home?", "hola")

    assert set() == in_ram(volatile)


# --- bad days ------------------------------------------------------------------------------------


def test_a_process_that_knows_stays_locked_when_the_durable_memory_is_down(
    line: Line, servers: Servers, texter: Texter
) -> None:
    """And so it stays when both are."""
    lock(line)
    texter.texts("hola")
    servers.durable.kill()
    first = texter.texts("1")
    servers.volatile.kill()

    assert {line.hotline.locked_text} == {first, texter.texts("2")}


def test_whoever_knows_of_the_lock_does_not_forget_it(line: Line, servers: Servers) -> None:
    """Asked anew with the durable memory down, the answer is "locked" and not "nobody can tell"."""
    lock(line)
    knows, knows_not = (bootstrap(line.hotline.config, line.clock).watch for _ in range(2))
    knows.look()
    servers.durable.kill()

    with pytest.raises(LockedError):
        knows.refuse()
    with pytest.raises(MemoryDown):
        knows_not.refuse()


def test_a_new_day_begins_without_the_durable_memory_where_the_line_was_seen_open(
    line: Line, servers: Servers
) -> None:
    """Menus go on in the evening; and a memory that hangs is asked once, and not at each question."""

    class Counted(Lockdown):
        looks = 0

        def stands(self) -> bool:
            self.looks += 1
            return super().stands()

    lockdown = Counted(line.hotline.durable)
    watch = Watch(lockdown)
    watch.look()
    servers.durable.kill()
    for _ in range(3):
        watch.refuse_if_known()

    assert 2 == lockdown.looks
    with pytest.raises(MemoryDown):
        Watch(Lockdown(line.hotline.durable)).refuse_if_known()


def test_a_process_that_does_not_know_does_nothing_either(
    line: Line, servers: Servers, texter: Texter, volatile: Redis
) -> None:
    """It had a pepper, which is gone, and cannot ask whether it may make one: it says that the line has trouble."""
    texts_all(texter, "hola", "1")
    lock(line)
    servers.durable.kill()

    assert line.hotline.down_text == texter.texts("1")
    assert set() == in_ram(volatile)


def test_the_lock_survives_restarts_of_both_memories(line: Line, servers: Servers, texter: Texter) -> None:
    """After kill -9 of both: the durable one reads it from its file, and the volatile one need not know."""
    lock(line)
    for server in (servers.durable, servers.volatile):
        server.kill()
        server.start()
    fresh = Line(bootstrap(line.hotline.config, line.clock), line.clock, line.identity)

    assert {line.hotline.locked_text} == {each.texter(NUMBER).texts("hola") for each in (line, fresh)}


def test_the_volatile_memory_is_down_when_somebody_locks(
    line: Line, servers: Servers, texter: Texter
) -> None:
    """The lock stands, and it is said that nothing was emptied."""
    texts_all(texter, "hola", "1")
    servers.volatile.pause()
    with pytest.raises(MemoryDown):
        lock(line)
    servers.volatile.resume()
    line.hotline.watch.look()

    assert line.hotline.locked_text == texter.texts("1")


def test_readyz_says_locked_since_when_and_not_why(line: Line) -> None:
    """Whoever may ask a door need not know the reason."""
    lock(line)
    answer = line.client.get("/readyz")

    assert 503 == answer.status_code
    assert "The line is locked: every text gets one fixed answer." in answer.get_json()["missing"]
    assert "2026-07-07T16:00:00+00:00" == answer.get_json()["locked_since"]
    assert "subpoena" not in answer.get_data(as_text=True)


def test_the_log_says_nothing_of_a_person(
    line: Line, texter: Texter, servers: Servers, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither the text nor the number, in a lockdown and when its STOP cannot be kept."""
    lock(line)
    with witness.log() as written:
        texts_all(texter, BODY, "alto")
        servers.volatile.kill()
        texter.texts("alto")

    shown = written.getvalue() + "".join(capfd.readouterr())
    assert "a STOP could not be kept" in shown
    assert [] == found(shown.encode(), NUMBER, BODY)


def test_a_look_costs_an_open_line_one_question_a_second(line: Line) -> None:
    """The lock is asked for together with what is live."""
    asks: list[int] = []
    live = LiveRevision(
        line.hotline.revisions, line.hotline.suspensions, clock=lambda: 0.0, besides=lambda: asks.append(1)
    )

    for _ in range(3):
        live.current()

    assert [1] == asks
