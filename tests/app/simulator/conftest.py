"""A simulator on real sockets, and a hotline that it plays against."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from app.simulator import mail_sink
from app.simulator.carrier import Carrier
from app.simulator.settings import Settings
from app.simulator.web import create_app
from tests.app.simulator.doubles import ACCOUNT, LINE, SERVICE, TOKEN, Hotline, Simulator, serve
from tests.servers import free_port


@pytest.fixture
def hotline() -> Iterator[Hotline]:
    port = free_port()
    double = Hotline(f"http://localhost:{port}")
    stop = serve(double, port)
    yield double
    stop()


@pytest.fixture
def settings(hotline: Hotline) -> Settings:
    return Settings(
        port=free_port(),
        smtp_port=free_port(),
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        hotline_number=LINE,
        public_url=hotline.url,
        line_name="Amparo",
        voice_number="+12025550142",
        messaging_service_sid=SERVICE,
        api_key="SK" + "0" * 32,
        api_secret="not-a-real-secret",
        facts_as_of=date(2026, 11, 23),
        pace=0.02,
    )


@pytest.fixture
def simulator(settings: Settings) -> Iterator[Simulator]:
    carrier = Carrier(settings.hotline_number, settings.messaging_service_sid)
    sink = mail_sink.start(carrier, settings.smtp_port)
    stop = serve(create_app(settings, carrier), settings.port)
    yield Simulator(f"http://127.0.0.1:{settings.port}", settings.smtp_port)
    stop()
    sink.stop()
