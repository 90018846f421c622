"""The edges, for the tests of what stands at them."""

from __future__ import annotations

import pytest
from redis import Redis

from tests.app.outside.edges import MailEdge, TwilioEdge
from tests.app.referral.scene import Scene


@pytest.fixture
def scene(durable: Redis, volatile: Redis, twilio: TwilioEdge, mailbox: MailEdge) -> Scene:
    """A line with one office."""
    return Scene(durable, volatile, twilio, mailbox)
