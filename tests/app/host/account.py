"""A Twilio account as its console shows it: one number with its webhooks, the last texts, and what is wrong with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Request, Response

from tests.app.simulator.doubles import serve
from tests.servers import free_port
from tests.texter import ACCOUNT, HOTLINE, PUBLIC_URL

TOKEN = "a-token-of-this-test"
RETRIES = "#rc=2&rp=5xx,ct,rt"
WORDS = "my cousin is at the jail"


def well_set() -> dict[str, Any]:
    """The number's settings as they should be."""
    return {
        "sid": "PN" + "0" * 32,
        "phone_number": HOTLINE,
        "sms_url": f"{PUBLIC_URL}/sms{RETRIES}",
        "sms_method": "POST",
        "sms_fallback_url": "https://elsewhere.example.org/sms",
        "voice_url": f"{PUBLIC_URL}/voice",
        "voice_method": "POST",
    }


@dataclass
class Account:
    """Answers the two questions of the doctor; `number` and `bodies` may be changed."""

    url: str = ""
    number: dict[str, Any] = field(default_factory=well_set)
    bodies: list[str] = field(default_factory=lambda: ["", ""])
    refuses: tuple[int, int] | None = None
    asked: list[str] = field(default_factory=list)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        self.asked.append(request.path)
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        given = request.authorization
        if self.refuses or given is None or (given.username, given.password) != (ACCOUNT, TOKEN):
            status, code = self.refuses or (401, 20003)
            return _json({"code": code, "message": f"{HOTLINE} {TOKEN}", "status": status}, status)
        if request.path.endswith("/IncomingPhoneNumbers.json"):
            wanted = request.args.get("PhoneNumber", "")
            found = [self.number] if wanted in self.number["phone_number"] else []
            return _json({"incoming_phone_numbers": found, "page": 0, "page_size": 50})
        texts = [{"sid": "SM" + "1" * 32, "body": body, "from": "+12025550111"} for body in self.bodies]
        return _json({"messages": texts, "page": 0, "page_size": 50})


def _json(body: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")


@contextmanager
def console() -> Iterator[Account]:
    """An account, on the loopback."""
    port = free_port()
    account = Account(f"http://127.0.0.1:{port}")
    stop = serve(account, port)
    try:
        yield account
    finally:
        stop()
