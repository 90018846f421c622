"""The settings: what stands without any, and how a wrong one is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.config import DEMO_VOICE, INTERNAL, SECRETS, SETTINGS, TWILIO_API, Config, ConfigError, InboxDoor
from app.referral.terms import Terms

TOKEN = "t0ken-nobody-may-see"
REAL = {
    "PUBLIC_URL": "https://line.example.org",
    "VOICE_NUMBER": "+12025550142",
    "TWILIO_ACCOUNT_SID": "AC" + "a" * 32,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "HOTLINE_NUMBER": "+12025550100",
}
TWO_MEMORIES = {
    "REDIS_URL": "redis://durable.example.org",
    "REDIS_VOLATILE_URL": "redis://volatile.example.org",
}


def faults(**settings: str) -> tuple[str, ...]:
    """What is said of these settings, or nothing if they stand."""
    try:
        Config.from_env(settings)
    except ConfigError as error:
        return error.faults
    return ()


def real(**settings: str) -> Config:
    return Config.from_env(REAL | settings)


def test_nothing_has_to_be_set() -> None:
    """With an empty environment everything has a value, and it is a demonstration."""
    expected = Config(
        port=8000,
        data=Path("var").absolute(),
        redis_url=None,
        redis_volatile_url=None,
        public_url="http://localhost:8000",
        inbox=InboxDoor(8003, "http://localhost:8003"),
        line_name="Amparo",
        voice_number=DEMO_VOICE,
        voice_hours=None,
        contact_email="hotline@example.org",
        twilio=None,
        smtp_url="smtp://localhost:25",
        mail_from="amparo@localhost",
        worker_identity_file=Path("var/keys/worker.age").absolute(),
        serve_drafts=True,
        coordinator_email="hotline@example.org",
        terms=Terms(),
    )
    assert expected == Config.from_env({})
    assert expected.demonstration


def test_a_day_may_cost_so_much() -> None:
    """A whole number of segments; 0 is no limit."""
    assert [20_000, 500, 0] == [
        real(**settings).most_segments_a_day
        for settings in ({}, {"MOST_SEGMENTS_A_DAY": "500"}, {"MOST_SEGMENTS_A_DAY": "0"})
    ]


@pytest.mark.parametrize("count", ["-1", "1.5", "many", "1e4", "9" * 10, "٣"])
def test_a_limit_is_a_whole_number(count: str) -> None:
    """And what was written is shown."""
    assert (f"MOST_SEGMENTS_A_DAY must be a whole number, or 0 for no limit, got {count!r}.",) == faults(
        MOST_SEGMENTS_A_DAY=count
    )


def test_what_twilio_may_keep_is_chosen() -> None:
    """It keeps all, unless told otherwise."""
    plain = real().twilio
    forgetful = real(TWILIO_CONTENT_RETENTION="Discard", TWILIO_ADDRESS_RETENTION="obfuscate").twilio

    assert plain is not None
    assert forgetful is not None
    assert ("retain", "retain") == (plain.content_retention, plain.address_retention)
    assert ("discard", "obfuscate") == (forgetful.content_retention, forgetful.address_retention)


def test_a_word_that_twilio_does_not_know_is_refused() -> None:
    """Each of the two has a word of its own."""
    assert (
        "TWILIO_CONTENT_RETENTION must be retain or discard, got 'obfuscate'.",
        "TWILIO_ADDRESS_RETENTION must be retain or obfuscate, got 'yes'.",
    ) == faults(**REAL, TWILIO_CONTENT_RETENTION="obfuscate", TWILIO_ADDRESS_RETENTION="yes")


def test_an_empty_setting_is_not_set() -> None:
    """NAME= and a few spaces are what a template leaves behind; they mean nothing."""
    assert Config.from_env({}) == Config.from_env(dict.fromkeys(SETTINGS, "  "))


def test_a_real_line_is_no_demonstration_and_serves_no_drafts() -> None:
    """With Twilio's credentials the careful defaults hold."""
    config = real()
    assert (False, False, TWILIO_API) == (
        config.demonstration,
        config.serve_drafts,
        config.twilio.api_url if config.twilio else None,
    )


def test_hooks_stay_out_of_the_private_network_unless_somebody_says_yes() -> None:
    """On a real line and in the demonstration."""
    assert [False, False, True] == [
        config.allow_private_webhooks
        for config in (Config.from_env({}), real(), real(AMPARO_ALLOW_PRIVATE_WEBHOOKS="yes"))
    ]
    assert ("AMPARO_ALLOW_PRIVATE_WEBHOOKS must be yes or no, got '1'.",) == faults(
        AMPARO_ALLOW_PRIVATE_WEBHOOKS="1"
    )


def test_a_line_that_talks_to_the_simulator_is_a_demonstration() -> None:
    """The supervisor's own setting makes it one, whatever credentials it made up."""
    config = real(AMPARO_SIMULATOR_URL="http://localhost:8001")
    assert (True, True) == (config.demonstration, config.serve_drafts)


def test_drafts_are_served_on_a_real_line_only_when_someone_says_so() -> None:
    """Yes and no, in any case."""
    assert [True, False] == [real(AMPARO_SERVE_DRAFTS=word).serve_drafts for word in ("YES", "no")]


def test_what_follows_from_other_settings() -> None:
    """The port is in the address, the address in the sender, the folder in the key's place."""
    config = Config.from_env({"PORT": "8080", "AMPARO_DATA": "/srv/amparo"})
    assert "http://localhost:8080" == config.public_url
    assert Path("/srv/amparo/keys/worker.age") == config.worker_identity_file
    assert "amparo@line.example.org" == real().mail_from


def test_without_a_setting_staff_have_a_door_beside_the_texters() -> None:
    """After the ports of the simulator's phone and mail; at the top of all ports, below."""
    ports = {port: Config.from_env({"PORT": str(port)}).inbox for port in (1, 8080, 65532, 65533, 65535)}

    assert {1: 4, 8080: 8083, 65532: 65535, 65533: 65532, 65535: 65534} == {
        port: inbox.port for port, inbox in ports.items()
    }
    assert InboxDoor(8083, "http://localhost:8083", proxies=0) == ports[8080]


def test_the_door_of_a_real_lines_staff_is_at_the_lines_address() -> None:
    """A proxy that speaks https stands before it, and tells the two apart."""
    assert InboxDoor(8003, "https://line.example.org", proxies=1) == real().inbox


@pytest.mark.parametrize(
    "settings",
    [{"PUBLIC_URL": "https://line.example.org"}, REAL | {"AMPARO_SIMULATOR_URL": "http://localhost:1"}],
)
def test_in_a_demonstration_staff_go_to_this_machine(settings: dict[str, str]) -> None:
    """Whatever address the line is called by."""
    assert "http://localhost:8003" == Config.from_env(settings).inbox.url


def test_the_staffs_door_may_be_elsewhere() -> None:
    """With an address, a port and proxies of its own; the line's own address stays."""
    config = real(INBOX_URL="https://inbox.example.org:8443/", INBOX_PORT="9000", INBOX_PROXIES="2")

    assert InboxDoor(9000, "https://inbox.example.org:8443", proxies=2) == config.inbox
    assert "https://line.example.org" == config.public_url


@pytest.mark.parametrize("address", ["http://localhost", "http://localhost:9003/", "https://localhost:9003"])
def test_on_this_machine_the_staffs_door_needs_no_tls(address: str) -> None:
    """A browser gives a cookie that needs TLS to localhost too."""
    assert address.rstrip("/") == Config.from_env({"INBOX_URL": address}).inbox.url


@pytest.mark.parametrize(
    "address",
    [
        "http://inbox.example.org",
        "http://127.0.0.1:8003",
        "http://localhost.example.org",
        "http://localhost@inbox.example.org",
        "https://line.example.org/staff",
        "https://line.example.org/inbox/",
        "http://localhost:8003/inbox",
    ],
)
def test_the_staffs_door_needs_tls_and_no_path(address: str) -> None:
    """Its cookie is for a whole host, and no proxy may read it."""
    fault = (
        "INBOX_URL must be an address such as https://line.example.org, without a path "
        f"(http on localhost alone), got {address!r}."
    )
    assert (fault,) == faults(INBOX_URL=address) == faults(**REAL, INBOX_URL=address)


@pytest.mark.parametrize(
    "address", ["inbox.example.org", "https://x.example.org?a=1", "ftp://x.example.org", "https://"]
)
def test_the_staffs_door_is_an_address(address: str) -> None:
    """As every other."""
    fault = f"INBOX_URL must be an address such as https://line.example.org, without ? or #, got {address!r}."
    assert (fault,) == faults(INBOX_URL=address)


@pytest.mark.parametrize("settings", [{"PORT": "9000", "INBOX_PORT": "9000"}, {"INBOX_PORT": "8000"}])
def test_texters_and_staff_have_a_port_each(settings: dict[str, str]) -> None:
    """Two servers cannot listen at one."""
    assert ("INBOX_PORT and PORT must be two ports, got the same twice.",) == faults(**settings)


def test_the_lines_own_numbers_are_known() -> None:
    """A text that claims to come from the line itself is an echo; a messaging service has no number to know."""
    service = real(HOTLINE_NUMBER="", TWILIO_MESSAGING_SERVICE_SID="MG" + "b" * 32)
    assert {"+12025550100"} == real().own_numbers
    assert frozenset() == service.own_numbers == Config.from_env({}).own_numbers


@pytest.mark.parametrize("written", ["+12025550100", "+1 (202) 555-0100", "+1.202.555.0100"])
def test_a_number_may_be_written_as_people_write_it(written: str) -> None:
    """Spaces, dots, dashes and brackets are taken out."""
    assert {"+12025550100"} == real(HOTLINE_NUMBER=written).own_numbers


def test_an_address_loses_its_last_slash() -> None:
    """Twilio signs the address it calls: two slashes would never match."""
    assert "https://line.example.org" == real(PUBLIC_URL="https://line.example.org/").public_url


WRONG = [
    ("PORT", "eighty", "PORT must be a port from 1 to 65535, got 'eighty'."),
    ("PORT", "0", "PORT must be a port from 1 to 65535, got '0'."),
    ("PORT", "65536", "PORT must be a port from 1 to 65535, got '65536'."),
    ("PORT", "８０", "PORT must be a port from 1 to 65535, got '８０'."),
    ("INBOX_PORT", "0", "INBOX_PORT must be a port from 1 to 65535, got '0'."),
    ("INBOX_PORT", "inbox", "INBOX_PORT must be a port from 1 to 65535, got 'inbox'."),
    ("INBOX_PROXIES", "4", "INBOX_PROXIES must be a number from 0 to 3, got '4'."),
    ("INBOX_PROXIES", "-1", "INBOX_PROXIES must be a number from 0 to 3, got '-1'."),
    ("INBOX_PROXIES", "yes", "INBOX_PROXIES must be a number from 0 to 3, got 'yes'."),
    ("INBOX_PROXIES", "٣", "INBOX_PROXIES must be a number from 0 to 3, got '٣'."),
    (
        "PUBLIC_URL",
        "line.example.org",
        "PUBLIC_URL must be an address such as https://line.example.org, without ? or #, got 'line.example.org'.",
    ),
    (
        "PUBLIC_URL",
        "https://line.example.org#rc=2",
        "PUBLIC_URL must be an address such as https://line.example.org, without ? or #, "
        "got 'https://line.example.org#rc=2'.",
    ),
    (
        "LINE_NAME",
        "A name that is far too long",
        "LINE_NAME must be a name of at most 15 characters, got 'A name that is far too long'.",
    ),
    (
        "LINE_NAME",
        "Línea",
        "LINE_NAME must do without í, which the phone network charges double, got 'Línea'.",
    ),
    (
        "LINE_NAME",
        "two\nlines",
        "LINE_NAME must be a name of at most 15 characters, got 'two\\nlines'.",
    ),
    (
        "VOICE_NUMBER",
        "202-555-0142",
        "VOICE_NUMBER must be a number with its country code, such as +12025550142, got '202-555-0142'.",
    ),
    (
        "VOICE_HOURS",
        "x" * 41,
        f"VOICE_HOURS must be at most 40 characters, such as Mon-Fri 9-5 ET, got '{'x' * 41}'.",
    ),
    (
        "VOICE_HOURS",
        "sábado 9–5",
        "VOICE_HOURS must do without á –, which the phone network charges double, got 'sábado 9–5'.",
    ),
    ("CONTACT_EMAIL", "nobody", "CONTACT_EMAIL must be an e-mail address, got 'nobody'."),
    (
        "MAIL_FROM",
        "Amparo <a@example.org>",
        "MAIL_FROM must be an e-mail address, got 'Amparo <a@example.org>'.",
    ),
    ("AMPARO_SERVE_DRAFTS", "1", "AMPARO_SERVE_DRAFTS must be yes or no, got '1'."),
    (
        "AMPARO_LEASE_SECONDS",
        "11",
        "AMPARO_LEASE_SECONDS must be seconds from 0.2 to 10, such as 5, got '11'.",
    ),
    (
        "AMPARO_SWEEP_SECONDS",
        "0,5",
        "AMPARO_SWEEP_SECONDS must be seconds from 0.05 to 5, such as 2.5, got '0,5'.",
    ),
    (
        "AMPARO_SWEEP_SECONDS",
        "٣",
        "AMPARO_SWEEP_SECONDS must be seconds from 0.05 to 5, such as 2.5, got '٣'.",
    ),
    (
        "SMTP_URL",
        "mail.example.org",
        "SMTP_URL must be smtp://[user:password@]host[:port] or smtps://....",
    ),
]

WRONG_WITH_CREDENTIALS = [
    (
        "TWILIO_ACCOUNT_SID",
        "AC1",
        "TWILIO_ACCOUNT_SID must be AC and 32 hex digits, as Twilio's console shows it, got 'AC1'.",
    ),
    (
        "TWILIO_MESSAGING_SERVICE_SID",
        "MG1",
        "TWILIO_MESSAGING_SERVICE_SID must be MG and 32 hex digits, as Twilio's console shows it, got 'MG1'.",
    ),
    (
        "TWILIO_API_URL",
        "ftp://x.example.org",
        "TWILIO_API_URL must be an address such as https://line.example.org, without ? or #, "
        "got 'ftp://x.example.org'.",
    ),
    (
        "VOICE_NUMBER",
        "nobody",
        "VOICE_NUMBER must be a number with its country code, such as +12025550142, got 'nobody'.",
    ),
]


def test_tenths_of_a_second_are_taken() -> None:
    """For tests, which cannot wait ten seconds for a lease."""
    config = Config.from_env({"AMPARO_LEASE_SECONDS": "0.5", "AMPARO_SWEEP_SECONDS": "0.1"})
    assert (0.5, 0.1) == (config.lease_seconds, config.sweep_seconds)


@pytest.mark.parametrize(("name", "value", "fault"), WRONG)
def test_a_wrong_setting_is_named_once_with_the_way_to_mend_it(name: str, value: str, fault: str) -> None:
    """One sentence: which setting, what it must be, what it was."""
    assert (fault,) == faults(**{name: value})


@pytest.mark.parametrize(("name", "value", "fault"), WRONG_WITH_CREDENTIALS)
def test_a_wrong_setting_of_a_real_line_is_named_once(name: str, value: str, fault: str) -> None:
    """The same for those that only a real line has."""
    assert (fault,) == faults(**(REAL | {name: value}))


@pytest.mark.parametrize("port", ["abc", "99999", "0", "-1", "half-of-a-passw0rd@"])
@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        ("PUBLIC_URL", "https"),
        ("INBOX_URL", "https"),
        ("SMTP_URL", "smtp"),
        ("SMTP_URL", "smtps"),
        ("REDIS_URL", "redis"),
    ],
)
def test_an_address_with_a_port_that_is_none_is_refused(name: str, scheme: str, port: str) -> None:
    """At the start, and not when the first mail goes out; what may be a password's half is not quoted."""
    address = f"{scheme}://host.example.org:{port.replace('@', '/@host.example.org')}"
    shown = "" if name in SECRETS else f", got {address!r}"

    assert f"{name} must be an address whose port, if it has one, is from 1 to 65535{shown}." in faults(
        **{name: address}
    )


@pytest.mark.parametrize(
    "address", ["unix:///run/a:b/redis.sock", "redis://:pass@[::1]:6380/0", "rediss://host.example.org"]
)
def test_an_address_with_a_good_port_or_none_stands(address: str) -> None:
    """A socket's path may hold a colon."""
    assert () == faults(**TWO_MEMORIES | {"REDIS_URL": address})


def test_a_hotline_number_that_is_none_is_named() -> None:
    """It is named as wrong, even where a messaging service stands in."""
    fault = "HOTLINE_NUMBER must be a number with its country code, such as +12025550142, got '12345'."
    service = {"TWILIO_MESSAGING_SERVICE_SID": "MG" + "b" * 32, "HOTLINE_NUMBER": "12345"}
    assert (fault,) == faults(**(REAL | service))


def test_every_fault_is_told_at_once() -> None:
    """A person mends all of them in one go."""
    found = faults(PORT="x", CONTACT_EMAIL="y", AMPARO_SERVE_DRAFTS="z")
    assert ["PORT", "CONTACT_EMAIL", "AMPARO_SERVE_DRAFTS"] == [fault.split()[0] for fault in found]
    assert "\n".join(found) == str(ConfigError(list(found)))


@pytest.mark.parametrize(
    ("missing", "fault"),
    [
        ("TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN must be set when TWILIO_ACCOUNT_SID is."),
        ("TWILIO_ACCOUNT_SID", "TWILIO_ACCOUNT_SID must be set when TWILIO_AUTH_TOKEN is."),
        (
            "HOTLINE_NUMBER",
            "HOTLINE_NUMBER or TWILIO_MESSAGING_SERVICE_SID must be set: who the texts are from.",
        ),
        (
            "PUBLIC_URL",
            "PUBLIC_URL must be set with Twilio's credentials: the address Twilio calls, "
            "such as https://line.example.org.",
        ),
        (
            "VOICE_NUMBER",
            "VOICE_NUMBER must be set with Twilio's credentials: the number where a person answers, "
            "such as +12025550142.",
        ),
    ],
)
def test_a_real_line_lacks_nothing(missing: str, fault: str) -> None:
    """What only a demonstration may leave out is asked for by name."""
    assert (fault,) == faults(**{name: value for name, value in REAL.items() if name != missing})


def test_a_line_tested_from_outside_needs_no_public_address() -> None:
    """Where TWILIO_API_URL leads to somebody's own server, the address of this machine will do."""
    settings = {name: value for name, value in REAL.items() if name != "PUBLIC_URL"}
    config = Config.from_env(settings | {"TWILIO_API_URL": "http://localhost:9000/"})
    assert "http://localhost:8000" == config.public_url
    assert config.twilio is not None
    assert "http://localhost:9000" == config.twilio.api_url


@pytest.mark.parametrize("alone", ["TWILIO_API_KEY", "TWILIO_API_SECRET"])
def test_key_and_secret_go_together(alone: str) -> None:
    """One without the other would fail at the first text, at night."""
    fault = "TWILIO_API_KEY and TWILIO_API_SECRET go together: set both, or neither."
    assert (fault,) == faults(**(REAL | {alone: "SK-half"}))


def test_an_api_key_is_taken() -> None:
    """Both halves reach the client."""
    twilio = real(TWILIO_API_KEY="SK-key", TWILIO_API_SECRET="half").twilio
    assert twilio is not None
    assert ("SK-key", "half", TOKEN) == (twilio.api_key, twilio.api_secret, twilio.auth_token)


@pytest.mark.parametrize("alone", sorted(TWO_MEMORIES))
def test_the_two_memories_go_together(alone: str) -> None:
    """One server of the operator's and one of ours would be a surprise to both."""
    fault = "REDIS_URL and REDIS_VOLATILE_URL go together: set both, or neither."
    assert (fault,) == faults(**{alone: TWO_MEMORIES[alone]})


def test_the_two_memories_are_two() -> None:
    """What must be forgotten and what must not be lost cannot live in one server."""
    fault = "REDIS_URL and REDIS_VOLATILE_URL must be two servers, got the same address twice."
    assert (fault,) == faults(**dict.fromkeys(TWO_MEMORIES, "redis://one.example.org"))
    assert () == faults(**TWO_MEMORIES)


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    """The value is the file's text without the line end that an editor leaves."""
    path = tmp_path / "token"
    path.write_text("from-a-file\n", encoding="utf-8")
    twilio = real(TWILIO_AUTH_TOKEN="", TWILIO_AUTH_TOKEN_FILE=str(path)).twilio
    assert twilio is not None
    assert "from-a-file" == twilio.auth_token


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_a_secret_is_not_set_twice(name: str, tmp_path: Path) -> None:
    """In the environment and in a file at once, nobody knows which one counts."""
    path = tmp_path / "secret"
    path.write_text("one", encoding="utf-8")
    fault = f"{name} and {name}_FILE are both set: keep one of them."
    assert fault in faults(**{**REAL, name: "two", f"{name}_FILE": str(path)})


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Missing, or not text: the setting and the path are told, once."""
    path = tmp_path / "gone"
    fault = f"SMTP_URL_FILE cannot be read (FileNotFoundError): {path}"
    assert (fault,) == faults(SMTP_URL_FILE=str(path))
    path.write_bytes(b"\xff\xfe")
    fault = f"SMTP_URL_FILE cannot be read (UnicodeDecodeError): {path}"
    assert (fault,) == faults(SMTP_URL_FILE=str(path))


def test_what_is_no_secret_comes_from_no_file(tmp_path: Path) -> None:
    """PORT_FILE means nothing here."""
    path = tmp_path / "port"
    path.write_text("9999", encoding="utf-8")
    assert 8000 == Config.from_env({"PORT_FILE": str(path)}).port


@pytest.mark.parametrize("from_file", [False, True])
@pytest.mark.parametrize("name", sorted(SECRETS))
def test_a_secret_is_never_shown(name: str, from_file: bool, tmp_path: Path) -> None:
    """However wrong the rest is, no error holds the value of a secret."""
    secret = "s3cret-nobody-may-see"
    path = tmp_path / "secret"
    path.write_text(secret, encoding="utf-8")
    given = {f"{name}_FILE": str(path)} if from_file else {name: secret}
    found = faults(**(given | {"PORT": "x", "PUBLIC_URL": "y"}))
    assert found
    assert secret not in "\n".join(found)


def test_the_names_are_apart() -> None:
    """Every secret is a setting; what the supervisor sets for its children is none."""
    assert set(SETTINGS) >= SECRETS
    assert set() == set(SETTINGS) & set(INTERNAL)
    assert len(SETTINGS) == len(set(SETTINGS))


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("AMPARO_SEVRE_DRAFTS", "Did you mean AMPARO_SERVE_DRAFTS?"),
        ("AMPARO_COLOUR", "See docs/settings.md."),
    ],
)
def test_a_setting_of_ours_that_does_not_exist_is_named(name: str, hint: str) -> None:
    """A typing error in a name would silently leave the setting out."""
    with pytest.raises(ConfigError) as error:
        Config.from_env({name: "yes"})

    assert (f"{name} is no setting of Amparo. {hint}",) == error.value.faults
