"""The queue (rq): hints that work is due. What is owed stands in the outbox; a lost hint costs a second."""

from __future__ import annotations

import logging
import re
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.job import Job
from rq.serializers import JSONSerializer

log = logging.getLogger(__name__)

QUEUE = "referrals"
DELIVER = "worker.jobs.deliver"
REKEY = "worker.jobs.rekey"
# Named and never imported: app does not know worker.
ALLOWED = frozenset({DELIVER, REKEY})
ARGUMENT = re.compile(r"[A-Za-z0-9_-]{8,64}")

JOB_TIMEOUT = 50  # seconds; above a minute rq starts a second copy of a job whose worker died
# With 0 rq 3.0 ran an abandoned job eleven times over (field notes, reproduced).
RESULT_TTL = 300
FAILURE_TTL = 60


class JobRefusedError(Exception):
    """A job that is not one of ours: somebody else writes to the queue."""


class AllowedJob(Job):
    """A job that runs nothing but the functions named in ALLOWED, on one opaque id.

    rq imports whatever function, callback or address a job's hash names, and JSON does not help: os.system is
    a name too. So a job with callbacks or webhooks loses them as it is read, and is refused when it is run.
    """

    def restore(self, raw_data: Any) -> Any:
        """Reads the job; what else it wanted done is forgotten before anybody can do it."""
        restored = super().restore(raw_data)
        wanted = (self._success_callback_name, self._failure_callback_name, self._stopped_callback_name)
        self._refused = bool(any(wanted) or self.webhooks)
        self._success_callback_name = self._failure_callback_name = self._stopped_callback_name = None
        self.webhooks = []
        return restored

    def _execute(self) -> Any:
        if getattr(self, "_refused", False) or not self._allowed():
            log.error("a job that is not ours was refused: who else writes to the queue?")
            raise JobRefusedError
        return super()._execute()

    def _allowed(self) -> bool:
        """True for one of our functions with one opaque id, and nothing else."""
        if self.func_name not in ALLOWED or self.instance is not None or self.kwargs:
            return False
        return (
            len(self.args) == 1 and isinstance(self.args[0], str) and bool(ARGUMENT.fullmatch(self.args[0]))
        )


class Jobs:
    """Where hints are left. One that cannot be left is no error: the sweep finds what no hint told of."""

    def __init__(self, volatile: Redis) -> None:
        self._queue = Queue(QUEUE, connection=volatile, serializer=JSONSerializer, job_class=AllowedJob)

    def hint_delivery(self, identity: str, attempt: str = "first") -> bool:
        """Hints that this referral has a step due; the same attempt is hinted once."""
        return self.hint(DELIVER, identity, f"{identity}-{attempt}")

    def hint_rekey(self, day: str, attempt: str = "first") -> bool:
        """Hints that the open referrals have to be written under this day's pepper."""
        return self.hint(REKEY, day, f"rekey-{day}-{attempt}")

    def hint(self, function: str, argument: str, job_id: str) -> bool:
        """Leaves a hint; True if it is in the queue (or was already), False if the memory does not answer.

        Raises:
            JobRefusedError: it is none of our functions, or no opaque id.
        """
        if function not in ALLOWED or not ARGUMENT.fullmatch(argument):
            raise JobRefusedError
        try:
            self._queue.enqueue_call(
                function,
                args=(argument,),
                job_id=job_id,
                unique=True,
                # An empty one would be made of the call and its arguments.
                description="referral",
                timeout=JOB_TIMEOUT,
                result_ttl=RESULT_TTL,
                failure_ttl=FAILURE_TTL,
            )
        except DuplicateJobError:
            return True
        except RedisError:
            log.warning("a hint could not be left; the sweep will find the work")
            return False
        return True

    def waiting(self) -> int:
        """How many hints wait in the queue.

        Raises:
            MemoryDown: the volatile memory does not answer.
        """
        return int(self._queue.count)
