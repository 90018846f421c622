"""A line with its edges, and real processes that are gone after the test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis import Redis

from app.sealing import recipient_of
from app.sources import read_sources
from app.store.offices import Offices
from app.store.referrals import Referrals
from app.store.revisions import Revisions
from tests.app.outside.edges import ACCOUNT, HOTLINE, MailEdge, TwilioEdge
from tests.app.referral.made_up import WORKER_KEY, office
from tests.servers import Servers

ROOT = Path(__file__).resolve().parents[2]

Start = Callable[..., "subprocess.Popen[bytes]"]


def settings_of(servers: Servers, twilio: TwilioEdge, mailbox: MailEdge, key: Path) -> dict[str, str]:
    """What a worker between these servers and these edges is told; `key` is its identity's file."""
    return {
        **servers.env,
        "PATH": os.environ["PATH"],
        "PUBLIC_URL": "https://line.example.org",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": "secret-token",
        "TWILIO_API_URL": twilio.url,
        "HOTLINE_NUMBER": HOTLINE,
        "VOICE_NUMBER": "+12025550142",
        "SMTP_URL": mailbox.url,
        "MAIL_FROM": "amparo@line.example.org",
        "WORKER_IDENTITY_FILE": str(key),
        "AMPARO_WORKER_RECIPIENT": recipient_of(WORKER_KEY),
    }


def wait_for(true: Callable[[], object], seconds: float = 30) -> None:
    """Waits until it is true.

    Raises:
        AssertionError: it did not become true.
    """
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture
def line(durable: Redis) -> Referrals:
    """A line with its words and one office."""
    Revisions(durable).publish(read_sources().revision(), "test", datetime.now(UTC))
    Offices(durable).save(office())
    return Referrals(durable)


@pytest.fixture
def env(servers: Servers, twilio: TwilioEdge, mailbox: MailEdge, tmp_path: Path) -> dict[str, str]:
    """The settings of a worker between these servers and these edges."""
    key = tmp_path / "worker.age"
    key.write_text(WORKER_KEY)
    return settings_of(servers, twilio, mailbox, key)


@pytest.fixture
def start(env: dict[str, str]) -> Iterator[Start]:
    """Starts a module as a process of its own; all of them are ended with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(module: str, **more: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env={**env, **more},
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
