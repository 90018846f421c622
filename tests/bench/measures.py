"""What is measured: each function is one round, and gives one figure."""

from __future__ import annotations

import http.client
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from app.bootstrap import Hotline, bootstrap
from app.clock import utc_now
from app.commands.run import healthy, stages
from app.config import Config
from app.directory.hsds.read import read_hsds
from app.directory.sample import load_sample
from app.host.supervisor import Running, wait_until
from app.outside.jobs import Jobs
from app.referral import word
from app.referral.life import Referral
from app.sealing import recipient_of
from app.sources import read_sources
from app.store.memory import connect
from app.store.referrals import Referrals
from tests.app.directory.big import write_big
from tests.app.referral.made_up import WORKER_KEY, referral
from tests.chaos.house import MARK, ROOT, House, house
from tests.chaos.people import phone
from tests.running import AMPARO
from tests.running import Hotline as Run
from tests.servers import Servers, free_port
from tests.texter import ACCOUNT, HOTLINE, PUBLIC_URL, REAL_LINE, TOKEN, Clock, Line, new_sid

WALK = ("hola", "1", "1", "Texas", "0")  # a first text, menus, a place, back
PEOPLE = 40  # a round
CLIENTS = 4  # who text the web workers at once
REQUESTS = 100
HANDED_OVER = 60
SERVICES = 10_000

_numbers = count()


@dataclass(frozen=True)
class Bench:
    """A line with empty memories, in this process."""

    servers: Servers
    config: Config
    hotline: Hotline

    @property
    def line(self) -> Line:
        """Its doors, and people who text it."""
        return Line(self.hotline, Clock(datetime.now(UTC)), WORKER_KEY)


@contextmanager
def bench() -> Iterator[Bench]:
    """Servers, words and sample offices; gone afterwards."""
    servers = Servers.start()
    try:
        config = Config.from_env(_env(servers))
        hotline = bootstrap(config)
        hotline.revisions.publish(read_sources().revision(), "bench", utc_now())
        load_sample(hotline.offices, servers.data / "keys" / "offices")
        hotline.warm_up()
        yield Bench(servers, config, hotline)
    finally:
        servers.stop()


def _env(servers: Servers) -> dict[str, str]:
    return {
        **servers.env,
        "PORT": str(free_port()),
        **REAL_LINE,
        "AMPARO_WORKER_RECIPIENT": recipient_of(WORKER_KEY),
    }


def took(work: Callable[[], object]) -> float:
    """Seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def turn(made: Bench) -> float:
    """Milliseconds of one signed webhook in this process, its two round trips included."""
    line = made.line
    texters = [line.texter(phone(next(_numbers))) for _ in range(PEOPLE)]
    seconds = took(lambda: [texter.texts(body) for texter in texters for body in WALK])
    return seconds * 1000 / (PEOPLE * len(WALK))


def round_trips(made: Bench) -> float:
    """Milliseconds of the two round trips alone: read what is known of a person, and write it back."""
    sessions = made.hotline.sessions

    def both() -> None:
        address, sid = phone(next(_numbers)), new_sid()
        before = sessions.read(address, sid)
        sessions.write(before, address, sid, before.remembered, b"the answer to a text, of about this length")

    return took(lambda: [both() for _ in range(REQUESTS)]) * 1000 / REQUESTS


def seals(made: Bench) -> float:
    """Milliseconds to seal one request: its letter to the office, its number to the worker."""
    return took(lambda: [_asked(next(_numbers)) for _ in range(REQUESTS)]) * 1000 / REQUESTS


def confirms(made: Bench) -> float:
    """Milliseconds to confirm one request: seal it, write it durably, and have it on the disk."""
    line = made.hotline.referrals
    return took(lambda: [_confirm(line, next(_numbers)) for _ in range(REQUESTS)]) * 1000 / REQUESTS


def _confirm(line: Referrals, number: int) -> str:
    identity = f"{number:032}"
    line.request((identity,), lambda drawn: _asked(number, drawn), word.new_reference)
    return identity


def _asked(number: int, reference: str = "7K2MX") -> Referral:
    created = datetime.now(UTC)
    return referral(f"{number:032}", reference, created=created, address=phone(number))


@contextmanager
def web(made: Bench) -> Iterator[Bench]:
    """The web server as `amparo run` starts it, with its two workers."""
    env = _env(made.servers) | {"PORT": str(made.config.port)}
    child = next(each for stage in stages(made.config, env) for each in stage if each.name == "web")
    running = Running(child, MARK, ROOT)
    try:
        if not wait_until(healthy(made.config.port), 30):
            raise RuntimeError("the web server did not start")
        yield made
    finally:
        running.kill()


def texts_a_second(made: Bench) -> float:
    """Texts a second through both web workers; the texters share the machine with them."""
    people = [phone(next(_numbers)) for _ in range(PEOPLE * CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        parts = [people[client::CLIENTS] for client in range(CLIENTS)]
        seconds = took(lambda: list(pool.map(lambda part: _texts(made.config.port, part), parts)))
    return len(people) * len(WALK) / seconds


def _texts(port: int, people: list[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for number in people:
        for body in WALK:
            form = {
                "MessageSid": new_sid(),
                "AccountSid": ACCOUNT,
                "From": number,
                "To": HOTLINE,
                "Body": body,
            }
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(f"{PUBLIC_URL}/sms", form),
            }
            connection.request("POST", "/sms", urlencode(form), headers)
            answer = connection.getresponse()
            if answer.status != http.HTTPStatus.OK or b"<Message>" not in answer.read():
                raise RuntimeError("a text was not answered")
    connection.close()


def hung(made: Bench) -> float:
    """Seconds until a person has the honest text when both memories take connections and say nothing."""
    made.servers.durable.pause()
    made.servers.volatile.pause()
    try:
        return took(lambda: made.line.texter(phone(next(_numbers))).texts("hola"))
    finally:
        made.servers.durable.resume()
        made.servers.volatile.resume()


@contextmanager
def workers() -> Iterator[House]:
    """Two workers and the sweep as real processes, between edges that answer at once."""
    with house(2, {}) as made:
        made.twilio.wait = 0.0
        yield made


def handed_over(made: House) -> float:
    """Hand-overs a second, from the hint to the mail and the inbox."""
    with connect(made.servers.durable.url) as durable, connect(made.servers.volatile.url) as volatile:
        line, jobs = Referrals(durable), Jobs(volatile)
        waiting = {_confirm(line, next(_numbers)) for _ in range(HANDED_OVER)}
        start = time.perf_counter()
        for identity in waiting:
            jobs.hint_delivery(identity)
        while waiting:
            waiting -= {
                record.id for record in line.each(waiting) if record.at_the_office and not record.busy
            }
            time.sleep(0.01)
    return HANDED_OVER / (time.perf_counter() - start)


def checks() -> float:
    """Seconds of `amparo check`."""
    return took(
        lambda: subprocess.run([AMPARO, "check", "--quiet"], capture_output=True, check=True, cwd=ROOT)
    )


def starts() -> float:
    """Seconds from `amparo run` on an empty folder to "Amparo is ready", the demonstration with its phone."""
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Path(folder) / "data")
        try:
            run.start()
        finally:
            run.close()
        return run.seconds


def imports_services(made: Bench) -> float:
    """Seconds to import 10,000 listed services: read, held against what is there, written."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_big(Path(folder) / f"big{next(_numbers)}", SERVICES)
        source, listings = f"bench{next(_numbers)}", made.hotline.listings
        now = datetime.now(UTC)

        def all_of_it() -> None:
            listings.replace(source, read_hsds(path, source, now.date()).listed, now)

        return took(all_of_it)
