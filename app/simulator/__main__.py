"""`python -m app.simulator`: starts the page, the REST API and the mail sink, and stops them on SIGTERM."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from app.simulator import mail_sink
from app.simulator.carrier import Carrier
from app.simulator.settings import Settings, SettingsError
from app.simulator.web import create_app


class Quiet(WSGIRequestHandler):
    """Logs nothing: a request line may hold a number."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Drops the line."""

    def version_string(self) -> str:
        """What the Server header says."""
        return "simulator"


def main() -> int:
    """Runs until SIGTERM or Ctrl-C; 2 when a setting is wrong."""
    try:
        settings = Settings.from_env(os.environ)
    except SettingsError as error:
        print(f"simulator: {error}", file=sys.stderr)
        return 2
    carrier = Carrier(settings.hotline_number, settings.messaging_service_sid)
    sink = mail_sink.start(carrier, settings.smtp_port)
    server = make_server(
        "127.0.0.1", settings.port, create_app(settings, carrier), threaded=True, request_handler=Quiet
    )
    _stop_on_signals(server)
    server.serve_forever(poll_interval=0.1)
    sink.stop()
    return 0


def _stop_on_signals(server: BaseWSGIServer) -> None:
    """Makes SIGTERM and Ctrl-C end `serve_forever`, which must be told from another thread."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


if __name__ == "__main__":
    sys.exit(main())
