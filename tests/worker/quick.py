"""A real worker that asks Twilio's log sooner, and that can be told to die (`DIE_AT`) at a step of the hand-over."""

from __future__ import annotations

import os
import signal
from datetime import timedelta

from app.bootstrap import bootstrap
from app.config import Config
from app.host.redis import volatile_url
from worker import jobs
from worker.__main__ import work
from worker.hands import build


def die(step: str) -> None:
    """A power cut for the worker and the process that does its job, at one step."""
    if step == os.environ.get("DIE_AT"):
        os.kill(os.getppid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Works until it dies or is told to stop."""
    config = Config.from_env(os.environ)
    hands = build(bootstrap(config), step=die, patience=timedelta(seconds=2))
    jobs.hands = lambda: hands
    work(volatile_url(config))


if __name__ == "__main__":
    main()
