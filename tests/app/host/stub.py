"""Small children in the place of the real ones, so that these tests are about the supervisor alone."""

from __future__ import annotations

import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Health(BaseHTTPRequestHandler):
    """Answers 200 to everything."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def web(port: str) -> None:
    """Stands for gunicorn."""
    HTTPServer(("127.0.0.1", int(port)), Health).serve_forever()


def worker(folder: str) -> None:
    """Stands for rq's worker in the middle of a job: its work-horse has a group of its own and hears no signal."""
    if (horse := os.fork()) == 0:
        os.setpgrp()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    else:
        Path(folder, "horse.pid").write_text(str(horse))
        Path(folder, "worker.pid").write_text(str(os.getpid()))
    while True:
        time.sleep(60)


def fail(*_: str) -> None:
    """Stands for a prepare step that found a fault in a file."""
    sys.exit("flows/detained.yaml:3: no such node")


def done(*_: str) -> None:
    """Stands for a prepare step that found no fault."""


def show(folder: str) -> None:
    """Writes the names of its environment down, and stays."""
    Path(folder, "environment").write_text("\n".join(sorted(os.environ)))
    while True:
        time.sleep(60)


if __name__ == "__main__":
    {"web": web, "worker": worker, "fail": fail, "done": done, "show": show}[sys.argv[1]](*sys.argv[2:])
