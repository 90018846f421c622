"""`amparo referrals` and `amparo directory`, typed into a shell."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from redis import Redis

from app.commands import main
from app.referral import course
from app.referral.life import Ranking, Referral
from app.sealing import make_identity, recipient_of, seal
from app.store import keys
from app.store.lockdown import Lock, Lockdown
from app.store.offices import Offices
from app.store.referrals import Referrals
from tests.app.referral.made_up import ADDRESS, NOW, OFFICE_KEY, TERMS, letter, office, referral
from tests.servers import Servers

ID = "r" * 32
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


def offered(durable: Redis, **changes: object) -> None:
    """It stands with its office."""
    Offices(durable).save(office())
    Offices(durable).save(office("plaza"))
    store, now = Referrals(durable), datetime.now(UTC)
    store.request((ID,), lambda drawn: referral(reference=drawn, created=now, **changes), lambda: "7K2MX")
    store.change(ID, lambda seen: course.offer(seen, office(), ("mail",), TERMS, now))


def accepted(durable: Redis) -> None:
    """Its office took it."""
    offered(durable)
    Referrals(durable).change(ID, lambda seen: course.accept(seen, office(), TERMS, datetime.now(UTC)))


def found(durable: Redis) -> Referral:
    """The referral as it stands."""
    seen = Referrals(durable).get(ID)
    assert seen is not None
    return seen


def say(amparo: CliRunner, *words: str) -> Result:
    """Types a command about referrals."""
    return amparo.invoke(main, ["referrals", *words])


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


@pytest.mark.parametrize(
    ("typed", "said"), [("hola", "is no reference"), ("8K2MX", "No referral has the reference 8K2MX")]
)
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
    assert ["7K2MX", "harbor", "requested", "urgent"] == listed.output.splitlines()[1].split()[:4]
    assert not [told for told in (ADDRESS, "manzana", "mam", "TX") if told in listed.output]


def test_the_list_leaves_out_what_has_ended(amparo: CliRunner, durable: Redis) -> None:
    """Though its number is still held until the person was told."""
    offered(durable)
    say(amparo, "decline", "7K2MX", "--reason", "full")

    assert ("declined", True) == (found(durable).state, found(durable).reachable)
    assert "No referral is open.\n" == say(amparo, "list").output


def test_an_office_accepts(amparo: CliRunner, durable: Redis) -> None:
    """The other boxes are destroyed, the bell is owed, and the command says how it stands."""
    offered(durable, others=("plaza",))
    done = say(amparo, "accept", "7k2-mx")

    assert (0, ["7K2MX", "harbor", "accepted"]) == (done.exit_code, done.output.split()[:3])
    assert ({"harbor"}, 1) == (set(found(durable).boxes), found(durable).bells)


def test_an_office_declines_with_a_reason(amparo: CliRunner, durable: Redis) -> None:
    """It stands with the next one the person agreed to."""
    offered(durable, others=("plaza",))
    done = say(amparo, "decline", "7K2MX", "--office", "harbor", "--reason", "conflict")

    assert (0, ["7K2MX", "plaza", "requested"]) == (done.exit_code, done.output.split()[:3])
    assert "conflict" == found(durable).moves[-1].reason


@pytest.mark.parametrize("words", [("decline", "7K2MX"), ("decline", "7K2MX", "--reason", "he is rude")])
def test_a_decline_needs_a_reason_of_the_list(
    amparo: CliRunner, durable: Redis, words: tuple[str, ...]
) -> None:
    """Never one in free words: it might say something of the person."""
    offered(durable)
    done = say(amparo, *words)

    assert (2, True, "offered") == (done.exit_code, "could_not_reach" in done.output, found(durable).state)


def test_an_office_notes_that_it_spoke_with_the_person(amparo: CliRunner, durable: Redis) -> None:
    """And that calls before it reached nobody."""
    accepted(durable)
    say(amparo, "tried", "7K2MX")
    say(amparo, "tried", "7K2MX")
    assert 2 == found(durable).calls

    assert 0 == say(amparo, "contacted", "7K2MX").exit_code
    assert ("contacted", 0) == (found(durable).state, found(durable).calls)


def test_after_three_calls_that_reached_nobody_the_person_is_asked(amparo: CliRunner, durable: Redis) -> None:
    """For a better time."""
    accepted(durable)
    for _ in range(3):
        say(amparo, "tried", "7K2MX")

    assert "better_time" == found(durable).asked


def test_an_office_closes_with_an_outcome(amparo: CliRunner, durable: Redis) -> None:
    """One of the list."""
    accepted(durable)
    wrong = say(amparo, "close", "7K2MX", "--outcome", "left_open")
    done = say(amparo, "close", "7K2MX", "--outcome", "took_the_case")

    assert (2, 0) == (wrong.exit_code, done.exit_code)
    assert ("closed", "took_the_case") == (found(durable).state, found(durable).moves[-1].reason)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("contacted", "7K2MX"),
            "7K2MX is offered: no office has taken it. First: amparo referrals accept 7K2MX.",
        ),
        (("tried", "7K2MX"), "First: amparo referrals accept 7K2MX."),
        (("close", "7K2MX", "--outcome", "gave_advice"), "no office has taken it"),
        (("accept", "7K2MX", "--office", "plaza"), "stands with another office now, not with 'plaza'"),
        (("accept", "7K2MX", "--office", "nobody"), "there is no office 'nobody'"),
        (("accept", "8K2MX"), "No referral has the reference 8K2MX"),
    ],
)
def test_what_cannot_be_done_now_is_a_sentence(
    amparo: CliRunner, durable: Redis, words: tuple[str, ...], said: str
) -> None:
    """Exit code 1, and nothing is written."""
    offered(durable)
    before = found(durable)
    done = say(amparo, *words)

    assert (1, True) == (done.exit_code, said in done.output), done.output
    assert before == found(durable)


def test_what_was_taken_is_not_taken_twice(amparo: CliRunner, durable: Redis) -> None:
    """And the error says what comes next."""
    accepted(durable)
    twice = say(amparo, "accept", "7K2MX")
    say(amparo, "close", "7K2MX", "--outcome", "gave_advice")
    ended = say(amparo, "contacted", "7K2MX")

    assert (1, 1) == (twice.exit_code, ended.exit_code)
    assert "7K2MX is accepted: its office has taken it" in twice.output
    assert "amparo referrals contacted 7K2MX" in twice.output
    assert "7K2MX is closed: it has ended" in ended.output


def test_each_call_that_reached_nobody_is_counted(amparo: CliRunner, durable: Redis) -> None:
    """The third asks the person, and whoever called is told so."""
    accepted(durable)
    said = [say(amparo, "tried", "7K2MX").output.splitlines()[-1] for _ in range(3)]

    assert ["1 of 3 calls", "2 of 3 calls"] == [each[:12] for each in said[:2]]
    assert "asked for a better time" in said[2]


def test_a_locked_line_changes_no_request_and_says_why(amparo: CliRunner, durable: Redis) -> None:
    """In a sentence with the next step, and not as a stack of calls."""
    offered(durable)
    Lockdown(durable).lock(Lock(NOW, "ana", "a drill"))
    done = say(amparo, "accept", "7K2MX")

    assert (1, True) == (done.exit_code, "Error: The line is locked" in done.output), done.output
    assert "amparo lockdown status" in done.output
    assert "offered" == found(durable).state


def test_a_deadline_on_the_office_s_clock_is_shown_in_utc(amparo: CliRunner, durable: Redis) -> None:
    """All times of a life stand on one clock."""
    offered(durable)
    due = datetime(2026, 12, 1, 9, 30, tzinfo=ZoneInfo("America/Denver"))
    Referrals(durable).change(ID, lambda seen: replace(seen, timers={"take_by": due}))

    assert "2026-12-01 16:30Z  next: The office must have taken it.\n" in say(amparo, "show", "7K2MX").output


def test_a_box_is_given_out_when_its_turn_comes(
    amparo: CliRunner, durable: Redis, key: Path, tmp_path: Path
) -> None:
    """The person agreed to one office after the other, so the key of a later one opens nothing yet."""
    first = make_identity()
    boxes = {
        "mesa": letter().sealed((recipient_of(first),)),
        "harbor": letter().sealed((recipient_of(OFFICE_KEY),)),
    }
    offered(durable, office="mesa", others=("harbor",), boxes=boxes)
    opened = say(amparo, "open", "7K2MX", "--identity", str(key))
    saved = say(amparo, "save", "7K2MX", str(tmp_path / "box.age"), "--office", "harbor")

    assert (1, False) == (opened.exit_code, ADDRESS in opened.output)
    assert "7K2MX stands with mesa." in opened.output
    assert (1, True) == (saved.exit_code, "not the turn of harbor" in saved.output), saved.output
    assert not (tmp_path / "box.age").exists()


def test_a_life_is_shown_step_by_step(amparo: CliRunner, durable: Redis) -> None:
    """Every step with its reason, what is owed, what comes next, why this office was asked; no contents."""
    offered(durable, ranking=(Ranking("harbor", ("state", "speaks")),))
    say(amparo, "accept", "7K2MX")
    shown = say(amparo, "show", "7K2MX").output

    assert shown.startswith("7K2MX  accepted  urgent\n")
    for part in (
        "Offered by the line: the office is told (harbor).",
        "Taken by the office: it takes the request (harbor).",
        "The offer, mail to harbor: not needed any more.",
        "next: The bell that there is news, text to the person: not sent yet.",
        "next: The person is asked whether somebody called.",
        "1. harbor: serves the whole state, speaks the language",
    ):
        assert part in shown
    assert not [told for told in (ADDRESS, "manzana", "costura", ID) if told in shown]


def test_a_withdrawn_one_has_no_letter_to_open(amparo: CliRunner, durable: Redis, key: Path) -> None:
    """Its life can still be shown."""
    offered(durable)
    Referrals(durable).change(ID, lambda seen: course.withdraw(seen, TERMS, NOW))
    done = say(amparo, "open", "7K2MX", "--identity", str(key))

    assert (1, True) == (done.exit_code, "no sealed letter any more" in done.output), done.output
    assert "the person wants no call any more" in say(amparo, "show", "7K2MX").output


def test_the_box_of_another_office_cannot_be_saved(amparo: CliRunner, durable: Redis, tmp_path: Path) -> None:
    """There is none."""
    offered(durable)
    done = say(amparo, "save", "7K2MX", str(tmp_path / "box.age"), "--office", "plaza")

    assert (1, True) == (done.exit_code, "7K2MX has no box for plaza" in done.output)


def test_an_office_whose_turn_has_not_come_reads_nothing(
    amparo: CliRunner, durable: Redis, key: Path, tmp_path: Path
) -> None:
    """Though it has a box of its own already, and the key to it."""
    own, other = referral().boxes["harbor"], seal(b"harbor's", (recipient_of(make_identity()),))
    offered(durable, others=("plaza",), boxes={"harbor": other, "plaza": own})
    opened = say(amparo, "open", "7K2MX", "--identity", str(key))
    saved = say(amparo, "save", "7K2MX", str(tmp_path / "box.age"), "--office", "plaza")

    assert (1, False, True) == (
        opened.exit_code,
        ADDRESS in opened.output,
        "stands with harbor" in opened.output,
    )
    assert (1, True) == (saved.exit_code, "not the turn of plaza" in saved.output)
    assert not (tmp_path / "box.age").exists()


@pytest.mark.parametrize("command", ["accept", "mend"])
def test_nothing_is_written_while_the_line_is_locked(amparo: CliRunner, durable: Redis, command: str) -> None:
    """And that is said in a sentence."""
    offered(durable)
    durable.delete(keys.OUTBOX())
    Lockdown(durable).lock(Lock(NOW, "eva", "a raid"))
    words = ["referrals", "accept", "7K2MX"] if command == "accept" else ["reconcile", "--mend"]
    done = amparo.invoke(main, words)

    assert (1, True) == (done.exit_code, "The line is locked" in done.output)
    assert "offered" == found(durable).state


def test_a_record_that_cannot_be_read_is_said_so(amparo: CliRunner, durable: Redis) -> None:
    """With where to look."""
    offered(durable)
    durable.set(keys.REFERRAL(ID), b"{}")
    done = say(amparo, "show", "7K2MX")

    assert (1, True) == (
        done.exit_code,
        "cannot be read" in done.output and "amparo reconcile" in done.output,
    )


def test_a_file_that_is_there_is_never_overwritten(amparo: CliRunner, durable: Redis, tmp_path: Path) -> None:
    """It may be somebody else's box."""
    offered(durable)
    path = tmp_path / "box.age"
    path.write_text("another's")
    done = say(amparo, "save", "7K2MX", str(path))

    assert (1, "another's") == (done.exit_code, path.read_text())


@pytest.mark.parametrize(("ended", "said"), [(1, "under 10"), (9, "under 10"), (10, "10")])
def test_few_ends_are_not_counted_out(amparo: CliRunner, durable: Redis, ended: int, said: str) -> None:
    """One of three in a month might be somebody."""
    durable.hset(keys.COUNTS("202611"), "closed.gave_advice", ended)

    assert f"closed.gave_advice: {said}" == " ".join(say(amparo, "counts", "202611").output.split())


def test_a_month_without_ends_says_when_they_are_counted(amparo: CliRunner, durable: Redis) -> None:
    """Two weeks after the end."""
    assert "14 days after a referral ends" in say(amparo, "counts", "202001").output


def test_a_month_that_is_none_is_refused(amparo: CliRunner, durable: Redis) -> None:
    """With its form."""
    done = say(amparo, "counts", "november")

    assert (1, True) == (done.exit_code, "Write it as 202611" in done.output)


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
    assert "plaza  Plaza Legal Aid  IL WI" == listed.output.splitlines()[0]
    assert all(part in shown.output for part in ("+12025550188", "fri 09:00-17:00", recipient_of(OFFICE_KEY)))
    assert (1, True) == (missing.exit_code, "There is no office 'nobody'" in missing.output)


def test_a_memory_that_is_down_is_a_sentence(amparo: CliRunner, servers: Servers) -> None:
    """Not a traceback."""
    servers.durable.kill()
    done = amparo.invoke(main, ["referrals", "list"])

    assert (1, True) == (done.exit_code, "Is the hotline running" in done.output)
