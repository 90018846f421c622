"""Looks over an installation: gathers what is so, and says in plain sentences what is not well."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, urlsplit

from redis import Redis

from app.bootstrap import Hotline
from app.config import TWILIO_API, Config, Twilio
from app.directory.issues import DETENTION
from app.directory.office import Office
from app.live import Live, NothingPublishedError
from app.outside.account import NumberSettings, TwilioAccount
from app.outside.mail import MailError, SmtpMailer
from app.outside.sms import SmsError
from app.referral.life import Referral
from app.sealing import SealError, recipient_of, unseal
from app.store import keys
from app.store.memory import MemoryDown

LATE = timedelta(minutes=15)
ALL = -1
WRONG_CREDENTIALS = 20003
# Connection overrides in the webhook's fragment: by default Twilio tries again after a failed connection only.
# Source: twilio.com/docs/usage/webhooks/webhooks-connection-overrides
RETRIES = "#rc=2&rp=5xx,ct,rt"
# Policies under which an answer such as 502 is tried again.
AFTER_A_FAULT = frozenset({"5xx", "all"})


# What a memory must be set to, and what for: (setting, value, reason).
Rules = tuple[tuple[str, str, str], ...]
DURABLE: Rules = (
    ("appendonly", "yes", "a confirmed referral survives a crash"),
    ("appendfsync", "always", "what we confirm is on the disk before we say so"),
    ("maxmemory-policy", "noeviction", "a full memory refuses, and never drops a referral"),
)
VOLATILE: Rules = (
    ("appendonly", "no", "nothing of menu traffic touches a disk"),
    ("save", "", "nothing of menu traffic touches a disk"),
    ("maxmemory-policy", "noeviction", "the day's pepper is never dropped"),
    ("slowlog-max-len", "0", "no command with a person's session is kept in a log"),
)


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
    yield from _memory("durable", "REDIS_URL", line.durable, DURABLE)
    yield from _memory("volatile", "REDIS_VOLATILE_URL", line.volatile, VOLATILE)
    yield from _apart(line.durable, line.volatile)
    yield from _keys(line)
    yield from _lock(line)
    yield from _working(line)
    yield from _spending(line)
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
    value = found.get(name, "not told")  # some services hide a setting
    if value == wanted:
        return fine(f"{memory}: {name} is {wanted or 'off'}, so that {why}.")
    return fault(
        f"{memory}: {name} must be {wanted or 'off'}, it is {value or 'off'}. Only then is it sure that {why}."
    )


def _silent(memory: str, setting: str) -> Sentence:
    return fault(
        f"The {memory} Redis ({setting}) does not answer, or does not tell its settings. "
        "Is the hotline running, in this folder and with these settings?"
    )


def _many(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _memory(name: str, setting: str, redis: Redis, wanted: Rules) -> Iterator[Sentence]:
    found = _settings(redis, tuple(rule[0] for rule in wanted))
    if found is None:
        yield _silent(name, setting)
        return
    for rule in wanted:
        yield _expect(f"{name.capitalize()} memory", found, *rule)


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


def _keys(line: Hotline) -> Iterator[Sentence]:
    path = line.config.worker_identity_file
    try:
        identity = path.read_text(encoding="utf-8")
        recipient_of(identity)
    except (OSError, UnicodeDecodeError, SealError):
        yield fault(f"The worker's key (WORKER_IDENTITY_FILE) cannot be read: {path}.")
        return
    yield from _private(path)
    yield from _opens(line, identity)


def _private(path: Path) -> Iterator[Sentence]:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        yield fault(f"The worker's key can be read by others (mode {mode:o}): chmod 600 {path}")
    else:
        yield fine("The worker's key can be read by its owner alone.")


def _opens(line: Hotline, identity: str) -> Iterator[Sentence]:
    try:
        locked = sum(not _opened(referral, identity) for referral in line.referrals.open())
    except MemoryDown:
        return
    if locked:
        yield fault(
            f"{_many(locked, 'open request is', 'open requests are')} sealed to another key than the worker's: "
            "put that key back, or nobody can be told what became of it."
        )
    else:
        yield fine("The worker's key opens every open request.")


def _opened(referral: Referral, identity: str) -> bool:
    """True if the worker can read whom this referral is for; nothing of it is kept."""
    try:
        unseal(referral.number_box, identity)
    except SealError:
        return False
    return True


def _lock(line: Hotline) -> Iterator[Sentence]:
    try:
        lock, persons = line.lockdown.standing(), line.lockdown.persons()
    except MemoryDown:
        return
    if lock is not None:
        since = f"{lock.at:%Y-%m-%d %H:%M} UTC"
        yield fault(
            f"The line is locked since {since}: every text gets one fixed answer. See: amparo lockdown status"
        )
    elif len(persons) < 2:
        yield fine(
            "The line is not locked. That a second person lifts a lockdown is only a promise: list two, with keys. "
            "See: amparo lockdown person add --help"
        )
    else:
        yield fine(f"The line is not locked; {len(persons)} persons may lift a lockdown of somebody else.")


def _working(line: Hotline) -> Iterator[Sentence]:
    try:
        for kind, what in (("worker", "a worker"), ("sweep", "the sweep")):
            alive = bool(line.volatile.exists(keys.HEARTBEAT(kind)))
            yield (
                fine(f"{what.capitalize()} is alive.")
                if alive
                else fault(f"There is no sign of life of {what}: start the hotline with amparo run.")
            )
        since = line.clock() - LATE
        stuck = {
            referral.id
            for referral in line.referrals.open()
            if referral.state == "requested" and referral.created < since
        }
        late = len(stuck | {owed.id for owed in line.outbox.due(since, limit=ALL)})
        failed = len(line.failed_hooks.failed())
        offices = [office for office in line.offices.all() if line.config.rehearsal or not office.made_up]
    except MemoryDown:
        return
    yield (
        fault(f"{_many(late, 'request is', 'requests are')} overdue by more than 15 minutes.")
        if late
        else fine("No request is overdue.")
    )
    if failed:
        yield fault(
            f"{_many(failed, 'hook was', 'hooks were')} taken by no system of an office: amparo hooks failed."
        )
    yield from _taking(offices)


def _taking(offices: list[Office]) -> Iterator[Sentence]:
    """Whether there is an office at all, and one for somebody who is held: that is what people ask for at night."""
    if not offices:
        yield fault(
            "There is no legal office: nobody's request can be taken. See amparo directory add-partner --help."
        )
        return
    taking = [office for office in offices if office.capacity != 0]
    if not taking:
        yield fault(
            "Every legal office is paused: nobody's request can be taken. "
            "Start one again: amparo directory add-partner --id ID --capacity none"
        )
        return
    paused = ", ".join(office.id for office in offices if office.capacity == 0)
    takes = f"{_many(len(taking), 'legal office takes', 'legal offices take')} requests"
    yield fine(f"{takes}; paused: {paused}." if paused else f"{takes}.")
    for_held = [office for office in taking if office.takes_detained]
    untold = [office.id for office in for_held if not office.may_take(DETENTION, held=True)]
    if untold:
        yield fault(
            f"{', '.join(untold)}: takes people who are held, and is never offered one. Say whom it can take: "
            "amparo directory add-partner --id ID --whom any, or --issues with IM-02."
        )


def _spending(line: Hotline) -> Iterator[Sentence]:
    """What was sent today, and whether that is near what may be sent."""
    try:
        sent = line.spending.today()
    except MemoryDown:
        return
    if not line.spending.most:
        yield fine("MOST_SEGMENTS_A_DAY is 0: nothing but Twilio's own limits stops a flood of texts.")
        return
    sentence = line.spending.sentence(sent)
    state = line.spending.state(sent)
    if sentence is None:
        yield fine(f"{sent} of {line.spending.most} segments are sent today.")
    else:
        yield fault(sentence) if state == "spent" else fine(sentence)


def _texts(line: Hotline) -> Iterator[Sentence]:
    try:
        live = line.live.current()
    except NothingPublishedError:
        yield fault("No revision is live: amparo publish --reason first")
        return
    except MemoryDown:
        return
    yield fine(f"Revision {live.hash} is live.")
    yield from _facts(line, live)
    if not live.unsigned:
        yield fine("Every text that states law is signed by a lawyer.")
        return
    texts = f"{_many(live.unsigned_count, 'text is', 'texts are')} not signed by a lawyer"
    if line.config.demonstration:
        yield fine(f"{texts} yet; this is a demonstration.")
        return
    served = (
        "but served, because AMPARO_SERVE_DRAFTS is yes" if line.config.serve_drafts else "and so not served"
    )
    yield fault(f"{texts} {served}: {', '.join(sorted(live.unsigned))}.")


def _facts(line: Hotline, live: Live) -> Iterator[Sentence]:
    """What nobody has checked in time, or somebody has suspended, and how many texts give way for it."""
    today = live.today(line.config, line.clock())
    silent = live.silent(today)
    past = live.content.register.past(today)
    if live.suspended:
        yield fine(f"Suspended: {', '.join(sorted(live.suspended))}. Take it back with: amparo facts restore")
    if past:
        yield fault(
            f"{_many(len(past), 'fact is', 'facts are')} past the day of its check: {', '.join(sorted(past))}. "
            "Look whether it holds, and write the day as checked_on (amparo facts)."
        )
    yield (
        fine(
            f"{_many(len(silent), 'text gives', 'texts give')} way to the standing text: {', '.join(silent)}."
        )
        if silent
        else fine("Every fact holds, so that every text is said.")
    )


def _mail(config: Config) -> Iterator[Sentence]:
    if config.demonstration:
        yield fine("Mail goes to the sink beside the phone.")
        return
    try:
        SmtpMailer(config.smtp_url, config.mail_from).greet()
    except MailError as error:
        yield fault(f"No office would hear of a request (SMTP_URL): {error}.")
        return
    yield fine("The mail server answers.")


def _address(config: Config) -> Iterator[Sentence]:
    if config.demonstration:
        yield fine("This is a demonstration: nothing leaves this machine.")
        return
    if urlsplit(config.public_url).scheme != "https":
        yield fault(
            f"PUBLIC_URL must begin with https, got {_shown(config.public_url)}: texts would cross the net in clear."
        )
    else:
        yield fine(f"Twilio calls {_shown(config.public_url)}/sms.")
    if config.contact_email.casefold().endswith(("@example.org", ".example.org")):
        yield fault(
            f"CONTACT_EMAIL is {config.contact_email}, which nobody reads: HELP and the terms would show it. Set your own."
        )


def _shown(url: str) -> str:
    """An address without what may be secret in it: user, password, query and fragment."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if url else "not set"


def _twilio(config: Config, account: TwilioAccount | None) -> Iterator[Sentence]:
    if account is None or config.twilio is None:
        return
    where = "Twilio" if config.twilio.api_url == TWILIO_API else _shown(config.twilio.api_url)
    try:
        number, keeps = account.number_settings(), account.keeps_bodies()
    except SmsError as error:
        yield _unasked(where, error.code)
        return
    if config.twilio.hotline_number is None:
        yield fault(
            "HOTLINE_NUMBER is not set, so the webhooks of the number cannot be looked at: "
            "set it beside TWILIO_MESSAGING_SERVICE_SID."
        )
    elif number is None:
        yield fault("HOTLINE_NUMBER is not a number of this Twilio account.")
    else:
        yield from _webhook(config.public_url, number)
        yield from _fallback(config.public_url, number)
        yield from _voice(config.public_url, number)
    yield _kept(keeps)
    yield from _retention(config.twilio)


def _unasked(where: str, code: int | None) -> Sentence:
    if code is None:
        return fault(f"{where} does not answer, so its settings cannot be looked at.")
    if code == WRONG_CREDENTIALS:
        return fault(
            f"{where} does not accept our credentials (code {code}): "
            "look at TWILIO_ACCOUNT_SID, and at the auth token or the API key."
        )
    return fault(f"{where} does not tell our settings (code {code}).")


def _webhook(public_url: str, number: NumberSettings) -> Iterator[Sentence]:
    address, _, overrides = number.sms_url.partition("#")
    wanted = f"{public_url}/sms"
    if (number.sms_method, address) != ("POST", wanted):
        yield fault(
            f"The number's message webhook must be POST {_shown(wanted)}, "
            f"it is {number.sms_method} {_shown(address)}."
        )
    else:
        yield fine("The number's message webhook leads here.")
    if not _tries_again(overrides):
        yield fault(
            f"Twilio does not try again when we fail: write {_shown(wanted)}{RETRIES} in Twilio's console."
        )
    else:
        yield fine("Twilio tries again when we fail.")


def _tries_again(overrides: str) -> bool:
    told = parse_qs(overrides)
    count, policies = told.get("rc", ["1"])[0], told.get("rp", [""])[0].split(",")
    return count != "0" and not AFTER_A_FAULT.isdisjoint(policies)


def _fallback(public_url: str, number: NumberSettings) -> Iterator[Sentence]:
    if urlsplit(number.fallback_url).hostname in {None, urlsplit(public_url).hostname}:
        yield fault(
            "The number has no fallback URL on another host: a text would go unanswered when this one is down."
        )
    else:
        yield fine("Another host answers texts when this one is down.")


def _voice(public_url: str, number: NumberSettings) -> Iterator[Sentence]:
    wanted = f"{public_url}/voice"
    if (number.voice_method, number.voice_url.partition("#")[0]) != ("POST", wanted):
        yield fault(f"The number's voice webhook must be POST {_shown(wanted)}.")
    else:
        yield fine("The number's voice webhook leads here.")


def _kept(keeps: bool | None) -> Sentence:
    if keeps is None:
        return fine("Twilio has no text of ours yet: ask again after the first whether it keeps the words.")
    if keeps:
        return fault(
            "Twilio still keeps the words of texts: turn on redaction, or discard contents, in its console."
        )
    return fine("Twilio shows no words of the last texts.")


def _retention(twilio: Twilio) -> Iterator[Sentence]:
    """What Twilio is asked to forget of the texts that we send by ourselves."""
    if twilio.content_retention == "retain":
        yield fine(
            "Twilio is not asked to discard the words of what we send by ourselves: have message redaction enabled on "
            "the account, then set TWILIO_CONTENT_RETENTION=discard."
        )
    else:
        yield fine("Twilio is asked to discard the words of what we send by ourselves.")
    if twilio.address_retention == "obfuscate":
        yield fine(
            "Twilio is asked to hide whom we text: after a doubtful sending its log cannot be asked, and nobody is "
            "texted a second time."
        )
