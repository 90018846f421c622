"""What is left behind of a conversation: nothing on a disk, nothing in the log, and in memory only pseudonyms."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from redis import Redis
from redis.exceptions import ResponseError

from app.commands.run import children_env, stages
from app.config import Config
from app.directory.endpoint import Endpoint, SealedSecret, new_secret
from app.lockdown import close, forget
from app.outside.guard import Guard
from app.outside.hooks import Hooks
from app.outside.sms import SmsError
from app.referral.bells import Bells
from app.referral.handover import Handover
from app.referral.hook_post import HookPost
from app.referral.messenger import Line as HandoverLine
from app.referral.messenger import Messenger
from app.sealing import recipient_of, unseal
from app.store import keys, peppers
from app.store.emptying import Emptying
from app.store.endpoints import Endpoints
from app.store.keys import FOREIGN, Memory, owner_of
from tests.app import witness
from tests.app.outside.receiver import Receiver, receiver, says
from tests.servers import Server, Servers
from tests.texter import COORDINATOR, PUBLIC_URL, Line, Texter, new_sid

NUMBER = "+13125550193"
OTHER_PHONE = "+16465550188"
WORD = "Quetzalina"
BODY = "Mi prima Xochitl está presa en la panadería"
# Her way to the consent, with another phone and a word.
ASKS = ("detuvieron a mi hermano", "1", "Texas", "3", "(646) 555-0188", "5", "1", WORD)
PRIVATE = "A912345678"


def spellings(secret: str) -> set[bytes]:
    """A secret as somebody might have left it: plain, spaced, encoded, or hashed without a key."""
    digits = secret.lstrip("+")
    plain = {secret, digits, secret.lower(), secret.upper(), quote(secret), secret.replace(" ", "+")}
    if digits.isdigit():
        local = digits[1:]
        area, middle, last = local[:3], local[3:6], local[6:]
        plain |= {local, f"{area}-{middle}-{last}", f"{area} {middle} {last}", f"({area}) {middle}-{last}"}
        plain |= {f"{area}.{middle}.{last}", f"{middle}{last}", " ".join(digits)}
    encoded = {each.encode() for each in plain} | {secret.encode("utf-16-le"), secret.encode("latin-1")}
    encoded |= {ascii(secret).strip("'").encode()}
    return encoded | {other for each in list(encoded) for other in _other_writings(each)}


def _other_writings(each: bytes) -> set[bytes]:
    hashed = {hashlib.new(name, each).digest() for name in ("md5", "sha1", "sha256")}
    hashed |= {digest.hex().encode() for digest in hashed}
    # In base64 the same bytes look three ways, by where they begin; the ends depend on the neighbours.
    shifted = {base64.b64encode(b"\0" * shift + each)[(4 if shift else 0) : -4] for shift in range(3)}
    return hashed | {each.hex().encode()} | {part for part in shifted if len(part) >= 8}


def found(haystack: bytes, *secrets: str) -> list[bytes]:
    """What of these secrets is there, in any spelling."""
    return [each for secret in secrets for each in spellings(secret) if each in haystack]


def test_the_search_finds_what_it_looks_for() -> None:
    """A search that finds nothing proves something only if it could."""
    wrote = [
        f"From={NUMBER}",
        "call 312-555-0193 now",
        base64.b64encode(f"to: {NUMBER}, twice".encode()).decode(),
        base64.b64encode(f"to:: {NUMBER}, twice".encode()).decode(),
        hashlib.sha256(NUMBER.encode()).hexdigest(),
        quote(NUMBER),
    ]

    assert all(found(text.encode(), NUMBER) for text in wrote)
    assert found(BODY.encode("utf-8"), BODY)
    assert not found(b"+13125550194", NUMBER)


@pytest.fixture
def texter(line: Line) -> Texter:
    """A person with a number that no other test knows."""
    return line.texter(NUMBER)


def plays_everything(line: Line, texter: Texter) -> str:
    """Menus, odd texts, a request with another phone and a word, the news of it, STOP; the request's code."""
    for body in ("hola", BODY, "1", "1", PRIVATE, "Texas", "3", "(646) 555-0188", "5", "1", WORD, "1"):
        texter.texts(body)
    (referral,) = line.hotline.referrals.open()
    line.works()
    for body in (referral.reference, "3", BODY.lower(), "ayuda", "1", "STOP", "START", "2", BODY):
        texter.texts(body)
    line.texter("whatsapp:" + NUMBER).texts(BODY)
    return referral.id


def rewritten(server: Server) -> None:
    """The append-only file written anew, as it is from time to time."""
    client = Redis.from_url(server.url)
    _at_rest(client)  # it may be at it by itself: a revision is large
    client.bgrewriteaof()
    _at_rest(client)
    client.close()


def _at_rest(client: Redis) -> None:
    while any(
        client.info("persistence")[name] for name in ("aof_rewrite_in_progress", "aof_rewrite_scheduled")
    ):
        time.sleep(0.01)


def test_no_number_no_text_and_no_word_is_written_anywhere(
    line: Line, texter: Texter, servers: Servers, durable: Redis, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not in a file, not in the durable memory, not in the log: only inside the sealed boxes."""
    rewritten(servers.durable)  # the server's file still holds what other tests wrote and flushed

    with witness.log() as written:
        identity = plays_everything(line, texter)
    folders = (servers.data, line.hotline.config.data)
    places = {"files": witness.files(*folders), "durable": witness.plain(durable)}
    rewritten(servers.durable)
    places["files after a rewrite"] = witness.files(*folders)
    places["log"] = (written.getvalue() + "".join(capfd.readouterr())).encode()

    referral = line.hotline.referrals.get(identity)
    assert referral is not None
    assert NUMBER.encode() == unseal(referral.number_box or b"", line.identity)
    assert {} == {
        name: left
        for name, place in places.items()
        if (left := found(place, NUMBER, OTHER_PHONE, BODY, PRIVATE, WORD))
    }
    assert [] == found(places["files"], "Xochitl", "presa en la")


def test_the_memory_in_ram_holds_no_number_and_no_text_either(
    line: Line, texter: Texter, volatile: Redis
) -> None:
    """Pseudonyms, names of choices and our own words; what was said of a word or a phone went into the box."""
    plays_everything(line, texter)

    assert [] == found(witness.plain(volatile), NUMBER, OTHER_PHONE, BODY, PRIVATE, WORD, "Xochitl")


def test_no_sid_is_kept_in_clear(line: Line, texter: Texter, durable: Redis, volatile: Redis) -> None:
    """Twilio maps it to a number for months."""
    sids = [new_sid() for _ in range(6)]
    for sid, body in zip(sids, ("hola", "1", "1", "Texas", "1", "1"), strict=True):
        texter.texts(body, sid=sid)

    left = witness.plain(durable) + witness.plain(volatile)

    assert 1 == len(line.hotline.referrals.held_ids())
    assert not [sid for sid in sids if sid.encode() in left or sid[2:].encode() in left]


def test_menus_leave_the_disk_as_it_was(line: Line, texter: Texter, servers: Servers, durable: Redis) -> None:
    """Not one byte in the durable memory or in any file, for everything but a request."""
    rewritten(servers.durable)  # or the server might do it by itself meanwhile
    before = (witness.contents(durable), witness.files(servers.data, line.hotline.config.data))

    for body in (
        *("hola", "2", "3", "2", "1", "Texas", "menu", "4", "2", "0", "5", "1", "english", "60629", "1", "9"),
        *("what is bail", "lawyer", "1", "Texas", "5", BODY, "help", "erase", "they are at my door", "bye"),
        *("STOP", "START"),
    ):
        texter.texts(body)

    assert before == (witness.contents(durable), witness.files(servers.data, line.hotline.config.data))


# --- the keys ------------------------------------------------------------------------------------


def undeclared(client: Redis, memory: Memory) -> list[str]:
    """Keys that nobody declared, or that live longer than was declared."""
    strays = []
    for name in witness.contents(client):
        key, life = owner_of(name, memory), client.ttl(name)
        foreign = memory == "volatile" and FOREIGN.fullmatch(name)
        in_bounds = key is not None and (life == -1 if key.life is None else 0 < life <= key.life)
        if not foreign and not in_bounds:
            strays.append(f"{name} {life}")
    return strays


def test_every_key_is_declared_with_its_life(
    line: Line, texter: Texter, durable: Redis, volatile: Redis
) -> None:
    """After everything that people can do."""
    plays_everything(line, texter)
    line.rekeys()
    texter.texts("hola")
    line.texter("+13125550194").texts("hola")

    assert ([], []) == (undeclared(durable, "durable"), undeclared(volatile, "volatile"))


def test_no_session_outlives_its_four_hours(texter: Texter, volatile: Redis) -> None:
    """Every text begins them anew; nothing else does."""
    texter.texts("hola")
    lives = {name: volatile.ttl(name) for name in witness.contents(volatile)}

    assert {
        "session": keys.SESSION_LIFE,
        "answer": keys.ANSWER_LIFE,
        "seen": keys.MARK_LIFE,
        "pepper": keys.PEPPER_LIFE,
        "spent": keys.SPENT_LIFE,  # a count, and nobody in it
    } == {name.split(":")[0]: pytest.approx(life, abs=5) for name, life in lives.items()}


# --- what must be forgotten ----------------------------------------------------------------------


@pytest.mark.parametrize("end", [Server.stop, Server.kill], ids=["a polite end", "kill -9"])
def test_everything_in_the_volatile_memory_is_gone_after_a_restart(
    line: Line, texter: Texter, servers: Servers, end: Callable[[Server], None]
) -> None:
    """Nothing is in it, and nothing was written on the way out."""
    plays_everything(line, texter)
    files = set(_files(servers.data))
    end(servers.volatile)
    after_the_end = set(_files(servers.data))
    servers.volatile.start()

    client = Redis.from_url(servers.volatile.url)
    assert (0, files, files) == (client.dbsize(), after_the_end, set(_files(servers.data)))
    client.close()


def _files(data: Path) -> list[Path]:
    """All files but those of the durable server, which writes its own anew when it likes."""
    found_there = (path for path in data.rglob("*") if path.is_file())
    return [path for path in found_there if data / "durable" not in path.parents]


def test_the_volatile_memory_cannot_be_told_to_write(servers: Servers, volatile: Redis) -> None:
    """Neither snapshot nor log, whoever asks."""
    assert ("", "no") == (
        volatile.config_get("save")["save"],
        volatile.config_get("appendonly")["appendonly"],
    )
    for ask in (volatile.save, volatile.bgsave):
        with pytest.raises(ResponseError, match="unknown command"):
            ask()


# --- who holds the key ---------------------------------------------------------------------------


def test_the_web_process_is_not_handed_the_workers_identity(tmp_path: Path) -> None:
    """Neither its text nor its place: no value of its environment names it."""
    secret = tmp_path / "somewhere" / "worker.age"
    outer = {"PATH": "/usr/bin", "AMPARO_DATA": str(tmp_path / "data"), "WORKER_IDENTITY_FILE": str(secret)}
    config = Config.from_env(outer)

    env = children_env(config, outer, "age1public")
    told = {
        child.name
        for stage in stages(config, env)
        for child in stage
        if str(secret) in child.env.values() or any(str(secret) in part for part in child.argv)
    }

    assert {"worker"} == told


# --- the whole life of a request ------------------------------------------------------------------


@dataclass
class World:
    """All that leaves the line while a request lives: texts with their callbacks, mail, and what a system is told."""

    line: Line
    system: Receiver
    texts: list[tuple[str, str, str]] = field(default_factory=list)
    fails: list[int] = field(default_factory=list)

    def send(self, to: str, body: str, callback_url: str) -> None:
        """Takes a text, or says what went wrong with it."""
        self.texts.append((to, body, callback_url))
        if self.fails:
            raise SmsError(self.fails.pop(0))

    def was_sent(self, to: str, since: datetime) -> bool:
        """Nobody knows."""
        return any(address == to for address, _, _ in self.texts)

    def works(self) -> None:
        """The worker, with every way out that a line may have."""
        self.line.clock.forward(seconds=1)
        handover = self._handover()
        for owed in self.line.hotline.outbox.due(self.line.clock()):
            handover.deliver(owed.id)

    def _handover(self) -> Handover:
        line = self.line.hotline
        messenger = Messenger(
            texts=self,
            mailer=self.line.mail,
            identity=self.line.identity,
            line=HandoverLine(line.config.line_name, PUBLIC_URL, COORDINATOR, Bells(line)),
            hooks=HookPost(
                Hooks(self.line.identity, Guard(allow_private=True), timeout=2.0),
                Endpoints(line.durable),
                line.failed_hooks,
            ),
            expect=line.deliveries.expect,
            now=self.line.clock,
        )
        return Handover(
            referrals=line.referrals,
            outbox=line.outbox,
            contacts=line.contacts,
            offices=line.offices,
            peppers=lambda now: peppers.load(line.volatile, now),
            messenger=messenger,
            identity=self.line.identity,
            terms=line.terms,
            now=self.line.clock,
        )


@pytest.fixture
def world(line: Line) -> Iterator[World]:
    """A line whose first office has a duty phone and a system of its own, with a secret and the one before."""
    with receiver() as system:
        secrets = [SealedSecret.of(new_secret(), recipient_of(line.identity)) for _ in range(2)]
        endpoint = Endpoint("mesa", system.url, (secrets[0],)).rotated(secrets[1], line.clock())
        Endpoints(line.hotline.durable).save(endpoint)
        yield World(line, system)


def lives_a_whole_life(world: World, texter: Texter) -> Iterator[str]:
    """Two requests with all that may become of one; the name of each moment, for whoever looks then."""
    line, desk = world.line, world.line.hotline.desk
    for body in ("hola", BODY, *ASKS):
        texter.texts(body)
    yield "a consent is open"
    texter.texts("2")
    (first,) = line.hotline.referrals.open()
    assert {"mesa", "harbor"} == set(first.boxes)
    world.system.answers = [says(500)]
    world.works()
    texter.texts(BODY)
    yield "offered, with a box for each office"
    desk.decline(first.id, "mesa", "full", line.clock())
    world.works()
    desk.accept(first.id, "harbor", line.clock())
    world.works()
    for _ in range(3):
        desk.tried(first.id, "harbor", line.clock())
        world.works()
    assert "Gracias" in texter.texts("por la tarde porfa")
    passes(world, hours=30)
    assert "Lo sentimos" in texter.texts("nadie me ha hablado")
    yield "asked, and nobody called"
    for body in (first.reference, "1", BODY):
        texter.texts(body)
    line.rekeys()
    world.works()
    texter.texts(f"RETIRAR {first.reference}")
    texter.texts("si")
    world.works()
    yield "withdrawn"
    for body in ("STOP", "START", *ASKS, "1"):
        texter.texts(body)
    world.works()
    (second,) = line.hotline.referrals.open()
    desk.decline(second.id, second.office, "full", line.clock())
    for body in (second.reference, "manana", "1"):
        texter.texts(body)
    world.works()
    yield "nobody took it, and asked for tomorrow"
    world.fails = [30003]
    passes(world, hours=30)
    line.rekeys()
    passes(world, days=20)
    yield "forgotten"
    assert not line.hotline.referrals.held_ids()


def passes(world: World, **time: float) -> None:
    """Time passes, and the worker does what is due at its hour."""
    until = world.line.clock() + timedelta(**time)
    while (owed := world.line.hotline.outbox.due(until, limit=1)) and owed[0].due <= until:
        world.line.clock.now = max(owed[0].due, world.line.clock.now)
        world.works()
    world.line.clock.now = until


def left_the_line(world: World) -> dict[str, bytes]:
    """What went out to anybody: a text's own address is not looked at, what it says and where it reports is."""
    sent = world.line.mail.sent
    return {
        "mail subjects": "\n".join(mail.subject for mail in sent).encode(),
        "mail": "\n".join(str(mail) for mail in sent).encode(),
        "texts": "\n".join(body for _, body, _ in world.texts).encode(),
        "callback addresses": "\n".join(where for _, _, where in world.texts).encode(),
        "hooks": b"\n".join(
            heard.line.encode() + repr(heard.headers).encode() + heard.body for heard in world.system.heard
        ),
    }


def test_a_whole_life_leaves_its_secrets_nowhere_but_in_the_sealed_boxes(
    world: World,
    texter: Texter,
    servers: Servers,
    durable: Redis,
    volatile: Redis,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Looked at in every moment of it by somebody who takes the machine, and has not the worker's identity.

    Only while a consent is open are the phone and the word in the memory in RAM; nothing else ever is.
    """
    line = world.line
    secrets = (NUMBER, OTHER_PHONE, BODY, PRIVATE, WORD)
    folders = (servers.data, line.hotline.config.data)
    rewritten(servers.durable)
    hits: dict[str, list[bytes]] = {}
    moments = []
    with witness.log() as written:
        for moment in lives_a_whole_life(world, texter):
            moments.append(moment)
            open_consent = moment == "a consent is open"
            in_ram = (NUMBER, BODY, PRIVATE) if open_consent else secrets
            hits[f"{moment}: volatile"] = found(witness.plain(volatile), *in_ram)
            hits[f"{moment}: durable"] = found(witness.plain(durable), *secrets)
            hits[f"{moment}: files"] = found(witness.files(*folders), *secrets)
        rewritten(servers.durable)
        close(line.hotline.lockdown, "ana", "a subpoena", line.clock())
        forget(Emptying(volatile))
        texter.texts(BODY)
    hits["files after a rewrite"] = found(witness.files(*folders), *secrets)
    hits["log"] = found((written.getvalue() + "".join(capfd.readouterr())).encode(), *secrets)
    hits |= {place: found(sent, *secrets) for place, sent in left_the_line(world).items()}

    assert {} == {place: left for place, left in hits.items() if left}
    assert (6, [], True) == (
        len(moments),
        world.fails,
        all(left_the_line(world).values()),
    )  # or nothing were proved
