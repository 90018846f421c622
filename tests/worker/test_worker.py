"""Real workers on real servers: killed, doubled, poisoned, told to stop."""

from __future__ import annotations

import signal
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis import Redis
from rq import Callback, Queue
from rq.job import Job
from rq.registry import StartedJobRegistry
from rq.serializers import JSONSerializer
from rq.webhook import Webhook

from app.outside.jobs import DELIVER, QUEUE, AllowedJob, Jobs
from app.referral import course
from app.referral.life import Referral
from app.store import keys
from app.store.contacts import Contacts
from app.store.memory import connect
from app.store.referrals import Referrals
from tests.app.outside.edges import MailEdge, TwilioEdge
from tests.app.referral.made_up import TERMS, office, referral
from tests.servers import Servers
from tests.worker.conftest import Start, wait_for
from worker.__main__ import worker_on

OFFER_STEPS = ("claimed", "offer_at", "offer-begun", "offer-done", "offer-marked")
NEWS_STEPS = ("news-begun", "news-done", "news-marked")


def request(line: Referrals, number: int) -> Referral:
    """A person has just agreed: the number makes the id, the reference and the phone."""
    identity, reference = f"{number:032}", f"7K2M{'BCDFGHJKMN'[number]}"
    changes = {"created": datetime.now(UTC), "address": f"+120255501{number:02}"}
    return line.request(
        (identity,), lambda drawn: referral(identity, drawn, **changes), lambda: reference
    ).referral


def taken(line: Referrals, each: Referral) -> None:
    """The office takes it."""
    line.change(each.id, lambda seen: course.accept(seen, office(), TERMS, datetime.now(UTC)))


def test_a_worker_killed_while_it_offers_loses_nothing_and_doubles_nothing(
    line: Referrals, volatile: Redis, mailbox: MailEdge, start: Start
) -> None:
    """SIGKILL at each step: the office has each referral once, and for it each mail is one."""
    asked = {step: request(line, number) for number, step in enumerate(OFFER_STEPS)}
    for step, each in asked.items():
        die(volatile, start, each, step)

    start("tests.worker.quick")
    start("worker.sweep")
    wait_for(lambda: all(_settled(line, each) for each in asked.values()), 60)

    mails = Counter(_reference(mail["Subject"]) for mail in mailbox.mails)
    assert Counter(each.reference for each in asked.values()) == Counter(
        each.reference for each in line.inbox("harbor")
    )
    assert {step: 2 if step == "offer-done" else 1 for step in OFFER_STEPS} == {
        step: mails[each.reference] for step, each in asked.items()
    }
    assert len(OFFER_STEPS) == len(mailbox.names)


def test_a_worker_killed_while_it_rings_rings_each_bell_once(
    line: Referrals, volatile: Redis, twilio: TwilioEdge, start: Start
) -> None:
    """SIGKILL at each step: Twilio's log says what became of it."""
    asked = {step: request(line, number) for number, step in enumerate(NEWS_STEPS)}
    first = start("tests.worker.quick")
    for each in asked.values():
        Jobs(volatile).hint_delivery(each.id)
    wait_for(lambda: all(_settled(line, each) for each in asked.values()))
    first.send_signal(signal.SIGTERM)
    first.wait(15)
    for step, each in asked.items():
        taken(line, each)
        die(volatile, start, each, step)

    start("tests.worker.quick")
    start("worker.sweep")
    wait_for(lambda: all(_settled(line, each) for each in asked.values()), 60)

    bells = Counter(text["To"] for text in twilio.texts)
    assert {f"+120255501{number:02}": 1 for number, _ in enumerate(NEWS_STEPS)} == bells
    assert ["done"] * len(NEWS_STEPS) == [_found(line, each).errands[-1].way for each in asked.values()]


def die(volatile: Redis, start: Start, each: Referral, step: str) -> None:
    """A worker takes the referral up and dies at this step."""
    Jobs(volatile).hint_delivery(each.id, f"dies-{step}")
    assert -signal.SIGKILL == start("tests.worker.quick", DIE_AT=step).wait(20)


def _found(line: Referrals, each: Referral) -> Referral:
    found = line.get(each.id)
    assert found is not None
    return found


def _settled(line: Referrals, each: Referral) -> bool:
    return not _found(line, each).busy


def _reference(subject: str) -> str:
    return subject.partition(", take before")[0][-5:]


def test_worker_and_sweep_carry_out_what_nobody_hinted_at(
    line: Referrals, volatile: Redis, twilio: TwilioEdge, mailbox: MailEdge, start: Start
) -> None:
    """As `amparo run` starts them: they beat, deliver, re-key, and end when they are told to."""
    asked = request(line, 1)
    processes = [start("worker"), start("worker.sweep")]
    wait_for(lambda: _settled(line, asked))
    taken(line, asked)
    wait_for(lambda: _settled(line, asked))
    wait_for(lambda: all(volatile.exists(keys.HEARTBEAT(kind)) for kind in ("worker", "sweep")))
    wait_for(lambda: Contacts(volatile).rekeyed(datetime.now(UTC).strftime("%Y%m%d")))
    assert (1, ["+12025550101"]) == (len(mailbox.mails), [text["To"] for text in twilio.texts])

    for process in processes:
        process.send_signal(signal.SIGTERM)
    assert [0, 0] == [process.wait(15) for process in processes]


def test_neither_log_nor_queue_names_anybody(
    line: Referrals, volatile: Redis, twilio: TwilioEdge, start: Start
) -> None:
    """Whatever rq keeps and says of the job."""
    asked = request(line, 7)
    worker = start("worker")
    start("worker.sweep")
    wait_for(lambda: _settled(line, asked))
    taken(line, asked)
    wait_for(lambda: _settled(line, asked))
    worker.send_signal(signal.SIGTERM)
    _, log = worker.communicate(timeout=15)
    kept = b"".join(volatile.dump(name) or b"" for name in volatile.keys("*"))

    told = (b"2025550107", asked.reference.encode(), b"manzana", b"harbor.example.org")
    assert [] == [part for part in told if part in log + kept]


def _poison(queue: Queue, file: Path, url: str) -> list[Job]:
    """Everything we can think of that a job's hash could ask for."""
    good = "g" * 32
    harm = {
        "on_success": Callback("tests.worker.poison.touch"),
        "on_failure": Callback("tests.worker.poison.touch"),
    }
    return [
        queue.enqueue_call("os.system", args=(f"touch {file}",)),
        queue.enqueue_call("tests.worker.poison.touch"),
        queue.enqueue_call("tests.worker.poison.touch", args=(good,)),
        queue.enqueue_call("os.system", args=("true",), **harm),
        queue.enqueue_call(DELIVER, args=(good,), **harm),
        queue.enqueue_call(
            DELIVER, args=(good,), webhooks=[Webhook(url, "finished"), Webhook(url, "failed")]
        ),
        queue.enqueue_call(DELIVER, args=("+12025550177",)),
        queue.enqueue_call(DELIVER, args=(good, good)),
        queue.enqueue_call(DELIVER, kwargs={"identity": good}),
    ]


def test_a_poisoned_queue_is_refused_and_the_worker_lives(
    line: Referrals,
    volatile: Redis,
    twilio: TwilioEdge,
    start: Start,
    tmp_path: Path,
) -> None:
    """os.system, callbacks, webhooks, pickles, rubbish: nothing runs, and the next referral is delivered."""
    file = tmp_path / "poisoned"
    queue = Queue(QUEUE, connection=volatile, serializer=JSONSerializer)
    jobs = _poison(queue, file, f"{twilio.url}/2010?To=webhook")
    for data in (b"\x80\x04crubbish", b"[]", b""):
        jobs.append(queue.enqueue_call(DELIVER, args=("g" * 32,)))
        volatile.hset(jobs[-1].key, "data", data)
    worker = start("worker", POISON_FILE=str(file))
    asked = request(line, 2)
    Jobs(volatile).hint_delivery(asked.id)
    wait_for(lambda: _settled(line, asked))

    assert (None, False, []) == (worker.poll(), file.exists(), twilio.asked)
    assert all(job.get_status() == "failed" for job in jobs)


def test_an_abandoned_job_with_a_callback_is_cleaned_up_without_it(
    volatile: Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The queue's own cleaning calls the failure callback of a job whose worker died: not of ours."""
    file = tmp_path / "poisoned"
    monkeypatch.setenv("POISON_FILE", str(file))
    queue = Queue(QUEUE, connection=volatile, serializer=JSONSerializer)
    job = queue.enqueue_call(DELIVER, args=("g" * 32,), on_failure=Callback("tests.worker.poison.touch"))
    job.set_status("started")
    volatile.zadd(StartedJobRegistry(QUEUE, connection=volatile).key, {f"{job.id}:execution": 1})
    worker_on(volatile).clean_registries()
    found = AllowedJob.fetch(job.id, connection=volatile, serializer=JSONSerializer)

    assert ("failed", False) == (found.get_status(), file.exists())


def test_a_worker_without_its_key_says_so_and_does_not_start(start: Start, tmp_path: Path) -> None:
    """A sentence an operator can act on, and exit code 2."""
    worker = start("worker", WORKER_IDENTITY_FILE=str(tmp_path / "nowhere"))
    _, log = worker.communicate(timeout=20)

    assert (2, True) == (worker.returncode, b"WORKER_IDENTITY_FILE" in log)


def test_the_sweep_goes_on_while_a_memory_is_down(servers: Servers, start: Start) -> None:
    """It says so once, and finds its feet."""
    servers.volatile.kill()
    sweep = start("worker.sweep")
    assert sweep.stderr is not None
    said = sweep.stderr.readline()
    time.sleep(1.5)
    servers.volatile.start()
    client = connect(servers.volatile.url)
    wait_for(lambda: client.exists(keys.HEARTBEAT("sweep")), 10)
    client.close()
    sweep.send_signal(signal.SIGTERM)
    _, more = sweep.communicate(timeout=10)

    assert (0, True, b"") == (sweep.returncode, b"does not answer" in said, more)
