"""The staff's doors on a port of this machine, for a real browser; the clock stands still, and so the pictures are the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread

from werkzeug.serving import WSGIRequestHandler, make_server

from app.config import InboxDoor
from tests.app.web.staff import Inbox
from tests.servers import free_port
from tests.texter import Line


class Quiet(WSGIRequestHandler):
    """Serves without a line a request."""

    def log_request(self, *_: object) -> None:
        pass


@contextmanager
def served(line: Line) -> Iterator[tuple[Inbox, str]]:
    """The doors, and their address. A browser takes a secure cookie, and makes passkeys, at localhost alone."""
    port = free_port()
    url = f"http://localhost:{port}"
    config = replace(line.hotline.config, inbox=InboxDoor(port, url))
    inbox = Inbox(replace(line, hotline=replace(line.hotline, config=config)))
    server = make_server("127.0.0.1", port, inbox.app, threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield inbox, url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
