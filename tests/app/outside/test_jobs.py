"""Hints: ids only, and never an error for the one who leaves them."""

from __future__ import annotations

import json
from importlib import import_module

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from app.outside.jobs import ALLOWED, DELIVER, QUEUE, AllowedJob, JobRefusedError, Jobs
from tests.servers import Servers

ID = "r" * 32


def _jobs(volatile: Redis) -> list[AllowedJob]:
    queue = Queue(QUEUE, connection=volatile, serializer=JSONSerializer, job_class=AllowedJob)
    return [job for job in queue.jobs if isinstance(job, AllowedJob)]


def test_a_hint_holds_an_id_and_nothing_else(volatile: Redis) -> None:
    """What rq keeps and logs of it tells nothing."""
    assert Jobs(volatile).hint_delivery(ID)
    job = _jobs(volatile)[0]

    assert (DELIVER, (ID,), {}, "referral") == (job.func_name, tuple(job.args), job.kwargs, job.description)
    assert (300, 60, 50) == (job.result_ttl, job.failure_ttl, job.timeout)


def test_the_same_attempt_is_hinted_once(volatile: Redis) -> None:
    """Another attempt is another hint."""
    jobs = Jobs(volatile)

    assert [True, True, True] == [jobs.hint_delivery(ID), jobs.hint_delivery(ID), jobs.hint_delivery(ID, "2")]
    assert 2 == jobs.waiting()


def test_a_queue_that_is_down_is_no_error(servers: Servers, volatile: Redis) -> None:
    """The referral is written; the sweep finds it."""
    jobs = Jobs(volatile)
    servers.volatile.kill()

    assert jobs.hint_delivery(ID) is False


@pytest.mark.parametrize(
    ("function", "argument"), [("os.system", ID), (DELIVER, "+12025550177"), (DELIVER, "two words")]
)
def test_what_is_not_allowed_is_not_even_queued(volatile: Redis, function: str, argument: str) -> None:
    """Numbers and other functions never reach the queue from us."""
    with pytest.raises(JobRefusedError):
        Jobs(volatile).hint(function, argument, "job")

    assert 0 == Jobs(volatile).waiting()


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_every_allowed_name_is_a_function_of_the_worker(name: str) -> None:
    """A dotted name that leads nowhere would only fail at night."""
    module, _, function = name.rpartition(".")
    jobs = import_module(module)

    assert callable(getattr(jobs, function))


def test_what_is_stored_is_json(volatile: Redis) -> None:
    """Never a pickle, which would run whatever somebody wrote."""
    Jobs(volatile).hint_delivery(ID)
    job = _jobs(volatile)[0]

    assert [DELIVER, None, [ID], {}] == json.loads(job.data)
