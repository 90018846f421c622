"""`amparo lockdown`: locking, and the second person who lifts it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.commands import main
from app.sealing import make_identity, recipient_of, unseal
from tests.servers import Servers
from tests.texter import Line

Amparo = Callable[..., Result]
LOCK = ("--reason", "a subpoena", "--by", "ana")
LIFT = ("lift", "--reason", "our lawyer agrees", "--by")


@pytest.fixture
def amparo(servers: Servers) -> Amparo:
    """One command, as it is typed where the line runs."""
    return lambda *args: CliRunner().invoke(main, ["lockdown", *args], env=servers.env)


@pytest.fixture
def keys_of(amparo: Amparo, tmp_path: Path) -> dict[str, Path]:
    """Two persons who may lift, each with a key file of her own."""
    files = {}
    for name in ("ana", "ben"):
        files[name] = tmp_path / f"{name}.age"
        identity = make_identity()
        files[name].write_text(f"# lift key\n{identity}\n")
        assert (
            0 == amparo("person", "add", name, "--recipient", recipient_of(identity), "--by", "eva").exit_code
        )
    return files


def test_it_locks_and_says_what_is_gone(amparo: Amparo, line: Line) -> None:
    """From then on every text gets the fixed answer."""
    texter = line.texter()
    texter.texts("hola")

    said = amparo(*LOCK)

    assert 0 == said.exit_code
    assert "The line is locked." in said.output
    assert "Forgotten: sessions" in said.output
    assert line.hotline.locked_text == texter.texts("1")


@pytest.mark.parametrize("missing", [("--reason", "x"), ("--by", "ana"), ()])
def test_it_asks_for_a_reason_and_a_name(amparo: Amparo, line: Line, missing: tuple[str, ...]) -> None:
    """And locks nothing without."""
    said = amparo(*missing)

    assert (2, False) == (said.exit_code, line.hotline.lockdown.stands())
    assert "give both" in said.output


@pytest.mark.parametrize("odd", ["", "  ", "a b", "+12025550111", "x" * 33])
def test_a_name_is_a_short_word(amparo: Amparo, line: Line, odd: str) -> None:
    """What is compared later must not be ambiguous."""
    said = amparo("--reason", "x", "--by", odd)

    assert (2, False) == (said.exit_code, line.hotline.lockdown.stands())


def test_a_second_lock_leaves_the_first_as_it_is(amparo: Amparo, line: Line) -> None:
    """Who locked stays who locked, or she could lift by locking again under another name; it empties again."""
    amparo(*LOCK)
    said = amparo("--reason", "me too", "--by", "ben")

    lock = line.hotline.lockdown.standing()
    assert lock is not None
    assert ("ana", "a subpoena") == (lock.by, lock.reason)
    assert "locked already" in said.output
    assert "Forgotten" in said.output
    assert ["locked"] == [entry.done for entry in line.hotline.lockdown.history()]


def test_without_listed_persons_another_name_is_enough_and_that_is_said(amparo: Amparo, line: Line) -> None:
    """Plainly, when it is locked and when it is lifted; whoever locked is refused, however she writes her name."""
    said = amparo(*LOCK).output
    refused = [amparo(*LIFT, name) for name in ("ana", " ANA ")]
    lifted = amparo(*LIFT, "ben")

    assert [1, 1, 0] == [each.exit_code for each in (*refused, lifted)]
    assert "somebody else must lift it" in refused[0].output
    assert "only a promise" in said
    assert "only a promise" in lifted.output
    assert not line.hotline.lockdown.stands()


def test_a_listed_person_lifts_with_her_key(amparo: Amparo, keys_of: dict[str, Path], line: Line) -> None:
    """Not with a word, not with another's key, not whoever locked, not a stranger."""
    stranger = keys_of["ben"].with_name("zoe.age")
    stranger.write_text(make_identity())
    amparo(*LOCK)
    ben, ana = str(keys_of["ben"]), str(keys_of["ana"])
    refused = (
        amparo(*LIFT, "ben"),
        amparo(*LIFT, "ben", "--answer", "0000-0000-0000-0000-0000"),
        amparo(*LIFT, "ben", "--identity", ana),
        amparo(*LIFT, "ben", "--identity", str(stranger)),
        amparo(*LIFT, "ana", "--identity", ana),
        amparo(*LIFT, "ana", "--identity", ben),
        amparo(*LIFT, "zoe", "--identity", str(stranger)),
    )
    still = line.hotline.lockdown.stands()
    lifted = amparo(*LIFT, "ben", "--identity", ben)

    assert [1] * 7 == [each.exit_code for each in refused]
    assert (True, 0, False) == (still, lifted.exit_code, line.hotline.lockdown.stands())
    assert "promise" not in lifted.output


def test_the_key_need_not_come_to_this_machine(
    amparo: Amparo, keys_of: dict[str, Path], line: Line, tmp_path: Path
) -> None:
    """She opens the box where her key is, and reads the answer out over the telephone."""
    amparo(*LOCK)
    box = tmp_path / "box.age"
    assert 0 == amparo("challenge", "ben", str(box)).exit_code
    answer = unseal(box.read_bytes(), keys_of["ben"].read_text()).decode()

    lifted = amparo(*LIFT, "ben", "--answer", f"  {answer.upper().replace('-', ' ')} ")

    assert (0, False) == (lifted.exit_code, line.hotline.lockdown.stands())


def test_there_is_no_box_for_whoever_locked(amparo: Amparo, keys_of: dict[str, Path], tmp_path: Path) -> None:
    """Nor for anybody while nothing is locked; a file that is there is not overwritten."""
    early = amparo("challenge", "ben", str(tmp_path / "early"))
    amparo(*LOCK)
    own = amparo("challenge", "ana", str(tmp_path / "own"))
    taken = amparo("challenge", "ben", str(keys_of["ben"]))

    assert [1, 1, 1] == [each.exit_code for each in (early, own, taken)]
    assert "AGE-SECRET-KEY" in keys_of["ben"].read_text()


def test_an_answer_lifts_one_lock_and_no_other(amparo: Amparo, keys_of: dict[str, Path], line: Line) -> None:
    """Each lock has answers of its own."""
    amparo(*LOCK)
    first = line.hotline.lockdown.standing()
    assert first is not None
    answer = unseal(first.challenges["ben"].box, keys_of["ben"].read_text()).decode()
    amparo(*LIFT, "ben", "--answer", answer)
    amparo(*LOCK)

    assert 1 == amparo(*LIFT, "ben", "--answer", answer).exit_code


def test_who_is_listed_after_the_lock_cannot_lift_it(
    amparo: Amparo, keys_of: dict[str, Path], tmp_path: Path
) -> None:
    """Or whoever locked would list herself under another name."""
    amparo(*LOCK)
    own = tmp_path / "own.age"
    own.write_text(make_identity())
    amparo("person", "add", "dora", "--recipient", recipient_of(own.read_text()), "--by", "ana")
    amparo("person", "remove", "ben", "--by", "ana")

    assert 1 == amparo(*LIFT, "dora", "--identity", str(own)).exit_code
    assert 0 == amparo(*LIFT, "ben", "--identity", str(keys_of["ben"])).exit_code


def test_each_person_has_a_key_of_her_own(amparo: Amparo, keys_of: dict[str, Path], line: Line) -> None:
    """One key under two names would be one person; what is no key is refused."""
    twice = amparo(
        "person", "add", "dora", "--recipient", recipient_of(keys_of["ana"].read_text()), "--by", "eva"
    )
    none = amparo("person", "add", "dora", "--recipient", "age1nonsense", "--by", "eva")
    unknown = amparo("person", "remove", "dora", "--by", "eva")

    assert [1, 1, 1] == [each.exit_code for each in (twice, none, unknown)]
    assert {"ana", "ben"} == set(line.hotline.lockdown.persons())


def test_nothing_in_the_list_keeps_anybody_from_locking(amparo: Amparo, line: Line) -> None:
    """A key that somebody spoiled is left out."""
    line.hotline.lockdown.list_person("ben", "no key at all", "eva", line.clock())

    assert (0, True) == (amparo(*LOCK).exit_code, line.hotline.lockdown.stands())


def test_what_is_not_locked_is_not_lifted(amparo: Amparo) -> None:
    """And that is said."""
    said = amparo(*LIFT, "ben")

    assert (1, True) == (said.exit_code, "The line is not locked." in said.output)


def test_status_and_history_tell_the_whole_story(amparo: Amparo, keys_of: dict[str, Path]) -> None:
    """Who, when, why; whom one must find to lift it."""
    before = amparo("status").output
    amparo(*LOCK)
    during = amparo("status").output
    amparo(*LIFT, "ben", "--identity", str(keys_of["ben"]))
    story = [line.split()[3:] for line in amparo("history").output.splitlines()]

    assert "not locked" in before
    assert "ana, ben" in before
    assert "by ana: a subpoena" in during
    assert "with a key: ben." in during
    assert ["listed", "listed", "locked", "lifted"] == [words[0] for words in story]
    assert ["lifted", "by", "ben", "our", "lawyer", "agrees"] == story[-1]


def test_a_volatile_memory_that_is_gone_does_not_keep_the_line_open(
    amparo: Amparo, servers: Servers, line: Line
) -> None:
    """It is locked; that nothing could be emptied, and what to do, is said."""
    servers.volatile.kill()
    said = amparo(*LOCK)

    assert (1, True) == (said.exit_code, line.hotline.lockdown.stands())
    assert "could not be emptied" in said.output


def test_a_durable_memory_that_is_gone_is_said(amparo: Amparo, servers: Servers, line: Line) -> None:
    """Nothing is emptied then: a line that is not locked must not look as if it were."""
    line.texter().texts("hola")
    servers.durable.kill()

    assert (1, True) == (amparo(*LOCK).exit_code, bool(line.hotline.volatile.keys("session:*")))


def test_a_restart_of_the_volatile_memory_is_told_with_what_it_lost(amparo: Amparo, servers: Servers) -> None:
    """STOPs are kept in RAM only, on purpose: whoever lifts the lock must know."""
    amparo(*LOCK)
    without = amparo(*LIFT, "ben").output
    amparo(*LOCK)
    servers.volatile.kill()
    time.sleep(2.1)  # a server tells its uptime in whole seconds
    servers.volatile.start()

    assert "STOPs from before are lost" in amparo(*LIFT, "ben").output
    assert "STOPs from before" not in without
