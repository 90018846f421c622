"""`amparo staff`, typed into a shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from redis import Redis

from app.commands import main
from app.staff.account import Account
from app.staff.audit import Entry
from app.staff.codes import LETTERS, fingerprint
from app.staff.invitations import Secrets
from app.store.accounts import Accounts
from app.store.audit import Audit
from app.store.invitations import Invitation, Invitations
from app.store.offices import Offices
from tests.app.referral.made_up import office
from tests.app.staff.made_up import HASH, SEED, account
from tests.servers import Servers

Amparo = Callable[[str], Result]
CODE = re.compile(rf"[{LETTERS}]{{5}}(?:-[{LETTERS}]{{5}}){{3}}")
CHOSEN = Secrets(HASH, SEED, 7, ("f" * 64,))


@pytest.fixture
def amparo(servers: Servers, durable: Redis) -> Amparo:
    """A shell where a hotline with one office runs."""
    Offices(durable).save(office())
    env = {**servers.env, "INBOX_URL": "https://inbox.example.org"}
    return lambda typed: CliRunner().invoke(main, ["staff", *shlex.split(typed)], env=env)


@pytest.fixture
def ana(amparo: Amparo, durable: Redis) -> Account:
    """Who has joined Harbor Legal Aid."""
    ana = account(epoch=3, totp_step=7)
    Accounts(durable).add(ana)
    return ana


def code_in(result: Result) -> str:
    """The one code that is shown."""
    (code,) = CODE.findall(result.output)
    return str(code)


def noted(durable: Redis, at: str) -> list[tuple[str, str]]:
    """What was done here for an office, the newest first: what and about whom."""
    entries: list[Entry] = list(Audit(durable).last(at, 9))
    assert {"_commands"} >= {each.who for each in entries}
    return [(each.did, each.about) for each in entries]


def found(durable: Redis, name: str = "ana") -> Account:
    """The account as it is kept."""
    kept = Accounts(durable).named(name)
    assert kept is not None
    return kept


# --- inviting ---


def test_an_invitation_is_a_code_and_where_to_type_it(amparo: Amparo, durable: Redis) -> None:
    """With how to hand it over, and how long it is good."""
    done = amparo("invite eva --role lead --office harbor")

    assert 0 == done.exit_code, done.output
    assert (
        f"Give them this code on paper or by telephone, and not by mail:  {code_in(done)}\n"
        "They type it at https://inbox.example.org/inbox/join\n"
        "It is shown this once, is good once, and for three days.\n"
    ) == done.output
    assert Invitation("eva", "lead", "harbor", "_commands") == Invitations(durable).get(
        fingerprint(code_in(done))
    )


@pytest.mark.parametrize("role", ["coordinator", "operator", "admin"])
def test_somebody_of_the_line_needs_no_office(amparo: Amparo, durable: Redis, role: str) -> None:
    """And it is noted in the list of the line itself."""
    done = amparo(f"invite yan --role {role}")
    invited = Invitations(durable).get(fingerprint(code_in(done)))

    assert invited is not None
    assert (role, "") == (invited.role, invited.office)
    assert ([("invited", "yan")], []) == (noted(durable, ""), noted(durable, "harbor"))


def test_the_code_is_in_no_memory(amparo: Amparo, durable: Redis, volatile: Redis, ana: Account) -> None:
    """Neither of an invitation nor for new secrets; not in a name, a value or the list of what was done."""
    codes = [code_in(amparo(typed)) for typed in ("invite eva --role staff --office harbor", "reset ana")]
    stored = b" ".join(part for memory in (durable, volatile) for part in everything(memory)).upper()
    spellings = [spelt for code in codes for spelt in (code, code.replace("-", ""), code.replace("-", " "))]

    assert b"EVA" in stored
    assert [] == [spelt for spelt in spellings if spelt.encode() in stored]


def everything(memory: Redis) -> list[bytes]:
    """The names of all keys, and what stands in every text and list."""
    names = memory.keys("*")
    texts = [memory.get(name) or b"" for name in names if memory.type(name) == b"string"]
    lists = [each for name in names if memory.type(name) == b"list" for each in memory.lrange(name, 0, -1)]
    return [*names, *texts, *lists]


def test_a_name_may_be_typed_with_capitals(amparo: Amparo, durable: Redis) -> None:
    """It is kept as it is typed to sign in."""
    done = amparo("invite Eva.R --role staff --office harbor")
    invited = Invitations(durable).get(fingerprint(code_in(done)))

    assert invited is not None
    assert "eva.r" == invited.name


def test_two_invitations_have_two_codes(amparo: Amparo) -> None:
    """For the same person too: the first may have been lost."""
    assert 3 == len({code_in(amparo("invite eva --role staff --office harbor")) for _ in range(3)})


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("invite eva --role staff", "the role staff belongs to an office; got none."),
        ("invite eva --role lead --office ''", "the role lead belongs to an office; got none."),
        ("invite eva --role admin --office harbor", "the role admin belongs to no office; got harbor."),
        ("invite eva --role staff --office plaza", "there is no office plaza; see amparo directory"),
        (
            "invite ana --role staff --office harbor",
            "there is an account ana already: take another name, or give it new secrets (amparo staff reset ana)",
        ),
        ("invite ANA --role admin", "there is an account ana already"),
        ("reset eva", "there is no account eva; see amparo staff list."),
        ("disable eva", "there is no account eva; see amparo staff list."),
        ("enable eva", "there is no account eva; see amparo staff list."),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    amparo: Amparo, durable: Redis, ana: Account, typed: str, said: str
) -> None:
    """Which says what is wrong; nothing is written, nothing noted, and no code is shown."""
    before = sorted(durable.keys("*"))
    done = amparo(typed)

    assert (1, True) == (done.exit_code, said in done.output), done.output
    assert done.output.startswith("Error: ")
    assert [] == CODE.findall(done.output)
    assert (ana, before) == (found(durable), sorted(durable.keys("*")))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("invite eva --office harbor", "Missing option '--role'"),
        ("invite eva --role boss", "'staff', 'lead', 'coordinator', 'operator', 'admin'"),
        ("invite --role admin", "Missing argument 'NAME'"),
        ("invite 'Eva Ruiz' --role admin", "must be a short name of letters, digits, . _ or -, such as ana"),
        ("invite eva@example.org --role admin", "'eva@example.org' must be a short name"),
    ],
)
def test_what_is_left_out_is_asked_for(amparo: Amparo, typed: str, said: str) -> None:
    """With what there is to choose from."""
    done = amparo(typed)
    assert (2, True) == (done.exit_code, said in done.output), done.output


@pytest.mark.parametrize("typed", ["invite ana --role staff --office harbor", "reset eva", "disable ana"])
def test_the_next_step_that_is_named_is_a_command(amparo: Amparo, ana: Account, typed: str) -> None:
    """Whoever types it gets on."""
    steps = re.findall(r"amparo staff (\w+)", amparo(typed).output)

    assert 1 == len(steps)
    assert 0 == amparo(f"{steps[0]} --help").exit_code


# --- the list ---


def test_an_empty_list_says_how_to_begin(amparo: Amparo) -> None:
    """With the command for the first person."""
    assert (
        "Nobody can sign in yet. First: amparo staff invite NAME --role lead --office OFFICE\n"
        == amparo("list").output
    )


def test_the_list_shows_who_can_sign_in_and_as_what(amparo: Amparo, durable: Redis, ana: Account) -> None:
    """Those of the line first, then office by office; who is shut out stands there too."""
    for each in (
        account("yan", role="admin", office=""),
        account("leo", office="mesa", role="lead"),
        account("ben", disabled=True),
    ):
        Accounts(durable).add(each)
    lines = [line.split() for line in amparo("list").output.splitlines()]

    assert [
        ["NAME", "ROLE", "OFFICE", "SINCE"],
        ["yan", "admin", "-", "2026-11-23", "15:00Z"],
        ["ana", "staff", "harbor", "2026-11-23", "15:00Z"],
        ["ben", "staff", "harbor", "2026-11-23", "15:00Z", "shut", "out"],
        ["leo", "lead", "mesa", "2026-11-23", "15:00Z"],
    ] == lines


def test_the_list_shows_no_secret_and_nobody_who_was_only_invited(amparo: Amparo, ana: Account) -> None:
    """Whoever has not joined cannot sign in."""
    amparo("invite eva --role staff --office harbor")
    shown = amparo("list").output

    assert [] == [each for each in (HASH, SEED, ana.id, "eva") if each in shown]


# --- new secrets, out, and in again ---


def test_new_secrets_end_every_visit_at_once(amparo: Amparo, durable: Redis, ana: Account) -> None:
    """Before they are chosen: the account stays who it was, and its old secrets open nothing any more."""
    done = amparo("reset ana")
    after = found(durable)

    assert 0 == done.exit_code, done.output
    assert (ana.id, ana.epoch + 1, "", False) == (after.id, after.epoch, after.passphrase, after.disabled)
    assert Invitation("ana", "staff", "harbor", "_commands", ana.id, after.epoch) == Invitations(durable).get(
        fingerprint(code_in(done))
    )
    assert [("reset", "ana")] == noted(durable, "harbor")


def test_who_is_shut_out_is_out_in_every_browser(amparo: Amparo, durable: Redis, ana: Account) -> None:
    """And the way back is told."""
    done = amparo("disable ana")
    after = found(durable)

    assert "ana is shut out. To let them in again: amparo staff enable ana\n" == done.output
    assert (True, ana.epoch + 1) == (after.disabled, after.epoch)
    assert [("disabled", "ana")] == noted(durable, "harbor")


def test_who_is_let_in_again_has_the_secrets_they_had(amparo: Amparo, durable: Redis, ana: Account) -> None:
    """But none of the visits."""
    amparo("disable ana")
    done = amparo("enable ana")
    after = found(durable)

    assert (0, "ana may sign in again.\n") == (done.exit_code, done.output)
    assert (False, HASH, SEED, 7) == (after.disabled, after.passphrase, after.totp, after.totp_step)
    assert ana.epoch < after.epoch
    assert [("enabled", "ana"), ("disabled", "ana")] == noted(durable, "harbor")


def test_shutting_out_twice_is_shutting_out(amparo: Amparo, durable: Redis, ana: Account) -> None:
    """Nobody has to look first."""
    assert [0, 0] == [amparo("disable ana").exit_code for _ in range(2)]
    assert found(durable).disabled


def test_new_secrets_do_not_let_in_who_is_shut_out(amparo: Amparo, durable: Redis, ana: Account) -> None:
    """Two words for two things."""
    amparo("disable ana")
    code = code_in(amparo("reset ana"))

    assert found(durable).disabled
    assert Invitations(durable).get(fingerprint(code)) is not None


@pytest.mark.parametrize(
    "typed",
    ["invite eva --role staff --office harbor", "list", "reset ana", "disable ana", "enable ana"],
)
def test_a_memory_that_is_down_is_a_sentence(amparo: Amparo, servers: Servers, typed: str) -> None:
    """And no code is shown that nobody kept."""
    servers.durable.kill()
    done = amparo(typed)

    assert (1, True) == (done.exit_code, "The memory does not answer. Is the hotline running" in done.output)
    assert [] == CODE.findall(done.output)


def test_a_code_is_taken_back(amparo: Amparo, durable: Redis) -> None:
    """It was read out to the wrong person: it opens nothing, and that is noted."""
    code = code_in(amparo("invite eva --role staff --office harbor"))
    done = amparo("withdraw Eva")

    assert "The code of eva is good no more.\n" == done.output
    assert Invitations(durable).get(fingerprint(code)) is None
    assert [("withdrew", "eva")] == noted(durable, "")
    assert "eva has no code that is still good" in amparo("withdraw eva").output


def test_who_did_what_is_read_here_too(amparo: Amparo, ana: Account) -> None:
    """The oldest first; of the line itself, where nobody else reads it, as well."""
    assert "Nothing yet.\n" == amparo("audit").output
    amparo("disable ana")
    amparo("enable ana")

    said = [line.split(maxsplit=3)[3] for line in amparo("audit --office harbor").output.splitlines()]

    assert ["shut out ana", "let in again ana"] == said
