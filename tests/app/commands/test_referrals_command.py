"""`amparo referrals` and `amparo directory`, typed into a shell."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from redis import Redis

from app.commands import main
from app.referral.seal import make_identity, recipient_of
from app.store.offices import Offices
from app.store.referrals import Referrals
from tests.app.referral.made_up import ADDRESS, OFFICE_KEY, referral
from tests.servers import Servers

PARTNER = {
    "--id": "plaza",
    "--name": "Plaza Legal Aid",
    "--phone": "+12025550188",
    "--email": "intake@plaza.example.org",
    "--zone": "America/Chicago",
    "--states": "IL, WI",
    "--hours": "mon-fri 09:00-17:00",
}


@pytest.fixture
def amparo(servers: Servers, durable: Redis, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A shell with the settings of a running hotline."""
    for name, value in servers.env.items():
        monkeypatch.setenv(name, value)
    return CliRunner()


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """The office's identity file."""
    path = tmp_path / "harbor.age"
    path.write_text(f"# a comment\n{OFFICE_KEY}\n")
    return path


def asked(durable: Redis) -> None:
    """A person has agreed."""
    Referrals(durable).request(("r" * 32,), lambda drawn: referral(reference=drawn), lambda: "7K2MX")


def add(amparo: CliRunner, *more: str, **changes: str) -> Result:
    """Adds the partner, with these changes."""
    values = PARTNER | {f"--{name}": value for name, value in changes.items()}
    words = [word for pair in values.items() for word in pair]
    return amparo.invoke(main, ["directory", "add-partner", *words, *more])


def test_the_office_opens_its_letter(amparo: CliRunner, durable: Redis, key: Path) -> None:
    """With the reference of the mail, however it is typed."""
    asked(durable)
    done = amparo.invoke(main, ["referrals", "open", "7k2 mx", "--identity", str(key)])

    assert (0, True, True) == (done.exit_code, ADDRESS in done.output, "manzana" in done.output)


def test_a_stranger_s_key_opens_nothing(amparo: CliRunner, durable: Redis, tmp_path: Path) -> None:
    """And learns nothing from the error."""
    asked(durable)
    (tmp_path / "other.age").write_text(make_identity())
    done = amparo.invoke(main, ["referrals", "open", "7K2MX", "--identity", str(tmp_path / "other.age")])

    assert (1, False) == (done.exit_code, ADDRESS in done.output)
    assert "does not open this box" in done.output


@pytest.mark.parametrize(("typed", "said"), [("hola", "is no reference"), ("8K2MX", "No open referral")])
def test_an_unknown_reference_is_said_so(amparo: CliRunner, key: Path, typed: str, said: str) -> None:
    """In a sentence, with exit code 1."""
    done = amparo.invoke(main, ["referrals", "open", typed, "--identity", str(key)])

    assert (1, True) == (done.exit_code, said in done.output)


def test_the_list_has_no_contents(amparo: CliRunner, durable: Redis) -> None:
    """Reference, office, state and times."""
    empty = amparo.invoke(main, ["referrals", "list"])
    asked(durable)
    listed = amparo.invoke(main, ["referrals", "list"])

    assert "No referral is open.\n" == empty.output
    assert ["7K2MX", "harbor", "requested", "urgent"] == listed.output.split()[:4]
    assert not [told for told in (ADDRESS, "manzana", "mam", "TX") if told in listed.output]


@pytest.mark.stock_age
def test_stock_age_opens_the_saved_box(amparo: CliRunner, durable: Redis, key: Path, tmp_path: Path) -> None:
    """An office that trusts no tool of ours."""
    asked(durable)
    box = tmp_path / "box.age"
    done = amparo.invoke(main, ["referrals", "save", "7K2MX", str(box)])
    plain = subprocess.run(["age", "-d", "-i", str(key), str(box)], capture_output=True, check=True).stdout

    assert (0, True) == (done.exit_code, ADDRESS.encode() in plain)


def test_a_partner_is_added_with_a_key_of_its_own(amparo: CliRunner, durable: Redis) -> None:
    """Its recipient is all we need."""
    recipient = recipient_of(make_identity())
    done = add(amparo, "--recipient", recipient, "--takes-detained")
    office = Offices(durable).get("plaza")

    assert 0 == done.exit_code, done.output
    assert office is not None
    assert ((recipient,), ("IL", "WI"), True) == (office.recipients, office.states, office.takes_detained)


def test_a_partner_is_added_with_a_key_made_here(amparo: CliRunner, durable: Redis, tmp_path: Path) -> None:
    """In a new file that only its owner may read."""
    path = tmp_path / "keys" / "plaza.age"
    done = add(amparo, "--make-identity", str(path), states="nationwide", hours="always")
    office = Offices(durable).get("plaza")

    assert 0 == done.exit_code, done.output
    assert office is not None
    assert (office.recipients, True) == ((recipient_of(path.read_text()),), office.nationwide)
    assert 0o600 == path.stat().st_mode & 0o777


def test_a_key_that_is_there_is_never_overwritten(amparo: CliRunner, durable: Redis, key: Path) -> None:
    """It may be the only one that opens somebody's letters."""
    done = add(amparo, "--make-identity", str(key))

    assert (1, OFFICE_KEY in key.read_text(), ()) == (done.exit_code, True, Offices(durable).all())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"zone": "Chicago"}, "zone must be such as America/Chicago"),
        ({"states": "Illinois"}, "got 'Illinois'"),
        ({"hours": "9 to 5"}, "mon-fri 09:00-17:00"),
        ({"phone": "202-555-0188"}, "phone must"),
        (
            {"name": "Clínica Legal"},
            "name must do without í, got 'Clínica Legal': with such a letter every text",
        ),
    ],
)
def test_a_wrong_value_leaves_no_key_behind(
    amparo: CliRunner, tmp_path: Path, changes: dict[str, str], said: str
) -> None:
    """The error says the value and its form."""
    path = tmp_path / "plaza.age"
    done = add(amparo, "--make-identity", str(path), **changes)

    assert (1, True, False) == (done.exit_code, said in done.output, path.exists())


def test_a_mistyped_recipient_is_refused(amparo: CliRunner, durable: Redis) -> None:
    """By its checksum: nothing could be sealed to it, and somebody's request would fail at the consent."""
    right = recipient_of(OFFICE_KEY)
    done = add(amparo, "--recipient", f"{right[:-1]}{'q' if right[-1] != 'q' else 'p'}")

    assert (1, True, ()) == (done.exit_code, "recipient is mistyped" in done.output, Offices(durable).all())


def test_one_of_two_ways_to_a_key_is_needed(amparo: CliRunner, tmp_path: Path) -> None:
    """Neither and both are refused."""
    both = add(amparo, "--make-identity", str(tmp_path / "a"), "--recipient", recipient_of(OFFICE_KEY))

    assert (1, 1) == (add(amparo).exit_code, both.exit_code)


def test_the_directory_is_listed_and_shown(amparo: CliRunner, durable: Redis) -> None:
    """Everything we know of an office."""
    empty = amparo.invoke(main, ["directory", "list"])
    add(amparo, "--recipient", recipient_of(OFFICE_KEY))
    listed = amparo.invoke(main, ["directory", "list"])
    shown = amparo.invoke(main, ["directory", "show", "plaza"])
    missing = amparo.invoke(main, ["directory", "show", "nobody"])

    assert "no partner office yet" in empty.output
    assert "plaza  Plaza Legal Aid  IL WI\n" == listed.output
    assert all(part in shown.output for part in ("+12025550188", "fri 09:00-17:00", recipient_of(OFFICE_KEY)))
    assert (1, True) == (missing.exit_code, "There is no office 'nobody'" in missing.output)


def test_a_memory_that_is_down_is_a_sentence(amparo: CliRunner, servers: Servers) -> None:
    """Not a traceback."""
    servers.durable.kill()
    done = amparo.invoke(main, ["referrals", "list"])

    assert (1, True) == (done.exit_code, "Is the hotline running" in done.output)
