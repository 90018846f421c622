"""`amparo run` with small children: the process that these tests start, signal and kill."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from app.commands.run import Environment, healthy, redis_children, start
from app.config import Config
from app.host.supervisor import Child, Stage

STUB = str(Path(__file__).with_name("stub.py"))


def plan(config: Config, env: Environment) -> Sequence[Stage]:
    """The real servers, and small children after them."""
    port, folder = str(config.port), str(config.data)

    def stub(*argv: str) -> tuple[str, ...]:
        return (sys.executable, STUB, *argv)

    prepare = Child("prepare", stub(os.environ.get("STUB_PREPARE", "done")), env, once=True)
    web = Child("web", stub("web", port), env, healthy(config.port))
    return [redis_children(config, env), [prepare], [web, Child("worker", stub("worker", folder), env)]]


if __name__ == "__main__":
    sys.exit(start(os.environ, plan))
