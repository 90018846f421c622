"""A hotline of a few lines for the simulator to play against, and what a test says to the simulator."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "not-a-real-token"
SERVICE = "MG" + "0" * 31 + "2"
LINE = "+12025550100"
FIRST = "+12025550111"


class Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        pass


def twiml(*texts: str) -> Response:
    inner = "".join(f"<Message>{text}</Message>" for text in texts)
    return Response(f"<Response>{inner}</Response>", mimetype="text/xml")


@dataclass(frozen=True)
class Heard:
    """One post that the hotline got."""

    path: str
    fields: dict[str, str]
    headers: dict[str, str]
    signed: bool


@dataclass
class Hotline:
    """Answers every post with `answer`, and keeps what it got."""

    url: str
    heard: list[Heard] = field(default_factory=list)
    answer: Callable[[dict[str, str]], Response] = lambda _: twiml("Hello")

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        fields = request.form.to_dict()
        signature = request.headers.get("X-Twilio-Signature", "")
        signed = RequestValidator(TOKEN).validate(self.url + request.path, fields, signature)
        self.heard.append(Heard(request.path, fields, dict(request.headers), signed))
        answer = Response(status=204) if request.path == "/sms/status" else self.answer(fields)
        return answer(environ, start_response)

    def at(self, path: str) -> list[Heard]:
        return [heard for heard in self.heard if heard.path == path]


@dataclass(frozen=True)
class Simulator:
    """What a test says to the simulator."""

    url: str
    smtp_port: int

    def do(self, path: str, **fields: object) -> Any:
        answer = requests.post(self.url + path, json=fields, timeout=20)
        assert answer.ok, answer.text
        return answer.json()

    def texts(self, body: str, phone: str = "1", **more: object) -> list[dict[str, Any]]:
        return self.do(f"/phones/{phone}/texts", body=body, **more)["thread"]

    def everything(self) -> Any:
        return requests.get(self.url + "/phones.json", timeout=20).json()

    def thread(self, phone: str = "1") -> list[dict[str, Any]]:
        return next(each for each in self.everything()["phones"] if each["id"] == phone)["thread"]

    def client(self, name: str = ACCOUNT, secret: str = TOKEN) -> Client:
        client = Client(name, secret, ACCOUNT)
        client.api.base_url = self.url
        return client


def eventually(true: Callable[[], bool], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.02)


def serve(app: Any, port: int) -> Callable[[], None]:
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()

    def stop() -> None:
        server.shutdown()
        thread.join()
        server.server_close()

    return stop
