"""The worker: `python -m worker` does the jobs of the one queue until it is told to stop."""

from __future__ import annotations

import os
import sys
from threading import Event

from redis import Redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from app import logs
from app.config import Config, ConfigError
from app.host.redis import volatile_url
from app.outside.jobs import QUEUE, AllowedJob
from app.store.memory import connect
from worker.hands import hands
from worker.heartbeat import start_beating

# An idle worker blocks for 15 s less than this; with rq's own 420 s it noticed dead jobs after 7 minutes.
WORKER_TTL = 60
MAINTENANCE_EVERY = 30
TIMEOUT = 5.0  # seconds; rq itself sets more where it waits for work


def main() -> int:
    """Works until SIGTERM or SIGINT, finishing the job in hand; 2 if a setting is wrong."""
    logs.start()
    try:
        config = Config.from_env(os.environ)
        hands()
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    work(volatile_url(config))
    return 0


def work(url: str) -> None:
    """Works on the queue of this volatile memory, beating its heart.

    Raises:
        MemoryDown: the memory was gone for too long; whoever started us starts us again.
    """
    done = Event()
    start_beating(connect(url), "worker", done)
    try:
        worker_on(connect(url, TIMEOUT)).work(logging_level="WARNING")
    finally:
        done.set()


def worker_on(volatile: Redis) -> Worker:
    """An rq worker on our one queue: with two, rq 3.0 loses a job whose worker dies as it takes it."""
    queue = Queue(QUEUE, connection=volatile, serializer=JSONSerializer, job_class=AllowedJob)
    return Worker(
        [queue],
        connection=volatile,
        serializer=JSONSerializer,
        job_class=AllowedJob,
        maintenance_interval=MAINTENANCE_EVERY,
        worker_ttl=WORKER_TTL,
        log_job_description=False,
    )


if __name__ == "__main__":
    sys.exit(main())
