"""Bad days: a memory that is down, hangs, refuses or forgets. In time an honest text, and never a confirmation.

"In time" is less than three waits for a memory that hangs (app.store.memory: one second each), because a turn meets
two at most. It is a race and no stopwatch: a second client asks a silent memory three times meanwhile, on the same
machine and under the same load, and the texter must have her answer before it gives up. The seconds themselves are
printed by `make bench`.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace

import pytest
from redis import Redis

from app.host.supervisor import wait_until
from app.live import LiveRevision
from app.store.memory import MemoryDown, connect, why
from tests.app import witness
from tests.servers import Server, Servers
from tests.texter import Line, Texter, new_sid, said

TO_CONSENT = ("hola", "1", "1", "Texas", "1")
VOICE = "202-555-0142"
PATIENCE = 3  # waits for a memory that hangs; Twilio waits for fifteen such and a frightened person less

Trouble = Callable[[Servers], None]

TROUBLES: dict[str, Trouble] = {
    "the volatile memory is down": lambda servers: servers.volatile.kill(),
    "the volatile memory hangs": lambda servers: servers.volatile.pause(),
    "both are down": lambda servers: all_of(servers.volatile.kill, servers.durable.kill),
    "both hang": lambda servers: all_of(servers.volatile.pause, servers.durable.pause),
}
DURABLE_TROUBLES: dict[str, Trouble] = {
    "the durable memory is down": lambda servers: servers.durable.kill(),
    "the durable memory hangs": lambda servers: servers.durable.pause(),
}


def all_of(*steps: Callable[[], None]) -> None:
    """Does each."""
    for step in steps:
        step()


@contextmanager
def in_time(waits: int = PATIENCE) -> Iterator[None]:
    """Fails if this takes longer than so many waits for a memory that takes connections and says nothing."""
    with ThreadPoolExecutor(1) as pool, socket.create_server(("127.0.0.1", 0)) as silent:
        gave_up = pool.submit(_asks, f"redis://127.0.0.1:{silent.getsockname()[1]}", waits)
        yield
        late = gave_up.done()
        gave_up.cancel()
    assert not late


def _asks(url: str, times: int) -> None:
    """Asks so many times, one wait after the other; when the test is over the door is shut and it ends at once."""
    client = connect(url)
    for _ in range(times):
        with suppress(MemoryDown):
            client.ping()
    client.close()


def tells(texter: Texter, *bodies: str) -> str:
    """Sends these texts one after the other; the last answer."""
    return [texter.texts(body) for body in bodies][-1]


def honest(answer: str) -> bool:
    """True for the fixed text: both languages, the voice number, 911, and nothing that confirms."""
    return (
        "hay un problema" in answer
        and "has trouble" in answer
        and VOICE in answer
        and "911" in answer
        and not [word for word in ("hecho", "Clave", "requested", "received", "recib") if word in answer]
    )


def mend(server: Server) -> None:
    """The server answers again, with what it still has."""
    if server.running is None:
        server.start()
    server.resume()


def referrals(line: Line) -> list[str]:
    """The references of all open requests."""
    return [referral.reference for referral in line.hotline.referrals.open()]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_without_a_memory_of_the_conversation_the_voice_number_is_given(
    line: Line, servers: Servers, trouble: str
) -> None:
    """To a first text, an answer, STOP and an emergency alike; in time, and nothing is half done."""
    texter = line.texter()
    tells(texter, *TO_CONSENT)
    TROUBLES[trouble](servers)

    for body in ("1", "STOP please"):
        with in_time():
            assert honest(texter.texts(body)), body
    mend(servers.durable)
    assert [] == referrals(line)


@pytest.mark.parametrize("trouble", DURABLE_TROUBLES)
def test_a_request_that_cannot_be_written_is_not_confirmed(
    line: Line, servers: Servers, trouble: str
) -> None:
    """And the same text, delivered again when all is well, makes exactly one; and so does another."""
    texter = line.texter()
    tells(texter, *TO_CONSENT)
    sid = new_sid()
    DURABLE_TROUBLES[trouble](servers)

    with in_time():
        assert honest(texter.texts("1", sid=sid))
    mend(servers.durable)

    first = texter.texts("1", sid=sid)
    (reference,) = referrals(line)
    assert reference in first
    assert first == texter.texts("1", sid=sid)
    texter.texts("1")
    assert [reference] == referrals(line)


@pytest.mark.parametrize("trouble", DURABLE_TROUBLES)
def test_who_tries_again_with_a_new_text_gets_one_request(line: Line, servers: Servers, trouble: str) -> None:
    """Even if the first was written after all, when the server woke up."""
    texter = line.texter()
    tells(texter, *TO_CONSENT)
    DURABLE_TROUBLES[trouble](servers)
    texter.texts("1")
    mend(servers.durable)

    answer = texter.texts("1")

    (reference,) = referrals(line)
    assert reference in answer


def test_a_request_is_refused_in_time_when_a_new_revision_is_looked_for_as_well(
    line: Line, servers: Servers
) -> None:
    """Two waits for the same hung memory are the most that one text can meet."""
    ticks = [0.0]
    live = LiveRevision(line.hotline.revisions, line.hotline.suspensions, lambda: ticks[0])
    slow = Line(replace(line.hotline, live=live), line.clock, line.identity)
    texter = slow.texter()
    tells(texter, *TO_CONSENT)
    servers.durable.pause()
    ticks[0] = 10.0

    with in_time():
        assert honest(texter.texts("1"))


def test_a_stop_that_twilio_answered_gets_silence_on_bad_days_too(line: Line, servers: Servers) -> None:
    """Who opted out gets no text about our troubles."""
    texter = line.texter()
    tells(texter, "hola", "1")
    servers.volatile.kill()

    assert "" == texter.texts("STOP", OptOutType="STOP") == texter.texts("stop")


@pytest.mark.parametrize("trouble", DURABLE_TROUBLES)
def test_menus_go_on_without_the_durable_memory(line: Line, servers: Servers, trouble: str) -> None:
    """From the revision at hand, for old and new texters; only what must be written is refused."""
    texter = line.texter()
    texter.texts("hola")
    DURABLE_TROUBLES[trouble](servers)

    for body, words in (
        ("1", "Diga a la persona"),
        ("0", "Peligro: 911"),
        ("they are at my door", "No abra"),
    ):
        with in_time():
            assert words in texter.texts(body), body
    with in_time():
        assert "Amparo: a computer" in line.texter("+12025550112").texts("hello")


@pytest.mark.parametrize("trouble", DURABLE_TROUBLES)
def test_a_process_that_knows_no_revision_yet_gives_the_voice_number(
    line: Line, servers: Servers, trouble: str
) -> None:
    """To everybody who texts at once, none waiting for the other."""
    fresh = replace(line.hotline, live=LiveRevision(line.hotline.revisions, line.hotline.suspensions))
    DURABLE_TROUBLES[trouble](servers)

    def text(number: int) -> str:
        own = Line(fresh, line.clock, line.identity)
        return own.texter(f"+120255501{number}").texts("hola")

    with in_time(), ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(text, range(20, 28)))

    assert [True] * 8 == [honest(answer) for answer in answers]


def test_a_call_is_answered_when_both_memories_hang(line: Line, servers: Servers) -> None:
    """It waits for none of them."""
    servers.durable.pause()
    servers.volatile.pause()

    with in_time(waits=1):
        answer = line.post("/voice", {"CallSid": "CA" + "0" * 32, "AccountSid": "AC" + "0" * 32})

    assert 200 == answer.status_code


@pytest.mark.parametrize(
    ("trouble", "named"),
    [
        ("the volatile memory hangs", ["REDIS_VOLATILE_URL"]),
        ("the durable memory hangs", ["REDIS_URL"]),
        ("both hang", ["REDIS_URL", "REDIS_VOLATILE_URL"]),
        ("both are down", ["REDIS_URL", "REDIS_VOLATILE_URL"]),
    ],
)
def test_readyz_names_what_is_missing(line: Line, servers: Servers, trouble: str, named: list[str]) -> None:
    """In time; and healthz says that the process itself is well."""
    (TROUBLES | DURABLE_TROUBLES)[trouble](servers)

    with in_time():
        answer = line.client.get("/readyz")

    missing = " ".join(answer.get_json()["missing"])
    assert (503, named) == (
        answer.status_code,
        [name for name in ("REDIS_URL", "REDIS_VOLATILE_URL") if f"({name})" in missing],
    )
    assert 200 == line.client.get("/healthz").status_code


def test_a_status_callback_is_taken_when_nothing_can_be_kept(line: Line, servers: Servers) -> None:
    """Twilio need not try again."""
    servers.volatile.kill()
    form = {"AccountSid": "AC" + "0" * 32, "MessageStatus": "sent"}

    with in_time():
        assert 200 == line.post("/sms/status/d1234567", form).status_code


# --- a memory that forgot ------------------------------------------------------------------------


def test_after_a_restart_of_the_volatile_memory_the_next_text_is_a_first_text(
    line: Line, servers: Servers
) -> None:
    """Another pepper under a running process: no crash, nothing half remembered."""
    texter = line.texter()
    first = texter.texts("hola")
    tells(texter, "1", "1")
    servers.volatile.kill()
    servers.volatile.start()

    answer = texter.texts("1")

    assert "We do not keep your place" in answer
    assert "no guardamos su lugar" in answer
    assert first == texter.texts("hola")


def test_after_a_restart_a_repeated_consent_repeats_nothing(line: Line, servers: Servers) -> None:
    """The session that consented is gone with the pepper."""
    texter = line.texter()
    tells(texter, *TO_CONSENT)
    sid = new_sid()
    confirmed = texter.texts("1", sid=sid)
    (reference,) = referrals(line)
    servers.volatile.kill()
    servers.volatile.start()

    again = texter.texts("1", sid=sid)

    assert ([reference], True, False) == (referrals(line), reference in confirmed, reference in again)


def test_a_stop_after_a_restart_reaches_the_open_request(line: Line, servers: Servers) -> None:
    """It waits, sealed, until the worker has written the requests under the new pepper."""
    texter = line.texter()
    tells(texter, *TO_CONSENT, "1")
    servers.volatile.kill()
    servers.volatile.start()
    texter.texts("alto")
    line.rekeys()

    assert ["stopped"] == [referral.texting for referral in line.hotline.referrals.open()]


def test_the_volatile_memory_forgets_its_scripts_and_the_line_does_not_mind(
    line: Line, volatile: Redis, durable: Redis
) -> None:
    """SCRIPT FLUSH, or another server behind the same address."""
    texter = line.texter()
    tells(texter, "hola", "1")
    volatile.script_flush()
    durable.script_flush()

    assert "Ya va su pedido" in tells(texter, "1", "Texas", "1", "1")


# --- a memory that refuses -----------------------------------------------------------------------


@contextmanager
def full(server: Server) -> Iterator[None]:
    """The server refuses to grow: `maxmemory` is reached, and nothing may be evicted."""
    client = connect(server.url)
    before = client.config_get("maxmemory")["maxmemory"] or "0"
    client.config_set("maxmemory", "1")
    yield
    client.config_set("maxmemory", before)
    client.close()


@contextmanager
def a_copy(server: Server) -> Iterator[None]:
    """The server is a replica of another that is gone: it can be read, and takes no write."""
    client = connect(server.url)
    client.execute_command("REPLICAOF", "127.0.0.1", "1")
    yield
    client.execute_command("REPLICAOF", "NO", "ONE")
    client.close()


@contextmanager
def locked(server: Server) -> Iterator[None]:
    """Somebody has changed the password, and the connections that stood are cut."""
    client = connect(server.url)
    client.config_set("requirepass", SECRET)
    client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    yield
    client.config_set("requirepass", "")
    client.close()


@contextmanager
def loading(server: Server) -> Iterator[None]:
    """The server was started again and reads its file: some seconds long, by Redis's own `key-load-delay`."""
    client = connect(server.url, 10.0)
    client.config_set("auto-aof-rewrite-percentage", "0")
    pipe = client.pipeline(transaction=False)
    for _ in range(40_000):
        pipe.incr("filler")
    pipe.execute()
    server.kill()
    server.launch("--key-load-delay", "100")
    wait_until(lambda: "reading" in trouble_of(server), 10)
    yield
    server.kill()
    server.start()
    client.delete("filler")
    client.close()


def trouble_of(server: Server) -> str:
    """What a client is told that asks now; nothing if all is well."""
    with connect(server.url) as client:
        try:
            client.ping()
        except MemoryDown as error:
            return why(error)
    return ""


@contextmanager
def without_room(server: Server, *options: str) -> Iterator[None]:
    """The disk has no room for another hundred bytes.

    A true full disk needs a file system of its own, and so root. The limit on the size of a file (RLIMIT_FSIZE, its
    signal ignored) makes the same write(2) fail or fall short, in the same place of the server.
    """
    server.kill()
    # appendonly.aof.7.incr.aof: a rewriting that the kill broke off has left more than one, the last is written to.
    written_to = max(server.data.rglob("*.incr.aof"), key=lambda file: int(file.name.split(".")[-3]))
    room = written_to.stat().st_size + 100
    never = ("--auto-aof-rewrite-percentage", "0")
    server.start(*options, *never, through=(sys.executable, "-c", _SMALL, str(room)))
    yield
    server.kill()
    server.start()


_SMALL = """
import os, resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
os.execv(sys.argv[2], sys.argv[2:])
"""

SECRET = "a-password-nobody-knows"
Refusal = Callable[[Server], AbstractContextManager[None]]

REFUSALS: dict[str, tuple[Refusal, str]] = {
    "full": (full, "is full and takes no writes: give it more memory (maxmemory)"),
    "a copy": (a_copy, "is a read-only copy and takes no writes: name the server it is a copy of"),
    "locked": (locked, "refuses the password"),
    "loading": (loading, "is still reading its file; it answers when it is done"),
}
WITHOUT_A_FILE = [name for name in REFUSALS if name != "loading"]


@pytest.mark.parametrize("refusal", WITHOUT_A_FILE)
def test_a_volatile_memory_that_refuses_is_said_honestly(
    line: Line, servers: Servers, volatile: Redis, refusal: str
) -> None:
    """Nobody is moved and nothing is confirmed; afterwards the conversation goes on where it was."""
    texter = line.texter()
    tells(texter, *TO_CONSENT)
    before = witness.contents(volatile)

    with REFUSALS[refusal][0](servers.volatile), in_time():
        assert honest(texter.texts("1"))
        assert honest(line.texter("+12025550112").texts("hola"))

    # A door that was shut has cut this client's connection too.
    assert before == witness.contents(connect(servers.volatile.url))
    assert "Ya va su pedido" in texter.texts("1")
    assert 1 == len(referrals(line))


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_durable_memory_that_refuses_takes_no_request_by_halves(
    line: Line, servers: Servers, durable: Redis, refusal: str
) -> None:
    """Not confirmed, nothing written; menus go on; and the same text makes one request when all is well."""
    texter = line.texter()
    tells(texter, *TO_CONSENT)
    before = witness.contents(durable)

    with REFUSALS[refusal][0](servers.durable):
        with in_time():
            assert honest(texter.texts("1"))
        with in_time():
            assert "Amparo" in line.texter("+12025550112").texts("hola")

    assert before == witness.contents(connect(servers.durable.url))
    assert "Ya va su pedido" in texter.texts("1")
    assert 1 == len(referrals(line))


def test_a_disk_without_room_takes_no_request_by_halves(line: Line, servers: Servers, durable: Redis) -> None:
    """Our own server ends rather than confirm what it cannot keep, and has nothing of it when it is back."""
    texter = line.texter()
    tells(texter, *TO_CONSENT)
    before = witness.contents(durable)

    with without_room(servers.durable):
        with in_time():
            assert honest(texter.texts("1"))
        assert wait_until(lambda: servers.durable.running is not None and servers.durable.running.ended, 5)

    assert before == witness.contents(connect(servers.durable.url))
    assert "Ya va su pedido" in texter.texts("1")
    assert 1 == len(referrals(line))


def test_a_server_that_goes_on_without_room_takes_no_request_either(line: Line, servers: Servers) -> None:
    """Somebody else's, with appendfsync everysec: it refuses (MISCONF), and /readyz says what to mend."""
    texter = line.texter()
    tells(texter, *TO_CONSENT)

    with without_room(servers.durable, "--appendfsync", "everysec"):
        connect(servers.durable.url).set("filler", "x" * 200)
        assert wait_until(lambda: "disk" in trouble_of(servers.durable), 10)
        with in_time():
            assert honest(texter.texts("1"))
        (said,) = [each for each in missing(line) if "(REDIS_URL)" in each]

    assert (
        "The durable Redis (REDIS_URL) cannot write to its disk and takes no writes: make room there." == said
    )
    assert [] == referrals(line)
    assert "Ya va su pedido" in texter.texts("1")


def missing(line: Line) -> list[str]:
    """What /readyz says is missing."""
    answer = line.client.get("/readyz")
    assert 503 == answer.status_code
    found: list[str] = answer.get_json()["missing"]
    return found


@pytest.mark.parametrize("refusal", REFUSALS)
def test_readyz_says_why_the_durable_memory_refuses(line: Line, servers: Servers, refusal: str) -> None:
    """In a plain sentence that names the setting, and neither an address nor a password."""
    trouble, words = REFUSALS[refusal]

    with trouble(servers.durable), in_time():
        said = missing(line)

    assert f"The durable Redis (REDIS_URL) {words}." in said
    assert [] == [part for part in (SECRET, str(servers.data), ".sock") if part in "".join(said)]


@pytest.mark.parametrize("refusal", WITHOUT_A_FILE)
def test_readyz_says_why_the_volatile_memory_refuses(line: Line, servers: Servers, refusal: str) -> None:
    """And that alone: of the worker nothing is known then."""
    trouble, words = REFUSALS[refusal]

    with trouble(servers.volatile), in_time():
        said = missing(line)

    assert [f"The volatile Redis (REDIS_VOLATILE_URL) {words}."] == said


# --- nothing of a person in the log --------------------------------------------------------------


def test_trouble_writes_nothing_of_a_person_into_the_log(
    line: Line, servers: Servers, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither the text, nor the number, nor the sid."""
    texter = line.texter()
    tells(texter, *TO_CONSENT)
    servers.durable.kill()
    servers.volatile.kill()
    sid = new_sid()

    with witness.log() as written:
        texter.texts("my cousin at the bakery", sid=sid)

    shown = written.getvalue() + "".join(capfd.readouterr())
    assert "a turn failed" in shown
    assert not [secret for secret in ("bakery", texter.number[1:], sid) if secret in shown]


def test_a_text_that_twilio_repeats_after_a_timeout_is_one_step(line: Line, servers: Servers) -> None:
    """The fixed text is no answer that counts: what was not understood before the trouble is heard after it."""
    texter = line.texter()
    tells(texter, "hola", "1")
    sid = new_sid()
    servers.volatile.pause()
    with in_time():
        assert honest(texter.texts("1", sid=sid))
    servers.volatile.resume()

    again = said(texter.posts("1", sid=sid))

    assert "ZIP" in again
