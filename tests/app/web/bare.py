"""The doors under test in an app of their own, before a line that holds only what they ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from flask import Blueprint, Flask
from redis import Redis

from app.config import Config
from app.live import NothingPublishedError
from app.store.memory import connect
from app.store.outbox import Outbox
from app.store.spending import Spending
from app.web import health, public, safety

REAL = {
    "PUBLIC_URL": "https://line.example.org",
    "LINE_NAME": "Amparo",
    "VOICE_NUMBER": "+12025550142",
    "VOICE_HOURS": "Mon-Fri 9-5 ET",
    "CONTACT_EMAIL": "hello@example.org",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "not-a-real-token",
    "HOTLINE_NUMBER": "+12025550100",
}

SIMULATOR = "http://localhost:8001"


@dataclass(frozen=True)
class Revision:
    """A live revision, as far as these doors look at it."""

    unsigned_count: int = 0
    silent_texts: tuple[str, ...] = ()
    hash: str = "0123456789abcdef" * 4

    def today(self, _: Config, now: datetime) -> date:
        """The day against which facts are held."""
        return now.date()

    def silent(self, _: date) -> tuple[str, ...]:
        """The texts that give way."""
        return self.silent_texts


@dataclass(frozen=True)
class Live:
    """What is live, or that nothing is."""

    revision: Revision | None

    def at_hand(self) -> Revision | None:
        return self.revision

    def current(self) -> Revision:
        if self.revision is None:
            raise NothingPublishedError("nothing is live")
        return self.revision


def nowhere() -> Redis:
    """A client of a server that is not there."""
    return connect("unix:///nonexistent/amparo.sock")


@dataclass
class Line:
    """What these doors ask of a hotline."""

    config: Config
    durable: Redis = field(default_factory=nowhere)
    volatile: Redis = field(default_factory=nowhere)
    live: Live = field(default_factory=lambda: Live(Revision()))
    clock: Callable[[], datetime] = lambda: datetime(2026, 11, 24, tzinfo=UTC)

    @property
    def outbox(self) -> Outbox:
        """What is owed."""
        return Outbox(self.durable, self.volatile)

    @property
    def spending(self) -> Spending:
        """What may be sent in a day."""
        return Spending(self.volatile, self.config.most_segments_a_day, self.clock)


def config(**settings: str) -> Config:
    """The settings of a real line, with these changed; an empty one is not set."""
    return Config.from_env(REAL | settings)


def bare_app(line: Line, *doors: Blueprint) -> Flask:
    """An app with these doors (by default the public ones and health), and the headers of every door."""
    app = Flask("app", template_folder="web/templates", static_folder="web/static")
    app.extensions["amparo"] = line
    safety.init_app(app)
    for door in doors or (public.door, health.door):
        app.register_blueprint(door)
    return app
