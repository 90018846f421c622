"""An office's case system: where it takes hooks, and under which secrets they are signed.

Source: the Standard Webhooks specification 1.0.0 (github.com/standard-webhooks/standard-webhooks).
"""

from __future__ import annotations

import json
import re
import secrets as random
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from ipaddress import IPv6Address
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from app.sealing import seal

LONGEST_URL = 2000
# So long an old secret signs beside the new one: a receiver has a day to change over.
ROTATION = timedelta(hours=24)
# Every signature makes the header longer; nobody needs so many within one day.
MOST_SECRETS = 4

PREFIX = "whsec_"
SECRET_BYTES = range(24, 65)
NEW_SECRET_BYTES = 32

Why = Literal["", "gone", "silent", "operator"]
WHY: dict[Why, str] = {
    "gone": "its system answered 410, it wants no more",
    "silent": "its system took nothing for days",
    "operator": "an operator disabled it",
}


class EndpointError(ValueError):
    """An endpoint or a secret that cannot be as it is written; it never shows a secret or a password."""


@dataclass(frozen=True)
class Target:
    """The parts of an endpoint's address."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The host as a request names it: with its port, unless that is the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"

    @property
    def shown(self) -> str:
        """The address without its path, which may hold a password of its own."""
        return f"{'https' if self.secure else 'http'}://{self.authority}/"


def target_of(url: str) -> Target:
    """The parts of an address that was typed.

    Raises:
        EndpointError: it is none that a hook can go to, or two programs might read it differently.
    """
    if not re.fullmatch(r"[!-~]+", url) or "\\" in url or len(url) > LONGEST_URL:
        raise EndpointError(
            f"url must be at most {LONGEST_URL} characters of plain ASCII, without spaces or \\"
        )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise EndpointError("url must be such as https://cases.example.org/hooks") from None
    if "@" in parts.netloc:
        raise EndpointError("url must not hold a user or a password: the signature is the proof")
    bracketed = "[" in parts.netloc
    if parts.scheme not in {"https", "http"} or port == 0 or bracketed != (":" in host) or not _is_host(host):
        raise EndpointError("url must be such as https://cases.example.org/hooks")
    if "#" in url:
        raise EndpointError("url must be without #, which is never sent")
    secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(secure, host, port or (443 if secure else 80), path)


def _is_host(host: str) -> bool:
    """True for a plain name (an international one as xn--), or for an address."""
    if ":" not in host:
        return len(host) <= 253 and bool(re.fullmatch(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?", host))
    try:
        return IPv6Address(host).scope_id is None
    except ValueError:
        return False


def new_secret() -> str:
    """A secret that nobody can guess, as the receiver's library takes it."""
    return PREFIX + b64encode(random.token_bytes(NEW_SECRET_BYTES)).decode("ascii")


def key_of(secret: str) -> bytes:
    """The bytes that sign, of a secret as it is shown.

    Raises:
        EndpointError: it is no `whsec_` and base64 of 24 to 64 bytes; it is not shown.
    """
    head, _, tail = secret.partition(PREFIX)
    try:
        key = b64decode(tail, validate=True)
    except (Base64Error, ValueError):
        key = b""
    if head or len(key) not in SECRET_BYTES:
        raise EndpointError(f"a secret must be {PREFIX} and the base64 of 24 to 64 bytes")
    return key


@dataclass(frozen=True)
class SealedSecret:
    """One secret, sealed to the worker; `until` is when it stops to sign, None for the newest."""

    box: bytes = field(repr=False)
    until: datetime | None = None

    def __post_init__(self) -> None:
        if not self.box:
            raise EndpointError("a sealed secret must not be empty")
        if self.until is not None and self.until.tzinfo is None:
            raise EndpointError(f"until must have a time zone, got {self.until!r}")

    @classmethod
    def of(cls, secret: str, recipient: str) -> SealedSecret:
        """The secret, sealed.

        Raises:
            EndpointError: it is no secret.
            SealError: the recipient is none.
        """
        key_of(secret)
        return cls(seal(secret.encode("ascii"), (recipient,)))


@dataclass(frozen=True)
class Endpoint:
    """Where one office takes hooks. `secrets` are sealed to the worker, the newest first; nobody else reads them."""

    office: str
    url: str = field(repr=False)
    secrets: tuple[SealedSecret, ...]
    disabled_why: Why = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9-]{1,31}", self.office):
            raise EndpointError(f"office must be the id of an office, got {self.office!r}")
        if self.disabled_why not in get_args(Why):
            raise EndpointError(f"disabled_why must be one of {get_args(Why)}, got {self.disabled_why!r}")
        if not 1 <= len(self.secrets) <= MOST_SECRETS:
            raise EndpointError(f"secrets must be 1 to {MOST_SECRETS}, got {len(self.secrets)}")
        if [secret.until is None for secret in self.secrets] != [True] + [False] * (len(self.secrets) - 1):
            raise EndpointError("only the newest secret may sign without end")
        self.target  # noqa: B018 - looks the address over

    @cached_property
    def target(self) -> Target:
        """Where its hooks go."""
        return target_of(self.url)

    @property
    def disabled(self) -> bool:
        """True while nothing is sent to it."""
        return bool(self.disabled_why)

    def signing(self, now: datetime) -> tuple[bytes, ...]:
        """The sealed secrets that sign at this moment, the newest first."""
        return tuple(each.box for each in self.secrets if each.until is None or now < each.until)

    def rotated(self, new: SealedSecret, now: datetime) -> Endpoint:
        """This endpoint with a new secret; those that sign now go on for a day.

        Raises:
            EndpointError: it has been rotated too often within that day.
        """
        old = (
            each if each.until else replace(each, until=now + ROTATION)
            for each in self.secrets
            if each.until is None or now < each.until
        )
        return replace(self, secrets=(new, *old))

    def to_json(self) -> str:
        """One line of JSON; `from_json` reads it back."""
        secrets = [
            {"box": b64encode(each.box).decode("ascii"), "until": each.until and each.until.isoformat()}
            for each in self.secrets
        ]
        record = {"office": self.office, "url": self.url, "secrets": secrets, "why": self.disabled_why}
        return json.dumps(record, separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str | bytes) -> Endpoint:
        """The endpoint that `to_json` wrote.

        Raises:
            EndpointError: the text is not such a record (it is not shown).
        """
        try:
            record: dict[str, Any] = json.loads(text)
            secrets = tuple(
                SealedSecret(
                    b64decode(each["box"], validate=True),
                    datetime.fromisoformat(each["until"]) if each["until"] else None,
                )
                for each in record["secrets"]
            )
            return cls(record["office"], record["url"], secrets, record["why"])
        except (ValueError, KeyError, TypeError) as error:
            raise EndpointError(f"a stored endpoint cannot be read ({type(error).__name__})") from error
