"""Somebody of the staff with a browser: `Colleague(inbox, "ana").signs_in()` goes through the door as a person does."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_inbox
from app.bootstrap import Hotline
from app.staff.account import Account, Role
from app.staff.codes import fingerprint
from app.staff.factors import new_recovery, new_seed
from app.staff.invitations import Secrets
from app.staff.passphrase import kept
from app.store.visits import Visit
from app.web.gate import COOKIE
from tests.texter import Line

ORIGIN = "https://line.example.org"
PASSPHRASE = "walnut cloud ladder spoon"
# Hashed once: argon2id is slow on purpose.
KEPT = kept(PASSPHRASE)


@dataclass
class Inbox:
    """The staff's doors of one line."""

    line: Line
    app: Flask = field(init=False)
    seeds: dict[str, str] = field(default_factory=dict)
    recovery: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app = create_inbox(self.line.hotline)

    @property
    def hotline(self) -> Hotline:
        return self.line.hotline

    def has(self, name: str, role: Role = "staff", office: str = "") -> Account:
        """An account of this name, as if they had joined."""
        where = office or ("mesa" if role in {"staff", "lead"} else "")
        code = self.hotline.staff.reception.invite(name, role, where, "test")
        seed, recovery = new_seed(), new_recovery()
        self.seeds[name], self.recovery[name] = seed, recovery
        chosen = Secrets(KEPT, seed, 0, tuple(map(fingerprint, recovery)))
        return self.hotline.staff.reception.join(fingerprint(code), chosen)

    def asks(self, number: str = "+12025550111", *, others: bool = False) -> str:
        """Somebody's brother is held in Texas; the reference of the request, which waits at Mesa Legal Aid."""
        texter = self.line.texter(number)
        for body in ("detuvieron a mi hermano", "1", "Texas", "1", "2" if others else "1"):
            texter.texts(body)
        found = re.search(r"(?:Code|Clave) ([0-9A-Z]{5})", texter.last)
        assert found is not None, texter.last
        self.line.works()
        return found[1]

    def browser(self, address: str = "203.0.113.7") -> Browser:
        """A browser that nobody is signed in with, at this address; the proxy before us says so."""
        client = self.app.test_client()
        client.environ_base["HTTP_X_FORWARDED_FOR"] = address
        return Browser(self, client)

    def with_(self, name: str, role: Role = "staff", office: str = "") -> Browser:
        """A browser with somebody signed in, without the waits of the door."""
        if name not in self.seeds:
            self.has(name, role, office)
        account = self.hotline.staff.accounts.named(name)
        assert account is not None
        browser = self.browser()
        word = self.hotline.staff.visits.begin(Visit("in", account.id, account.epoch))
        browser.client.set_cookie(COOKIE, word, domain="line.example.org", secure=True)
        return browser


@dataclass
class Browser:
    """One browser, its cookie and the page it shows."""

    inbox: Inbox
    client: FlaskClient
    page: str = ""
    status: int = 0
    answer: TestResponse | None = None

    def opens(self, path: str, **headers: str) -> Browser:
        """Goes to a page, wherever that leads."""
        return self._shown(
            self.client.get(
                path, base_url=ORIGIN, headers=headers, follow_redirects="Sec-Fetch-Dest" not in headers
            )
        )

    def sends(
        self, path: str, follow: bool = True, headers: dict[str, str] | None = None, **form: str
    ) -> Browser:
        """Sends a form with what the page at hand has hidden in it."""
        found = re.search(r'name="proof" value="([^"]*)"', self.page)
        stands = re.search(r'name="stands" value="([^"]*)"', self.page)
        hidden = {"proof": found[1] if found else "", "stands": stands[1] if stands else ""}
        data = {**hidden, **form}
        sent = {"Origin": ORIGIN} if headers is None else headers
        return self._shown(
            self.client.post(path, base_url=ORIGIN, data=data, headers=sent, follow_redirects=follow)
        )

    def signs_in(self, name: str, code: str = "") -> Browser:
        """Both secrets, one after the other."""
        self.sends("/inbox/sign-in", name=name, passphrase=PASSPHRASE)
        return self.sends("/inbox/code", code=code or self.code(name))

    def code(self, name: str) -> str:
        """What the authenticator app shows now; the clock goes on, for each code is good once."""
        self.inbox.line.clock.forward(seconds=30)
        return pyotp.TOTP(self.inbox.seeds[name]).at(int(self.inbox.line.clock().timestamp()))

    def _shown(self, answer: TestResponse) -> Browser:
        self.answer, self.status, self.page = answer, answer.status_code, answer.data.decode(errors="replace")
        return self
