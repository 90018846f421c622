"""The edges, for the tests of what stands at them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from redis import Redis

from tests.app.outside.edges import MailEdge, TwilioEdge, mail_edge, twilio_edge
from tests.app.referral.scene import Scene


@pytest.fixture
def twilio() -> Iterator[TwilioEdge]:
    """Twilio's REST shape."""
    with twilio_edge() as edge:
        yield edge


@pytest.fixture
def mailbox() -> Iterator[MailEdge]:
    """An office's mailbox."""
    with mail_edge() as edge:
        yield edge


@pytest.fixture
def scene(durable: Redis, volatile: Redis, twilio: TwilioEdge, mailbox: MailEdge) -> Scene:
    """A line with one office."""
    return Scene(durable, volatile, twilio, mailbox)
