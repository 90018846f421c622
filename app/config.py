"""The settings: read once from the environment, frozen, and a bad value stops the start by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from app.referral.terms import Terms
from messages.segments import segments

T = TypeVar("T")
D = TypeVar("D")

TWILIO_API = "https://api.twilio.com"
DEMO_HOTLINE = "+12025550100"
# It opens the first text, which must stay within two segments.
LONGEST_LINE_NAME = 15
DEMO_VOICE = "+12025550142"
# Some 7 000 answers of an ordinary length: far above a quiet line's day, and far below what a flood could cost.
MOST_SEGMENTS = 20_000

# Secrets may come from a file instead (NAME_FILE), so that they need not stand in a process's environment.
SECRETS = frozenset(
    {
        "REDIS_URL",
        "REDIS_VOLATILE_URL",
        "TWILIO_AUTH_TOKEN",
        "TWILIO_API_KEY",
        "TWILIO_API_SECRET",
        "SMTP_URL",
        "METRICS_TOKEN",
    }
)

SETTINGS: tuple[str, ...] = (
    "PORT",
    "AMPARO_DATA",
    "REDIS_URL",
    "REDIS_VOLATILE_URL",
    "PUBLIC_URL",
    "INBOX_PORT",
    "INBOX_URL",
    "INBOX_PROXIES",
    "INBOX_BIND",
    "LINE_NAME",
    "VOICE_NUMBER",
    "VOICE_HOURS",
    "CONTACT_EMAIL",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_API_KEY",
    "TWILIO_API_SECRET",
    "TWILIO_API_URL",
    "HOTLINE_NUMBER",
    "TWILIO_MESSAGING_SERVICE_SID",
    "TWILIO_CONTENT_RETENTION",
    "TWILIO_ADDRESS_RETENTION",
    "MOST_SEGMENTS_A_DAY",
    "SMTP_URL",
    "MAIL_FROM",
    "WORKER_IDENTITY_FILE",
    "AMPARO_SERVE_DRAFTS",
    "COORDINATOR_EMAIL",
    "METRICS_TOKEN",
    "TAKE_URGENT_WITHIN",
    "TAKE_WITHIN",
    "CALL_ALARM_AFTER",
    "CALL_LAPSE_AFTER",
    "FOLLOW_UP_URGENT_AFTER",
    "FOLLOW_UP_AFTER",
    "AMPARO_ALLOW_PRIVATE_WEBHOOKS",
    "AMPARO_LEASE_SECONDS",
    "AMPARO_SWEEP_SECONDS",
)

# A lease lives no longer than its key is declared to (store.keys), and a sweep that looks more seldom than this
# would seem dead between two looks: it gives its sign of life at each.
LEASE_SECONDS = (0.2, 10.0)
SWEEP_SECONDS = (0.05, 5.0)

# Every process that a run starts, and every process those start, carries this name in its environment. So what an
# earlier run left behind is known for certain, where a number in a pidfile may be somebody else's by now.
MARK = "AMPARO_MARK"

# Set by the supervisor for its children; nobody else needs them.
INTERNAL: tuple[str, ...] = ("AMPARO_SIMULATOR_URL", "AMPARO_WORKER_RECIPIENT")


class ConfigError(Exception):
    """Says which settings are wrong, and how to mend each; nothing starts."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


@dataclass(frozen=True)
class Twilio:
    """How Twilio is reached, and how it is known to be Twilio."""

    account_sid: str
    auth_token: str = field(repr=False)
    api_key: str | None = field(repr=False)
    api_secret: str | None = field(repr=False)
    api_url: str
    hotline_number: str | None
    messaging_service_sid: str | None
    content_retention: str = "retain"
    address_retention: str = "retain"


@dataclass(frozen=True)
class InboxDoor:
    """Where staff reach the inbox: a server of its own, which listens at `bind`. `proxies` stand before it and say who asks."""

    port: int
    url: str
    proxies: int = 0
    bind: str = "127.0.0.1"


@dataclass(frozen=True)
class Config:
    """Every setting of one process; see docs/settings.md for the meaning of each."""

    port: int
    data: Path
    redis_url: str | None = field(repr=False)
    redis_volatile_url: str | None = field(repr=False)
    public_url: str
    inbox: InboxDoor
    line_name: str
    voice_number: str
    voice_hours: str | None
    contact_email: str
    twilio: Twilio | None
    smtp_url: str = field(repr=False)
    mail_from: str
    worker_identity_file: Path
    serve_drafts: bool
    coordinator_email: str
    terms: Terms
    allow_private_webhooks: bool = False
    simulator_url: str | None = None
    worker_recipient: str | None = None
    most_segments_a_day: int = MOST_SEGMENTS
    lease_seconds: float = 10.0
    sweep_seconds: float = 1.0
    metrics_token: str | None = field(default=None, repr=False)

    @property
    def demonstration(self) -> bool:
        """True where no real number is behind the line: the simulator plays Twilio."""
        return self.simulator_url is not None or self.twilio is None

    @property
    def rehearsal(self) -> bool:
        """True where no text can reach a person: in the demonstration, and where Twilio's API is on this machine."""
        return self.demonstration or (
            self.twilio is not None
            and urlsplit(self.twilio.api_url).hostname in {"localhost", "127.0.0.1", "::1"}
        )

    @property
    def own_numbers(self) -> frozenset[str]:
        """The line's own numbers: a text that claims to come from one of them is an echo."""
        number = self.twilio.hotline_number if self.twilio else None
        return frozenset({number} if number else ())

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Config:
        """Reads the settings of `env`.

        Raises:
            ConfigError: one sentence for every setting that is missing or wrong.
        """
        return _Reader(env).config()


class _Reader:
    """Collects every fault before it gives up, so that a person mends them all in one go."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.faults: list[str] = []

    def config(self) -> Config:
        port = self._parsed("PORT", _port, 8000)
        data = Path(self._text("AMPARO_DATA") or "var").absolute()
        simulator = self._text("AMPARO_SIMULATOR_URL")
        twilio = self._twilio()
        real = twilio is not None and simulator is None
        public_url = self._public_url(port, real and twilio is not None and twilio.api_url == TWILIO_API)
        host = urlsplit(public_url).hostname or "localhost"
        contact = self._parsed("CONTACT_EMAIL", _email, "hotline@example.org")
        config = Config(
            port=port,
            data=data,
            redis_url=self._parsed("REDIS_URL", _redis_url, None),
            redis_volatile_url=self._parsed("REDIS_VOLATILE_URL", _redis_url, None),
            public_url=public_url,
            inbox=self._inbox(port, public_url if real else None),
            line_name=self._parsed("LINE_NAME", _line_name, "Amparo"),
            voice_number=self._voice_number(real),
            voice_hours=self._parsed("VOICE_HOURS", _short_line, None),
            contact_email=contact,
            twilio=twilio,
            smtp_url=self._parsed("SMTP_URL", _smtp_url, "smtp://localhost:25"),
            mail_from=self._parsed("MAIL_FROM", _email, f"amparo@{host}"),
            worker_identity_file=Path(
                self._text("WORKER_IDENTITY_FILE") or data / "keys" / "worker.age"
            ).absolute(),
            serve_drafts=self._parsed("AMPARO_SERVE_DRAFTS", _yes_or_no, not real),
            coordinator_email=self._parsed("COORDINATOR_EMAIL", _email, contact),
            terms=self._terms(),
            allow_private_webhooks=self._parsed("AMPARO_ALLOW_PRIVATE_WEBHOOKS", _yes_or_no, False),
            simulator_url=simulator,
            worker_recipient=self._text("AMPARO_WORKER_RECIPIENT"),
            most_segments_a_day=self._parsed("MOST_SEGMENTS_A_DAY", _count, MOST_SEGMENTS),
            lease_seconds=self._parsed("AMPARO_LEASE_SECONDS", _seconds(*LEASE_SECONDS), 10.0),
            sweep_seconds=self._parsed("AMPARO_SWEEP_SECONDS", _seconds(*SWEEP_SECONDS), 1.0),
            metrics_token=self._parsed("METRICS_TOKEN", _token, None),
        )
        self._two_memories(config)
        self._strangers()
        if self.faults:
            raise ConfigError(self.faults)
        return config

    def _text(self, name: str) -> str | None:
        """The setting's text, from NAME or, for a secret, from the file that NAME_FILE points to."""
        value = self.env.get(name, "").strip()
        path = self.env.get(f"{name}_FILE", "").strip() if name in SECRETS else ""
        if value and path:
            self.faults.append(f"{name} and {name}_FILE are both set: keep one of them.")
        if not path:
            return value or None
        try:
            return Path(path).read_text(encoding="utf-8").strip() or None
        except (OSError, UnicodeDecodeError) as error:
            self.faults.append(f"{name}_FILE cannot be read ({type(error).__name__}): {path}")
            return None

    def _parsed(self, name: str, parse: Callable[[str], T], default: D) -> T | D:
        text = self._text(name)
        if text is None:
            return default
        try:
            return parse(text)
        except ValueError as error:
            shown = "" if name in SECRETS else f", got {text!r}"
            self.faults.append(f"{name} {error}{shown}.")
            return default

    def _terms(self) -> Terms:
        usual = Terms()
        return replace(
            usual,
            take_urgent=self._parsed("TAKE_URGENT_WITHIN", _while, usual.take_urgent),
            take=self._parsed("TAKE_WITHIN", _while, usual.take),
            alarm=self._parsed("CALL_ALARM_AFTER", _while, usual.alarm),
            lapse=self._parsed("CALL_LAPSE_AFTER", _while, usual.lapse),
            follow_up_urgent=self._parsed("FOLLOW_UP_URGENT_AFTER", _while, usual.follow_up_urgent),
            follow_up=self._parsed("FOLLOW_UP_AFTER", _while, usual.follow_up),
        )

    def _public_url(self, port: int, needed: bool) -> str:
        url = self._parsed("PUBLIC_URL", _http_url, None)
        if url is None and needed:
            self.faults.append(
                "PUBLIC_URL must be set with Twilio's credentials: the address Twilio calls, "
                "such as https://line.example.org."
            )
        return url or f"http://localhost:{port}"

    def _inbox(self, port: int, public_url: str | None) -> InboxDoor:
        """A port beside the texters', after those of the simulator; the address of the line, if it is a real one."""
        own = self._parsed("INBOX_PORT", _port, port + 3 if port < 65533 else port - 1)
        if own == port:
            self.faults.append("INBOX_PORT and PORT must be two ports, got the same twice.")
        url = self._parsed("INBOX_URL", _secure_url, None)
        where = url or self._beside(public_url) or f"http://localhost:{own}"
        # This server speaks no TLS: where people reach it by https, a proxy stands before it.
        before = 1 if where.startswith("https:") else 0
        return InboxDoor(
            port=own,
            url=where,
            proxies=self._parsed("INBOX_PROXIES", _few, before),
            bind=self._parsed("INBOX_BIND", _address, "127.0.0.1"),
        )

    def _beside(self, public_url: str | None) -> str | None:
        """The texters' own host, if staff can use it."""
        if public_url is None or not self._text("PUBLIC_URL") or self._text("INBOX_URL"):
            return None
        parts = urlsplit(public_url)
        try:
            return _secure_url(f"{parts.scheme}://{parts.netloc}")
        except ValueError:  # `amparo doctor` says that it should be https
            return None

    def _voice_number(self, real: bool) -> str:
        number = self._parsed("VOICE_NUMBER", _phone, None)
        if number is None and real and not self._text("VOICE_NUMBER"):
            self.faults.append(
                "VOICE_NUMBER must be set with Twilio's credentials: the number where a person answers, "
                "such as +12025550142."
            )
        return number or DEMO_VOICE

    def _twilio(self) -> Twilio | None:
        token = self._text("TWILIO_AUTH_TOKEN")
        sid = self._parsed("TWILIO_ACCOUNT_SID", _sid("AC"), None)
        if token is None:
            if self._text("TWILIO_ACCOUNT_SID"):
                self.faults.append("TWILIO_AUTH_TOKEN must be set when TWILIO_ACCOUNT_SID is.")
            return None
        if sid is None and not self._text("TWILIO_ACCOUNT_SID"):
            self.faults.append("TWILIO_ACCOUNT_SID must be set when TWILIO_AUTH_TOKEN is.")
        key, secret = self._text("TWILIO_API_KEY"), self._text("TWILIO_API_SECRET")
        if bool(key) != bool(secret):
            self.faults.append("TWILIO_API_KEY and TWILIO_API_SECRET go together: set both, or neither.")
        number = self._parsed("HOTLINE_NUMBER", _phone, None)
        service = self._parsed("TWILIO_MESSAGING_SERVICE_SID", _sid("MG"), None)
        if number is None and service is None:
            self.faults.append(
                "HOTLINE_NUMBER or TWILIO_MESSAGING_SERVICE_SID must be set: who the texts are from."
            )
        return Twilio(
            account_sid=sid or "",
            auth_token=token,
            api_key=key,
            api_secret=secret,
            api_url=self._parsed("TWILIO_API_URL", _http_url, None) or TWILIO_API,
            hotline_number=number,
            messaging_service_sid=service,
            content_retention=self._parsed("TWILIO_CONTENT_RETENTION", _retention("discard"), "retain"),
            address_retention=self._parsed("TWILIO_ADDRESS_RETENTION", _retention("obfuscate"), "retain"),
        )

    def _strangers(self) -> None:
        """A setting of ours with a typing error in its name would be silently left out."""
        known = {*SETTINGS, *INTERNAL, MARK, *(f"{name}_FILE" for name in SECRETS)}
        for name in sorted(set(self.env) - known):
            if name.startswith("AMPARO_"):
                near = get_close_matches(name, SETTINGS, n=1)
                meant = f" Did you mean {near[0]}?" if near else " See docs/settings.md."
                self.faults.append(f"{name} is no setting of Amparo.{meant}")

    def _two_memories(self, config: Config) -> None:
        """What must be forgotten and what must not be lost cannot live in one server (design: two memories)."""
        if bool(self._text("REDIS_URL")) != bool(self._text("REDIS_VOLATILE_URL")):
            self.faults.append("REDIS_URL and REDIS_VOLATILE_URL go together: set both, or neither.")
        elif config.redis_url and config.redis_url == config.redis_volatile_url:
            self.faults.append(
                "REDIS_URL and REDIS_VOLATILE_URL must be two servers, got the same address twice."
            )


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ValueError("must be a port from 1 to 65535")
    return int(text)


def _parts(text: str) -> SplitResult:
    """The parts of an address, its port looked at: urlsplit itself looks only when somebody asks."""
    try:
        parts = urlsplit(text)
        good = parts.port != 0
    except ValueError:
        good = False
    if not good:
        # Raised here: Python's own words quote what stands after the colon, which may be half a password.
        raise ValueError("must be an address whose port, if it has one, is from 1 to 65535")
    return parts


def _redis_url(text: str) -> str:
    if _parts(text).scheme not in {"redis", "rediss", "unix"}:
        raise ValueError("must start with redis://, rediss:// or unix://")
    return text


def _http_url(text: str) -> str:
    parts = _parts(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an address such as https://line.example.org, without ? or #")
    return text.rstrip("/")


def _secure_url(text: str) -> str:
    url = _http_url(text)
    parts = _parts(url)
    plain = url.isascii() and not parts.path and not parts.username
    if not plain or not (parts.scheme == "https" or parts.hostname == "localhost"):
        raise ValueError(
            "must be an address such as https://line.example.org, without a path (http on localhost alone)"
        )
    # As a browser writes it in Origin, which forms are compared with.
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{parts.hostname}" + (
        f":{parts.port}" if parts.port not in {None, usual} else ""
    )


def _smtp_url(text: str) -> str:
    parts = _parts(text)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("must be smtp://[user:password@]host[:port] or smtps://...")
    return text


def _phone(text: str) -> str:
    digits = re.sub(r"[ ().-]", "", text)
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", digits):
        raise ValueError("must be a number with its country code, such as +12025550142")
    return digits


def _token(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._~+/-]{20,}=*", text):  # RFC 6750, 2.1
        raise ValueError("must be at least 20 letters, digits or -._~+/, such as openssl rand -hex 16 writes")
    return text


def _email(text: str) -> str:
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", text):
        raise ValueError("must be an e-mail address")
    return text


def _while(text: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,4}(?:\.\d)?) ?(s|m|h|d)", text)
    spent = timedelta(**{_UNITS[found[2]]: float(found[1])}) if found else timedelta()
    if not spent:
        raise ValueError("must be a time such as 30m, 4h or 3d")
    return spent


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _line_name(text: str) -> str:
    if not 1 <= len(text) <= LONGEST_LINE_NAME or not text.isprintable():
        raise ValueError(f"must be a name of at most {LONGEST_LINE_NAME} characters")
    return _plain(text)


def _short_line(text: str) -> str:
    if len(text) > 40 or not text.isprintable():
        raise ValueError("must be at most 40 characters, such as Mon-Fri 9-5 ET")
    return _plain(text)


def _plain(text: str) -> str:
    """One letter outside GSM-7 more than doubles the price of every text that holds it."""
    if forced := segments(text).forced_by:
        raise ValueError(f"must do without {' '.join(forced)}, which the phone network charges double")
    return text


def _sid(prefix: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if not re.fullmatch(prefix + "[0-9a-fA-F]{32}", text):
            raise ValueError(f"must be {prefix} and 32 hex digits, as Twilio's console shows it")
        return text

    return parse


def _retention(forgetful: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.casefold() not in {"retain", forgetful}:
            raise ValueError(f"must be retain or {forgetful}")
        return text.casefold()

    return parse


def _seconds(least: float, most: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        # isascii: \d of Unicode would let in the digits of any script.
        plain = text.isascii() and re.fullmatch(r"\d{1,3}(\.\d{1,3})?", text)
        if not plain or not least <= float(text) <= most:
            raise ValueError(f"must be seconds from {least:g} to {most:g}, such as {most / 2:g}")
        return float(text)

    return parse


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError("must be a whole number, or 0 for no limit")
    return int(text)


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError("must be an address of this machine, such as 127.0.0.1 or 0.0.0.0") from None


def _few(text: str) -> int:
    if not re.fullmatch(r"[0-3]", text):
        raise ValueError("must be a number from 0 to 3")
    return int(text)


def _yes_or_no(text: str) -> bool:
    if text.casefold() not in {"yes", "no"}:
        raise ValueError("must be yes or no")
    return text.casefold() == "yes"
