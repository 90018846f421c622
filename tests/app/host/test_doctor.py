"""`amparo doctor`: each sentence, well and not well, on real servers, a real mailbox and an account like Twilio's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from redis import Redis

from app.commands import main
from app.config import SETTINGS, Config
from app.directory.sample import load_sample
from app.outside.account import TwilioAccount
from app.outside.sms import SmsError, TwilioTexts
from app.referral.record import to_json
from app.sealing import make_identity, recipient_of
from app.simulator.carrier import Carrier
from app.simulator.settings import Settings
from app.simulator.web import create_app
from app.sources import read_sources
from app.store import keys
from app.store.hooks import FailedHooks
from app.store.lockdown import Lock, Lockdown
from app.store.offices import Offices
from app.store.peppers import day_of
from app.store.referrals import Referrals
from app.store.revisions import Revisions
from tests.app.host.account import RETRIES, TOKEN, WORDS, Account, console
from tests.app.outside.edges import MailEdge
from tests.app.referral.made_up import ADDRESS, WORKER_KEY, referral
from tests.app.simulator.doubles import serve
from tests.app.store.test_hooks import FAILED
from tests.drafts import Draft
from tests.servers import Servers, free_port
from tests.texter import ACCOUNT, HOTLINE, PUBLIC_URL

LAW = "ask.strict"
TWILIO = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
RETAINED = (
    "Twilio is not asked to discard the words of what we send by ourselves: have message redaction enabled on the "
    "account, then set TWILIO_CONTENT_RETENTION=discard."
)
SILENT = "does not answer, or does not tell its settings. Is the hotline running, in this folder and with these settings?"


@dataclass(frozen=True)
class Report:
    """What the doctor said: the sentences about what is well and what is not, its last line, its exit code."""

    code: int
    well: tuple[str, ...]
    ill: tuple[str, ...]
    last: str
    output: str


@dataclass
class Installation:
    """A line with its settings, its key, its memories and a lawyer's texts; a test spoils one thing."""

    env: dict[str, str]
    key: Path
    folder: Path
    durable: Redis
    volatile: Redis

    def doctor(self) -> Report:
        """Asks the doctor."""
        env = {name: self.env.get(name) for name in (*SETTINGS, *(f"{name}_FILE" for name in SETTINGS))}
        result = CliRunner().invoke(main, ["doctor"], env=env, catch_exceptions=False)
        lines = [line.strip().partition("  ") for line in result.output.splitlines()]
        well, ill = (
            tuple(text for mark, _, text in lines if mark == wanted) for wanted in ("well", "not well")
        )
        return Report(result.exit_code, well, ill, result.output.splitlines()[-1], result.output)

    def ails(self) -> tuple[str, ...]:
        """What is not well."""
        return self.doctor().ill

    def publish(self, draft: Draft) -> None:
        """Makes a draft live."""
        shutil.rmtree(self.folder, ignore_errors=True)
        draft.write(self.folder)
        sources = read_sources(self.folder / "flows", self.folder / "messages")
        Revisions(self.durable).publish(sources.revision(), "test", datetime.now(UTC))

    def unsign(self) -> None:
        """Takes the lawyer's name away."""
        draft = Draft()
        draft.edit("messages/facts.yaml", "reviewer: A. Lawyer", "reviewer:")
        self.publish(draft)

    def owes(self, *minutes: int) -> None:
        """Something has been due for so many minutes."""
        now = datetime.now(UTC)
        due = {
            f"owed-{number}": (now - timedelta(minutes=ago)).timestamp() for number, ago in enumerate(minutes)
        }
        self.durable.zadd(keys.OUTBOX(), due)

    def demonstrates(self) -> None:
        """Leaves out Twilio's credentials, as beside `make run`."""
        for name in TWILIO:
            del self.env[name]


@pytest.fixture(scope="module")
def _own() -> Iterator[Servers]:
    servers = Servers.start()
    yield servers
    servers.stop()


@pytest.fixture
def servers(_own: Servers) -> Servers:
    """Two servers of these tests' own: what changes their settings also makes them write in the background."""
    _own.flush()
    return _own


@pytest.fixture
def account() -> Iterator[Account]:
    """The Twilio account, set as it should be."""
    with console() as account:
        yield account


@pytest.fixture
def line(
    servers: Servers, durable: Redis, volatile: Redis, account: Account, mailbox: MailEdge, tmp_path: Path
) -> Installation:
    """A real line with which all is well, but for the address in clear text that a test may have."""
    key = tmp_path / "worker.age"
    key.write_text(WORKER_KEY)
    key.chmod(0o600)
    env = {
        **servers.env,
        "AMPARO_DATA": str(tmp_path),
        "WORKER_IDENTITY_FILE": str(key),
        "PUBLIC_URL": PUBLIC_URL,
        "CONTACT_EMAIL": "hotline@harbor.example",
        "VOICE_NUMBER": "+12025550142",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_URL": account.url,
        "HOTLINE_NUMBER": HOTLINE,
        "SMTP_URL": mailbox.url,
    }
    made = Installation(env, key, tmp_path / "draft", durable, volatile)
    made.publish(Draft())
    load_sample(Offices(durable), tmp_path / "keys" / "offices")
    for kind in ("worker", "sweep"):
        volatile.set(keys.HEARTBEAT(kind), b"1", ex=60)
    return made


@contextmanager
def changed(redis: Redis, name: str, value: str) -> Iterator[None]:
    """A server with another setting, and as it was afterwards."""
    before = redis.config_get(name)[name]
    redis.config_set(name, value)
    try:
        yield
    finally:
        redis.config_set(name, before)


def test_a_line_with_which_all_is_well(line: Installation) -> None:
    """Exit code 0, and every thing that was looked at is named."""
    report = line.doctor()

    assert (0, ()) == (report.code, report.ill)
    assert "All is well." == report.last
    live = Revisions(line.durable).live_hash()
    assert (
        "Durable memory: appendonly is yes, so that a confirmed referral survives a crash.",
        "Durable memory: appendfsync is always, so that what we confirm is on the disk before we say so.",
        "Durable memory: maxmemory-policy is noeviction, so that a full memory refuses, and never drops a referral.",
        "Volatile memory: appendonly is no, so that nothing of menu traffic touches a disk.",
        "Volatile memory: save is off, so that nothing of menu traffic touches a disk.",
        "Volatile memory: maxmemory-policy is noeviction, so that the day's pepper is never dropped.",
        "Volatile memory: slowlog-max-len is 0, so that no command with a person's session is kept in a log.",
        "The two memories are two servers.",
        "The worker's key can be read by its owner alone.",
        "The worker's key opens every open request.",
        "The line is not locked. That a second person lifts a lockdown is only a promise: list two, with keys. "
        "See: amparo lockdown person add --help",
        "A worker is alive.",
        "The sweep is alive.",
        "No request is overdue.",
        "3 legal offices take requests.",
        "0 of 20000 segments are sent today.",
        f"Revision {live} is live.",
        "Every fact holds, so that every text is said.",
        "Every text that states law is signed by a lawyer.",
        "The mail server answers.",
        "Twilio calls https://line.example.org/sms.",
        "The number's message webhook leads here.",
        "Twilio tries again when we fail.",
        "Another host answers texts when this one is down.",
        "The number's voice webhook leads here.",
        "Twilio shows no words of the last texts.",
        RETAINED,
    ) == report.well


def test_a_locked_line_is_told_and_so_is_who_may_lift(line: Installation) -> None:
    """Since when, and not why: that is for amparo lockdown status. Two listed persons are well."""
    lockdown, at = Lockdown(line.durable), datetime(2026, 7, 7, 16, tzinfo=UTC)
    for name in ("ana", "ben"):
        lockdown.list_person(name, recipient_of(make_identity()), "eva", at)
    before = line.doctor()
    lockdown.lock(Lock(at, "ana", "a subpoena"))
    after = line.doctor()

    assert "The line is not locked; 2 persons may lift a lockdown of somebody else." in before.well
    assert (
        "The line is locked since 2026-07-07 16:00 UTC: every text gets one fixed answer. See: amparo lockdown status",
    ) == after.ill
    assert "subpoena" not in after.output


DURABLE = [
    ("appendonly", "no", "yes", "a confirmed referral survives a crash"),
    ("appendfsync", "everysec", "always", "what we confirm is on the disk before we say so"),
    ("maxmemory-policy", "allkeys-lru", "noeviction", "a full memory refuses, and never drops a referral"),
]
VOLATILE = [
    ("save", "3600 1", "off", "nothing of menu traffic touches a disk"),
    ("maxmemory-policy", "volatile-ttl", "noeviction", "the day's pepper is never dropped"),
    ("slowlog-max-len", "128", "0", "no command with a person's session is kept in a log"),
]


@pytest.mark.parametrize(("name", "value", "wanted", "why"), DURABLE, ids=lambda value: str(value)[:16])
def test_a_durable_memory_that_may_lose_something(
    line: Installation, name: str, value: str, wanted: str, why: str
) -> None:
    """The one setting is named, with what it should be and what hangs on it."""
    with changed(line.durable, name, value):
        report = line.doctor()

    assert (
        f"Durable memory: {name} must be {wanted}, it is {value}. Only then is it sure that {why}.",
    ) == report.ill
    assert (1, "1 thing is not well.") == (report.code, report.last)


@pytest.mark.parametrize(("name", "value", "wanted", "why"), VOLATILE, ids=lambda value: str(value)[:16])
def test_a_volatile_memory_that_may_keep_something(
    line: Installation, name: str, value: str, wanted: str, why: str
) -> None:
    """A snapshot, a log of slow commands, or a pepper that may go too soon."""
    with changed(line.volatile, name, value):
        found = line.ails()

    assert (
        f"Volatile memory: {name} must be {wanted}, it is {value}. Only then is it sure that {why}.",
    ) == found


def test_a_volatile_memory_that_appends_to_a_file(line: Installation) -> None:
    """Whatever it is told would be on a disk."""
    with changed(line.volatile, "appendonly", "yes"):
        found = line.ails()

    assert (
        "Volatile memory: appendonly must be no, it is yes. "
        "Only then is it sure that nothing of menu traffic touches a disk.",
    ) == found


def test_one_server_in_both_roles(line: Installation) -> None:
    """Two addresses, one server: that alone is said to be shared, and as the volatile one it is set wrong."""
    line.env["REDIS_VOLATILE_URL"] = line.env["REDIS_URL"] + "?db=1"

    found = line.ails()

    assert "Both memories are one server: what must be forgotten would reach its disk." in found
    assert any(text.startswith("Volatile memory: appendonly must be no, it is yes.") for text in found)


@pytest.mark.parametrize("how", ["kill", "pause"])
def test_a_durable_memory_that_is_down_or_hangs(line: Installation, servers: Servers, how: str) -> None:
    """Said once; what hangs on it is not guessed at, and the rest is looked at all the same."""
    getattr(servers.durable, how)()

    report = line.doctor()

    assert (f"The durable Redis (REDIS_URL) {SILENT}",) == report.ill
    assert {"A worker is alive.", "The number's message webhook leads here."} <= set(report.well)
    assert not any("Revision" in text or "overdue" in text for text in report.well)


def test_a_volatile_memory_that_is_down(line: Installation, servers: Servers) -> None:
    """Nobody's sign of life is missed, since nobody could be asked."""
    servers.volatile.kill()

    report = line.doctor()

    assert (f"The volatile Redis (REDIS_VOLATILE_URL) {SILENT}",) == report.ill
    assert not any("alive" in text for text in report.well)


def test_a_server_that_hides_a_setting_is_not_taken_for_a_good_one(line: Installation) -> None:
    """A managed service may not let CONFIG through."""
    line.durable.acl_setuser("guest", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-config"])
    line.env["REDIS_URL"] = line.env["REDIS_URL"].replace("unix://", "unix://guest:x@")
    try:
        found = line.ails()
    finally:
        line.durable.acl_deluser("guest")

    assert (f"The durable Redis (REDIS_URL) {SILENT}",) == found


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_key_that_others_can_read(line: Installation, mode: int) -> None:
    """With the command that closes it."""
    line.key.chmod(mode)

    assert (f"The worker's key can be read by others (mode {mode:o}): chmod 600 {line.key}",) == line.ails()


def _remove(key: Path) -> None:
    key.unlink()


def _break(key: Path) -> None:
    key.write_text("AGE-SECRET-KEY-1BROKEN\n")


def _garble(key: Path) -> None:
    key.write_bytes(b"\xff\xfe\x00")


def _replace_by_folder(key: Path) -> None:
    key.unlink()
    key.mkdir()


@pytest.mark.parametrize("spoil", [_remove, _break, _garble, _replace_by_folder])
def test_a_key_that_cannot_be_read(line: Installation, spoil: Any) -> None:
    """Named by its path; its content is not shown, and everything else is looked at all the same."""
    spoil(line.key)

    report = line.doctor()

    assert (f"The worker's key (WORKER_IDENTITY_FILE) cannot be read: {line.key}.",) == report.ill
    assert "BROKEN" not in report.output
    assert "A worker is alive." in report.well


def _request(line: Installation, *names: str) -> None:
    for name in names:
        made = referral(name * 32, f"7K2M{name.upper()}", created=datetime.now(UTC))
        Referrals(line.durable).request((made.id,), lambda _, made=made: made, lambda: "")


def test_another_key_in_the_place_of_the_workers(line: Installation) -> None:
    """Open requests are sealed to the one that is gone."""
    _request(line, "a", "b")
    assert () == line.ails()

    line.key.write_text(make_identity())

    assert (
        "2 open requests are sealed to another key than the worker's: "
        "put that key back, or nobody can be told what became of it.",
    ) == line.ails()


@pytest.mark.parametrize(("kind", "what"), [("worker", "a worker"), ("sweep", "the sweep")])
def test_no_sign_of_life(line: Installation, kind: str, what: str) -> None:
    """Of one of the two; the other is alive."""
    line.volatile.delete(keys.HEARTBEAT(kind))

    report = line.doctor()

    assert (f"There is no sign of life of {what}: start the hotline with amparo run.",) == report.ill
    assert 1 == sum(text.endswith(" is alive.") for text in report.well)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        ((14, 1), ()),
        ((16, 1), ("1 request is overdue by more than 15 minutes.",)),
        ((16,) * 201, ("201 requests are overdue by more than 15 minutes.",)),
    ],
    ids=["on their way", "one", "very many"],
)
def test_requests_that_are_overdue_are_counted(
    line: Installation, minutes: tuple[int, ...], said: tuple[str, ...]
) -> None:
    """All of them; one that is being tried again is not overdue yet."""
    line.owes(*minutes)

    assert said == line.ails()


def test_nothing_was_published(line: Installation) -> None:
    """With the command that does."""
    line.durable.delete(keys.LIVE())

    assert ("No revision is live: amparo publish --reason first",) == line.ails()


def test_unsigned_texts_that_are_not_served(line: Installation) -> None:
    """On a real line they stay behind; each is named."""
    line.unsign()

    assert (f"1 text is not signed by a lawyer and so not served: {LAW}.",) == line.ails()


def test_unsigned_texts_that_are_served_all_the_same(line: Installation) -> None:
    """Somebody has decided so, and the doctor says which setting it was."""
    line.unsign()
    line.env["AMPARO_SERVE_DRAFTS"] = "yes"

    assert (
        f"1 text is not signed by a lawyer but served, because AMPARO_SERVE_DRAFTS is yes: {LAW}.",
    ) == line.ails()


def test_a_demonstration_is_well(line: Installation, account: Account, mailbox: MailEdge) -> None:
    """Unsigned texts, no address and no mail server of one's own: that is what it is for. Nothing is asked outside."""
    line.unsign()
    line.demonstrates()
    del line.env["PUBLIC_URL"], line.env["CONTACT_EMAIL"], line.env["SMTP_URL"]

    report = line.doctor()

    assert (0, (), "All is well.") == (report.code, report.ill, report.last)
    assert (
        "1 text is not signed by a lawyer yet; this is a demonstration.",
        "Mail goes to the sink beside the phone.",
        "This is a demonstration: nothing leaves this machine.",
    ) == report.well[-3:]
    assert [] == account.asked


def test_a_mail_server_that_is_down(line: Installation) -> None:
    """Offices would hear of nothing."""
    line.env["SMTP_URL"] = f"smtp://127.0.0.1:{free_port()}"

    assert (
        "No office would hear of a request (SMTP_URL): "
        "the mail server cannot be reached (ConnectionRefusedError).",
    ) == line.ails()


def test_a_mail_server_that_does_not_take_the_password(line: Installation, mailbox: MailEdge) -> None:
    """It answers, and would refuse every mail; the password is not shown, and no mail was sent."""
    line.env["SMTP_URL"] = mailbox.url.replace("//", "//user:p%40ssword@")

    report = line.doctor()

    assert 1 == len(report.ill)
    assert report.ill[0].startswith("No office would hear of a request (SMTP_URL): the mail server ")
    assert "ssword" not in report.output
    assert [] == mailbox.mails


def test_a_mail_server_that_wants_tls_from_the_start_is_asked_so(
    line: Installation, mailbox: MailEdge
) -> None:
    """smtps:// at a door that speaks in clear is no mail server that answers."""
    line.env["SMTP_URL"] = mailbox.url.replace("smtp:", "smtps:")

    assert (
        "No office would hear of a request (SMTP_URL): the mail server cannot be reached (SSLError).",
    ) == line.ails()


def test_an_address_in_clear(line: Installation, account: Account) -> None:
    """Texts would cross the net for everybody to read."""
    line.env["PUBLIC_URL"] = "http://line.example.org"
    account.number |= {
        "sms_url": f"http://line.example.org/sms{RETRIES}",
        "voice_url": "http://line.example.org/voice",
    }

    assert (
        "PUBLIC_URL must begin with https, got http://line.example.org: texts would cross the net in clear.",
    ) == line.ails()


@pytest.mark.parametrize(
    ("email", "faulty"),
    [("", True), ("Help@Example.org", True), ("help@line.example.org", True), ("help@notexample.org", False)],
)
def test_an_address_that_is_nobodys(line: Installation, email: str, faulty: bool) -> None:
    """The default, or another of the domain that belongs to nobody."""
    line.env["CONTACT_EMAIL"] = email
    shown = email or "hotline@example.org"
    said = f"CONTACT_EMAIL is {shown}, which nobody reads: HELP and the terms would show it. Set your own."

    assert ((said,) if faulty else ()) == line.ails()


WEBHOOK = "The number's message webhook must be POST https://line.example.org/sms, it is"
RETRY = "Twilio does not try again when we fail: write https://line.example.org/sms#rc=2&rp=5xx,ct,rt in Twilio's console."
FALLBACK = "The number has no fallback URL on another host: a text would go unanswered when this one is down."
VOICE = "The number's voice webhook must be POST https://line.example.org/voice."
OURS = f"{PUBLIC_URL}/sms"

CONSOLE: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"sms_url": f"https://old.example.org/sms{RETRIES}"}, (f"{WEBHOOK} POST https://old.example.org/sms.",)),
    ({"sms_url": f"https://u:pw@old.example.org/sms?k=s{RETRIES}"}, (f"{WEBHOOK} POST https://old.example.org/sms.",)),
    ({"sms_url": f"{OURS}/{RETRIES}"}, (f"{WEBHOOK} POST {OURS}/.",)),
    ({"sms_method": "GET"}, (f"{WEBHOOK} GET {OURS}.",)),
    ({"sms_url": None}, (f"{WEBHOOK} POST not set.", RETRY)),
    ({"sms_url": OURS}, (RETRY,)),
    ({"sms_url": f"{OURS}#rc=2"}, (RETRY,)),
    ({"sms_url": f"{OURS}#rc=2&rp=ct"}, (RETRY,)),
    ({"sms_url": f"{OURS}#rc=0&rp=5xx"}, (RETRY,)),
    ({"sms_url": f"{OURS}#rp=all&rc=5"}, ()),
    ({"sms_url": f"{OURS}#rp=5xx"}, ()),
    ({"sms_fallback_url": None}, (FALLBACK,)),
    ({"sms_fallback_url": ""}, (FALLBACK,)),
    ({"sms_fallback_url": "https://LINE.example.org:8443/other"}, (FALLBACK,)),
    ({"voice_url": "https://demo.example.org/welcome"}, (VOICE,)),
    ({"voice_url": None}, (VOICE,)),
    ({"voice_method": "GET"}, (VOICE,)),
    ({"voice_url": f"{PUBLIC_URL}/voice#rc=2"}, ()),
    ({"phone_number": "+12025550199"}, ("HOTLINE_NUMBER is not a number of this Twilio account.",)),
    ({"phone_number": HOTLINE + "9"}, ("HOTLINE_NUMBER is not a number of this Twilio account.",)),
]  # fmt: skip


@pytest.mark.parametrize(("change", "said"), CONSOLE, ids=lambda value: str(value)[:60])
def test_what_twilios_console_should_say(
    line: Installation, account: Account, change: dict[str, Any], said: tuple[str, ...]
) -> None:
    """The settings of the number, one after the other; no part of an address that may be secret is shown."""
    account.number |= change

    report = line.doctor()

    assert said == report.ill
    assert "pw" not in report.output


def test_a_line_known_by_its_messaging_service_alone(line: Installation, account: Account) -> None:
    """Which of its numbers is meant cannot be known: none is taken for ours."""
    del line.env["HOTLINE_NUMBER"]
    line.env["TWILIO_MESSAGING_SERVICE_SID"] = "MG" + "0" * 32

    assert (
        "HOTLINE_NUMBER is not set, so the webhooks of the number cannot be looked at: "
        "set it beside TWILIO_MESSAGING_SERVICE_SID.",
    ) == line.ails()
    assert not any("IncomingPhoneNumbers" in path for path in account.asked)


def test_words_that_twilio_still_keeps(line: Installation, account: Account) -> None:
    """One of the last texts is enough; it is not shown."""
    account.bodies = ["", WORDS, ""]

    report = line.doctor()

    assert (
        "Twilio still keeps the words of texts: turn on redaction, or discard contents, in its console.",
    ) == report.ill
    assert WORDS not in report.output


def test_an_account_without_a_text_proves_nothing(line: Installation, account: Account) -> None:
    """Nobody is told that no words are kept."""
    account.bodies = []

    report = line.doctor()

    assert () == report.ill
    assert (
        "Twilio has no text of ours yet: ask again after the first whether it keeps the words."
        == report.well[-2]
    )


def test_what_twilio_is_asked_to_forget(line: Installation) -> None:
    """Both are the operator's choice, and the price of the second is told."""
    line.env |= {"TWILIO_CONTENT_RETENTION": "discard", "TWILIO_ADDRESS_RETENTION": "obfuscate"}

    report = line.doctor()

    assert () == report.ill
    assert (
        "Twilio is asked to discard the words of what we send by ourselves.",
        "Twilio is asked to hide whom we text: after a doubtful sending its log cannot be asked, and nobody is texted "
        "a second time.",
    ) == report.well[-2:]


@pytest.mark.parametrize(
    ("most", "sent", "faulty", "said"),
    [
        ("100", 79, False, "79 of 100 segments are sent today."),
        ("100", 80, False, "80 of the 100 segments of a day (MOST_SEGMENTS_A_DAY) are sent"),
        ("100", 100, True, "All 100 segments of a day (MOST_SEGMENTS_A_DAY) are sent"),
        ("0", 100, False, "MOST_SEGMENTS_A_DAY is 0"),
    ],
)
def test_what_the_day_has_cost(line: Installation, most: str, sent: int, faulty: bool, said: str) -> None:
    """A day that is spent is not well: people get no answer."""
    line.env["MOST_SEGMENTS_A_DAY"] = most
    line.volatile.set(keys.SPENT(day_of(datetime.now(UTC))), sent)

    report = line.doctor()

    assert [faulty] == [each in report.ill for each in (*report.well, *report.ill) if each.startswith(said)]


def test_credentials_that_twilio_does_not_accept(line: Installation, account: Account) -> None:
    """With the settings to look at; neither the token nor Twilio's own words, which quote numbers."""
    line.env["TWILIO_AUTH_TOKEN"] = "another-token"

    report = line.doctor()

    assert (
        f"{account.url} does not accept our credentials (code 20003): "
        "look at TWILIO_ACCOUNT_SID, and at the auth token or the API key.",
    ) == report.ill
    assert 1 == report.code
    assert not any(secret in report.output for secret in ("another-token", HOTLINE))


def test_a_twilio_that_is_busy_or_not_there(line: Installation, account: Account) -> None:
    """Told apart from wrong credentials."""
    account.refuses = (429, 20429)
    busy = line.ails()
    line.env["TWILIO_API_URL"] = f"http://127.0.0.1:{free_port()}"
    nowhere = line.ails()

    assert (f"{account.url} does not tell our settings (code 20429).",) == busy
    assert (f"{line.env['TWILIO_API_URL']} does not answer, so its settings cannot be looked at.",) == nowhere


def test_everything_that_ails_is_counted(line: Installation, account: Account, servers: Servers) -> None:
    """A machine where nothing runs: every sentence once, no traceback, and the right number at the end."""
    servers.durable.kill()
    servers.volatile.kill()
    line.key.unlink()
    account.refuses = (401, 20003)

    report = line.doctor()

    assert (1, "4 things are not well.") == (report.code, report.last)
    assert 4 == len(report.ill)


def test_a_folder_in_which_nothing_was_ever_started(tmp_path: Path) -> None:
    """As on a fresh clone: what is missing, and how it is started."""
    line = Installation({"AMPARO_DATA": str(tmp_path)}, tmp_path, tmp_path, Redis(), Redis())

    report = line.doctor()

    assert (1, "3 things are not well.") == (report.code, report.last)
    assert "Is the hotline running" in report.ill[0]


def test_nobodys_number_and_no_secret_is_printed(line: Installation, account: Account) -> None:
    """Whatever is wrong: the report may be sent to somebody who helps."""
    _request(line, "a")
    account.bodies = [WORDS]
    account.number |= {"sms_url": "https://elsewhere.example.org/", "voice_url": None}
    line.key.chmod(0o644)
    line.env["CONTACT_EMAIL"] = ""

    report = line.doctor()

    assert 6 == len(report.ill)
    private = (
        ADDRESS,
        ADDRESS[2:],
        HOTLINE,
        "+12025550111",
        TOKEN,
        ACCOUNT,
        WORKER_KEY.strip(),
        WORDS,
        "a" * 32,
    )
    assert [] == [word for word in private if word in report.output]


def test_the_account_of_the_simulator_is_set_as_it_should_be(line: Installation) -> None:
    """The doctor reads it with Twilio's own client; a simulator keeps words, and that is said too."""
    with simulator(line.env) as url:
        line.env["TWILIO_API_URL"] = url
        before = line.doctor()
        twilio = Config.from_env(line.env).twilio
        assert twilio is not None
        TwilioTexts(twilio).send("+12025550111", WORDS, "")
        after = line.ails()

    assert () == before.ill
    assert "The number's voice webhook leads here." in before.well
    assert (
        "Twilio still keeps the words of texts: turn on redaction, or discard contents, in its console.",
    ) == after


@contextmanager
def simulator(env: dict[str, str]) -> Iterator[str]:
    """The simulator for the line of these settings, and where it is."""
    port = free_port()
    settings = Settings.from_env({**env, "SIMULATOR_PORT": str(port), "SMTP_SINK_PORT": "1"})
    stop = serve(create_app(settings, Carrier(settings.hotline_number)), port)
    yield f"http://127.0.0.1:{port}"
    stop()


def test_an_account_that_is_asked_in_vain_says_so_in_our_one_error(
    account: Account, line: Installation
) -> None:
    """For both questions; with Twilio's code, and without its words."""
    account.refuses = (401, 20003)
    twilio = Config.from_env(line.env).twilio
    assert twilio is not None
    for ask in (TwilioAccount(twilio).number_settings, TwilioAccount(twilio).keeps_bodies):
        with pytest.raises(SmsError) as refused:
            ask()
        assert 20003 == refused.value.code
        assert HOTLINE not in str(refused.value)


def test_a_line_without_an_office_can_take_nobodys_request(line: Installation) -> None:
    """The person would be asked for place and phone, and then hear that there is nobody."""
    for name in line.durable.scan_iter("office*"):
        line.durable.delete(name)

    report = line.doctor()

    assert [each for each in report.ill if each.startswith("There is no legal office")]


def test_a_paused_office_takes_no_request(line: Installation) -> None:
    """It is named and not counted; with every one paused nobody's request can be taken."""
    offices = Offices(line.durable)
    first, *rest = offices.all()
    offices.save(replace(first, capacity=0))
    some = line.doctor()
    for office in rest:
        offices.save(replace(office, capacity=0))
    none = line.doctor()

    assert f"2 legal offices take requests; paused: {first.id}." in some.well
    assert [each for each in none.ill if each.startswith("Every legal office is paused")]


def test_a_request_that_no_mail_server_takes_is_overdue(line: Installation) -> None:
    """Its next try lies ahead, and still the person has waited too long."""
    waiting = replace(referral(), created=datetime.now(UTC) - timedelta(hours=2))
    line.durable.set(keys.REFERRAL(waiting.id), to_json(waiting))
    line.durable.zadd(keys.OPEN(), {waiting.id: waiting.created.timestamp()})

    assert [each for each in line.doctor().ill if "1 request is overdue" in each]


def test_a_hook_that_no_system_took_is_told(line: Installation) -> None:
    """An office that relies on its own system would not see it."""
    FailedHooks(line.durable).note_failed(FAILED)

    assert [each for each in line.doctor().ill if "1 hook was taken by no system" in each]
