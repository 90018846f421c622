"""What every test may ask for: two real Redis servers, empty."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from redis import Redis

from app.bootstrap import bootstrap
from app.config import Config
from app.directory.sample import load_sample
from app.live import Live, LiveRevision, build
from app.revision import content_of
from app.sealing import make_identity, recipient_of
from app.sources import Sources, read_sources
from app.store.memory import connect
from tests.app.outside.edges import MailEdge, TwilioEdge, mail_edge, twilio_edge
from tests.servers import Servers
from tests.texter import REAL_LINE, Clock, Line, Texter

# The machines are shared and noisy: no example is too slow, only too many would be. The same examples each time: a test
# that turns red belongs to the change. `make search` draws others, and many more.
settings.register_profile("amparo", deadline=None, derandomize=True, max_examples=100)
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile("amparo")


@pytest.fixture(scope="session")
def _servers() -> Iterator[Servers]:
    servers = Servers.start()
    yield servers
    servers.stop()


@pytest.fixture
def servers(_servers: Servers) -> Servers:
    """Both servers, running and empty; a test may kill or pause them."""
    _servers.flush()
    return _servers


@pytest.fixture
def durable(servers: Servers) -> Iterator[Redis]:
    """A client of the durable memory, empty."""
    client = connect(servers.durable.url)
    yield client
    client.close()


@pytest.fixture
def volatile(servers: Servers) -> Iterator[Redis]:
    """A client of the volatile memory, empty."""
    client = connect(servers.volatile.url)
    yield client
    client.close()


@pytest.fixture
def twilio() -> Iterator[TwilioEdge]:
    """Twilio's REST API, as far as the line uses it."""
    with twilio_edge() as edge:
        yield edge


@pytest.fixture
def mailbox() -> Iterator[MailEdge]:
    """An office's mailbox."""
    with mail_edge() as edge:
        yield edge


@pytest.fixture(scope="session")
def _draft() -> Sources:
    return read_sources()


@pytest.fixture(scope="session")
def built(_draft: Sources) -> Live:
    """The draft, built once for all tests: its vocabulary takes a while to compile."""
    live = build(_draft.revision().hash, content_of(_draft.revision()))
    live.vocabulary.compile()
    return live


@pytest.fixture(scope="session")
def _identity() -> str:
    return make_identity()


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still: a Tuesday morning, when the offices are open."""
    return Clock()


@pytest.fixture
def line(
    servers: Servers, tmp_path: Path, clock: Clock, _draft: Sources, built: Live, _identity: str
) -> Line:
    """The hotline with the words as they stand, three sample offices, and empty memories."""
    hotline = bootstrap(_settings(servers, tmp_path, recipient_of(_identity)), clock)
    hotline = replace(
        hotline,
        live=LiveRevision(hotline.revisions, hotline.suspensions, ready=built, besides=hotline.watch.look),
    )
    hotline.revisions.publish(_draft.revision(), "test", clock())
    load_sample(hotline.offices, tmp_path / "keys" / "offices")
    return Line(hotline, clock, _identity)


@pytest.fixture
def texter(line: Line) -> Texter:
    """Somebody with a phone."""
    return line.texter()


def _settings(servers: Servers, data: Path, recipient: str) -> Config:
    return Config.from_env(
        {
            **servers.env,
            "AMPARO_DATA": str(data),
            **REAL_LINE,
            "AMPARO_WORKER_RECIPIENT": recipient,
        }
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--write-transcripts` takes the conversations as they go now for the golden ones (make transcripts)."""
    parser.addoption("--write-transcripts", action="store_true", help="rewrite tests/transcripts/*.txt")
