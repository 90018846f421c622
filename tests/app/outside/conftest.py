"""The edges, for the tests of what stands at them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.app.outside.edges import MailEdge, TwilioEdge, mail_edge, twilio_edge


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
