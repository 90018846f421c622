"""Looks over an installation: gathers what is so, and says in plain sentences what is not well."""

from __future__ import annotations

import smtplib
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from redis import Redis

from app.bootstrap import Hotline
from app.config import TWILIO_API, Config
from app.live import NothingPublishedError
from app.outside.account import NumberSettings, TwilioAccount
from app.outside.sms import SmsError
from app.referral.seal import SealError, recipient_of
from app.store import keys
from app.store.memory import MemoryDown

LATE = timedelta(minutes=15)
# Connection overrides in the webhook's fragment: try again on connect failure, time-out and 5xx.
# Source: twilio.com/docs/usage/webhooks/webhooks-connection-overrides
RETRIES = ("rc=", "rp=")


@dataclass(frozen=True)
class Sentence:
    """One thing that was looked at; a fault makes the doctor's exit code 1."""

    fault: bool
    text: str


def fine(text: str) -> Sentence:
    """Something that is well."""
    return Sentence(False, text)


def fault(text: str) -> Sentence:
    """Something that is not."""
    return Sentence(True, text)


def examine(line: Hotline, account: TwilioAccount | None) -> Iterator[Sentence]:
    """Every sentence about this installation, in the order in which one would mend it."""
    yield from _durable(line.durable)
    yield from _volatile(line.volatile)
    yield from _apart(line.durable, line.volatile)
    yield from _keys(line.config, line.worker_recipient)
    yield from _working(line)
    yield from _texts(line)
    yield from _mail(line.config)
    yield from _address(line.config)
    yield from _twilio(line.config, account)


def _settings(redis: Redis, names: tuple[str, ...]) -> Mapping[str, str] | None:
    """The server's settings, or None if it does not answer or does not tell."""
    try:
        found = cast("dict[str, str]", redis.config_get(*names))
    except MemoryDown:
        return None
    return {_text(name): _text(value) for name, value in found.items()}


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _expect(memory: str, found: Mapping[str, str], name: str, wanted: str, why: str) -> Sentence:
    if found.get(name, "") == wanted:
        return fine(f"{memory}: {name} is {wanted or 'off'}, so that {why}.")
    return fault(
        f"{memory}: {name} must be {wanted or 'off'}, it is {found.get(name) or 'off'}. Only then {why}."
    )


def _durable(redis: Redis) -> Iterator[Sentence]:
    found = _settings(redis, ("appendonly", "appendfsync", "maxmemory-policy"))
    if found is None:
        yield fault("The durable Redis (REDIS_URL) does not answer, or does not tell its settings.")
        return
    yield _expect("Durable memory", found, "appendonly", "yes", "a confirmed referral survives a crash")
    yield _expect(
        "Durable memory", found, "appendfsync", "always", "what we confirm is on the disk before we say so"
    )
    yield _expect(
        "Durable memory",
        found,
        "maxmemory-policy",
        "noeviction",
        "a full memory refuses, and never drops a referral",
    )


def _volatile(redis: Redis) -> Iterator[Sentence]:
    found = _settings(redis, ("appendonly", "save", "maxmemory-policy", "slowlog-max-len"))
    if found is None:
        yield fault("The volatile Redis (REDIS_VOLATILE_URL) does not answer, or does not tell its settings.")
        return
    yield _expect("Volatile memory", found, "appendonly", "no", "nothing of menu traffic touches a disk")
    yield _expect("Volatile memory", found, "save", "", "nothing of menu traffic touches a disk")
    yield _expect(
        "Volatile memory", found, "maxmemory-policy", "noeviction", "the day's pepper is never dropped"
    )
    yield _expect(
        "Volatile memory",
        found,
        "slowlog-max-len",
        "0",
        "no command with a person's session is kept in a log",
    )


def _apart(durable: Redis, volatile: Redis) -> Iterator[Sentence]:
    try:
        ids = [cast("dict[str, str]", redis.info("server"))["run_id"] for redis in (durable, volatile)]
    except MemoryDown:
        return
    same = ids[0] == ids[1]
    yield (
        fault("Both memories are one server: what must be forgotten would reach its disk.")
        if same
        else fine("The two memories are two servers.")
    )


def _keys(config: Config, recipient: str) -> Iterator[Sentence]:
    path = config.worker_identity_file
    try:
        own = recipient_of(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, SealError):
        yield fault(f"The worker's key (WORKER_IDENTITY_FILE) cannot be read: {path}.")
        return
    if own != recipient:
        yield fault(
            "Numbers are sealed to another key than the worker's: open requests could not be answered."
        )
    yield from _private(path)


def _private(path: Path) -> Iterator[Sentence]:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        yield fault(f"The worker's key can be read by others (mode {mode:o}): chmod 600 {path}")
    else:
        yield fine("The worker's key can be read by its owner alone.")


def _working(line: Hotline) -> Iterator[Sentence]:
    try:
        for kind, what in (("worker", "a worker"), ("sweep", "the sweep")):
            alive = bool(line.volatile.exists(keys.HEARTBEAT(kind)))
            yield (
                fine(f"{what.capitalize()} is alive.")
                if alive
                else fault(f"There is no sign of life of {what}: start the hotline with amparo run.")
            )
        late = [owed for owed in line.outbox.due(line.clock()) if line.clock() - owed.due > LATE]
    except MemoryDown:
        return
    yield (
        fault(f"{len(late)} requests are overdue by more than 15 minutes.")
        if late
        else fine("No request is overdue.")
    )


def _texts(line: Hotline) -> Iterator[Sentence]:
    try:
        live = line.live.current()
    except (MemoryDown, NothingPublishedError):
        yield fault("No revision is live: amparo publish --reason first")
        return
    yield fine(f"Revision {live.hash} is live.")
    if not live.unsigned:
        yield fine("Every text that states law is signed by a lawyer.")
    elif line.config.demonstration:
        yield fine(f"{live.unsigned_count} texts are not signed by a lawyer yet; this is a demonstration.")
    else:
        served = (
            "are served all the same, because AMPARO_SERVE_DRAFTS is yes"
            if line.config.serve_drafts
            else "are not served"
        )
        yield fault(
            f"{live.unsigned_count} texts are not signed by a lawyer and {served}: {', '.join(sorted(live.unsigned))}."
        )


def _mail(config: Config) -> Iterator[Sentence]:
    if config.demonstration:
        yield fine("Mail goes to the sink beside the phone.")
        return
    parts = urlsplit(config.smtp_url)
    try:
        with smtplib.SMTP(parts.hostname or "", parts.port or 25, timeout=5) as server:
            server.noop()
    except (OSError, smtplib.SMTPException):
        yield fault("The mail server (SMTP_URL) does not answer: no office would hear of a request.")
        return
    yield fine("The mail server answers.")


def _address(config: Config) -> Iterator[Sentence]:
    if config.demonstration:
        yield fine("This is a demonstration: nothing leaves this machine.")
        return
    if urlsplit(config.public_url).scheme != "https":
        yield fault(
            f"PUBLIC_URL must begin with https, got {config.public_url}: texts would cross the net in clear."
        )
    else:
        yield fine(f"Twilio calls {config.public_url}/sms.")
    if config.contact_email.endswith("example.org"):
        yield fault("CONTACT_EMAIL is not set: HELP and the terms would show an address that is nobody's.")


def _twilio(config: Config, account: TwilioAccount | None) -> Iterator[Sentence]:
    if account is None or config.twilio is None:
        return
    where = "Twilio" if config.twilio.api_url == TWILIO_API else config.twilio.api_url
    try:
        number, keeps = account.number_settings(), account.keeps_bodies()
    except SmsError as error:
        yield fault(f"{where} refuses our credentials or does not answer (code {error.code}).")
        return
    yield from _webhook(config, number)
    if keeps:
        yield fault(
            "Twilio still keeps the words of texts: turn on redaction, or discard contents, in its console."
        )
    else:
        yield fine("Twilio shows no words of the last texts.")


def _webhook(config: Config, number: NumberSettings | None) -> Iterator[Sentence]:
    if number is None:
        yield fault("HOTLINE_NUMBER is not a number of this Twilio account.")
        return
    address, _, overrides = number.sms_url.partition("#")
    wanted = f"{config.public_url}/sms"
    if address != wanted or number.sms_method != "POST":
        yield fault(
            f"The number's message webhook must be POST {wanted}, it is {number.sms_method} {address}."
        )
    else:
        yield fine("The number's message webhook leads here.")
    if not all(override in overrides for override in RETRIES):
        yield fault(f"The webhook has no retries: write {wanted}#rc=2&rp=5xx,ct,rt in Twilio's console.")
    here = urlsplit(config.public_url).hostname
    if not number.fallback_url or urlsplit(number.fallback_url).hostname == here:
        yield fault(
            "The number has no fallback URL on another host: a text would go unanswered when this one is down."
        )
    if number.voice_url.partition("#")[0] != f"{config.public_url}/voice":
        yield fault(f"The number's voice webhook must be {config.public_url}/voice.")
