"""From files to the live revision and back, in a real durable memory."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from redis import Redis

from app.checking.findings import Finding
from app.commands import prepare as preparing
from app.commands.prepare import prepare
from app.config import Config, Twilio
from app.live import LiveRevision
from app.publishing import Draft, PublishError, draft_of, publish, roll_back
from app.sources import FLOWS, MESSAGES, SourceError, Sources, read_sources
from app.store import keys
from app.store.offices import Offices
from app.store.revisions import Revisions
from app.store.suspensions import Suspensions
from messages.catalog import Catalog, Text
from tests.servers import Servers

NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
BLOCKING = Finding("loop", True, "flows/definitions/start.yaml:4:3", "start.a goes round.", "Ask something.")
WARNING = replace(BLOCKING, code="unreachable", blocks=False)

Change = Callable[[str, str, str], Sources]


@pytest.fixture
def revisions(durable: Redis) -> Revisions:
    """The store of revisions, empty."""
    return Revisions(durable)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A copy of our own files, to be changed: flows and messages."""
    shutil.copytree(FLOWS, tmp_path / "flows")
    shutil.copytree(MESSAGES, tmp_path / "messages", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path / "flows", tmp_path / "messages"


@pytest.fixture
def change(folders: tuple[Path, Path]) -> Change:
    """Changes one file of the copy and reads it."""

    def change_file(name: str, old: str, new: str) -> Sources:
        path = folders[0].parent / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        return read_sources(*folders)

    return change_file


@pytest.fixture(scope="module")
def ours() -> Sources:
    """The draft as our own files say it."""
    return read_sources()


@pytest.fixture(scope="module")
def drafts(ours: Sources) -> tuple[Draft, Draft, Draft]:
    """Three drafts, one after the other: each says something else to who is not understood."""
    return (
        Draft(_saying(ours, "Just a number, please:"), ()),
        Draft(_saying(ours, "Only a number, please:"), ()),
        Draft(_saying(ours, "A number, please:"), ()),
    )


def _saying(sources: Sources, words: str) -> Sources:
    english = sources.content.catalogs["en"]
    texts = {**english.texts, "shared.not_understood": Text("shared.not_understood", words)}
    catalogs = {**sources.content.catalogs, "en": Catalog("en", texts)}
    return replace(sources, content=replace(sources.content, catalogs=catalogs))


def says(revisions: Revisions, durable: Redis) -> str:
    """What the live revision says to who is not understood."""
    return (
        LiveRevision(revisions, Suspensions(durable))
        .current()
        .content.catalogs["en"]
        .texts["shared.not_understood"]
        .text
    )


# --- publishing ----------------------------------------------------------------------------------


def test_a_published_draft_is_live(revisions: Revisions, durable: Redis, drafts: tuple[Draft, ...]) -> None:
    """With its time and its reason."""
    published = publish(drafts[0], revisions, " shorter ", NOON)

    assert (published,) == revisions.history()
    assert (drafts[0].revision.hash, NOON, "shorter") == (published.hash, published.at, published.reason)
    assert "Just a number, please:" == says(revisions, durable)


def test_the_same_files_again_are_nothing_to_publish(revisions: Revisions, drafts: tuple[Draft, ...]) -> None:
    """The history is not filled with nothing."""
    publish(drafts[0], revisions, "first", NOON)

    with pytest.raises(PublishError, match=f"Nothing has changed: {drafts[0].revision.hash} is live already"):
        publish(drafts[0], revisions, "again", NOON)

    assert 1 == len(revisions.history())


def test_a_draft_with_a_blocking_finding_is_refused_and_the_live_one_stays(
    revisions: Revisions, durable: Redis, drafts: tuple[Draft, ...]
) -> None:
    """The finding is said as check says it."""
    publish(drafts[0], revisions, "first", NOON)

    with pytest.raises(PublishError) as error:
        publish(replace(drafts[1], findings=(BLOCKING, WARNING)), revisions, "second", NOON)

    assert str(BLOCKING) == str(error.value)
    assert "Just a number, please:" == says(revisions, durable)


def test_a_real_fault_in_a_file_blocks(revisions: Revisions, change: Change) -> None:
    """A choice that leads nowhere."""
    draft = draft_of(change("flows/counsel.yaml", "      missed: missed\n", "      missed: mised\n"))

    with pytest.raises(PublishError, match=r"counsel\.yaml:\d+:\d+: .*mised"):
        publish(draft, revisions, "a new way", NOON)

    assert None is revisions.live_hash()


def test_a_warning_does_not_block(revisions: Revisions, drafts: tuple[Draft, ...]) -> None:
    """Warnings are counted, and published."""
    assert (
        drafts[0].revision.hash
        == publish(replace(drafts[0], findings=(WARNING,)), revisions, "first", NOON).hash
    )


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_a_reason_is_needed(revisions: Revisions, drafts: tuple[Draft, ...], reason: str) -> None:
    """Who reads the history will ask why."""
    with pytest.raises(PublishError, match="A reason is needed"):
        publish(drafts[0], revisions, reason, NOON)
    with pytest.raises(PublishError, match="A reason is needed"):
        roll_back(revisions, None, reason, NOON)


def test_a_file_that_cannot_be_read_leaves_the_last_good_revision_live(
    revisions: Revisions, durable: Redis, drafts: tuple[Draft, ...], change: Change
) -> None:
    """It does not come as far as a draft."""
    publish(drafts[0], revisions, "first", NOON)

    with pytest.raises(SourceError, match=r"flows/start\.yaml:\d+:1: .*Use spaces instead of the tab"):
        change("flows/start.yaml", "\n  welcome:\n", "\n\twelcome:\n")

    assert "Just a number, please:" == says(revisions, durable)


# --- rolling back --------------------------------------------------------------------------------


@pytest.fixture
def history(revisions: Revisions, drafts: tuple[Draft, ...]) -> list[str]:
    """Three revisions, published an hour apart."""
    return [
        publish(draft, revisions, f"the {number}.", NOON + timedelta(hours=number)).hash
        for number, draft in enumerate(drafts, 1)
    ]


def test_without_a_name_the_one_before_is_live_again(
    revisions: Revisions, durable: Redis, history: list[str]
) -> None:
    """And the history says so; nothing is taken out of it."""
    back = roll_back(revisions, None, "a wrong number in it", NOON + timedelta(hours=4))

    assert [*history, history[1]] == [entry.hash for entry in revisions.history()]
    assert ("a wrong number in it", history[1]) == (back.reason, revisions.live_hash())
    assert "Only a number, please:" == says(revisions, durable)


@pytest.mark.parametrize("letters", [6, 16])
def test_a_named_one_is_live_again(revisions: Revisions, history: list[str], letters: int) -> None:
    """By its name, or the beginning of it."""
    roll_back(revisions, history[0][:letters], "the first was right", NOON)

    assert history[0] == revisions.live_hash()


def test_a_second_rollback_leads_forward_again(revisions: Revisions, history: list[str]) -> None:
    """To the one that was live before this one."""
    roll_back(revisions, None, "wrong", NOON)
    roll_back(revisions, None, "it was right after all", NOON)

    assert history[2] == revisions.live_hash()


@pytest.mark.parametrize("name", ["0000000000000000", "*", "revision"])
def test_one_that_never_was_is_refused(revisions: Revisions, history: list[str], name: str) -> None:
    """And the way to find it is told."""
    with pytest.raises(PublishError, match="amparo revisions"):
        roll_back(revisions, name, "back", NOON)

    assert history[2] == revisions.live_hash()


def test_the_live_one_is_no_earlier_one(revisions: Revisions, history: list[str]) -> None:
    """Going back to where one is changes nothing."""
    with pytest.raises(PublishError, match=f"{history[2]} is live already"):
        roll_back(revisions, history[2], "back", NOON)


def test_before_the_first_there_is_nothing_to_go_back_to(
    revisions: Revisions, drafts: tuple[Draft, ...]
) -> None:
    """With one revision, or none."""
    with pytest.raises(PublishError, match="There is no earlier revision to go back to"):
        roll_back(revisions, None, "back", NOON)
    publish(drafts[0], revisions, "first", NOON)
    with pytest.raises(PublishError, match="There is no earlier revision to go back to"):
        roll_back(revisions, None, "back", NOON)


# --- the start -----------------------------------------------------------------------------------


@pytest.fixture
def config(servers: Servers, tmp_path: Path) -> Config:
    """The settings of a demonstration."""
    return Config.from_env({**servers.env, "AMPARO_DATA": str(tmp_path / "var")})


@pytest.fixture
def copied(folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The start reads the copy of our files, which a test may spoil."""
    monkeypatch.setattr(preparing, "read_sources", partial(read_sources, *folders))


@pytest.fixture
def live(revisions: Revisions, ours: Sources) -> str:
    """The files as they stand are live."""
    return publish(Draft(ours, ()), revisions, "the first start", NOON).hash


def spoil(folders: tuple[Path, Path]) -> None:
    """Puts an error in a file."""
    (folders[0] / "start.yaml").write_text("flow: start\n\tstart: welcome\n")


def test_the_first_start_publishes_the_files_and_loads_the_sample(
    revisions: Revisions, durable: Redis, config: Config
) -> None:
    """A fresh clone speaks, and has offices to ask."""
    prepare(config)

    assert ["first start"] == [entry.reason for entry in revisions.history()]
    assert 3 == len(Offices(durable).all())


@pytest.mark.parametrize(("api", "offices"), [("http://127.0.0.1:9000", 3), ("https://api.twilio.com", 0)])
def test_made_up_offices_are_loaded_only_where_nobody_real_can_be_sent_to_them(
    durable: Redis, config: Config, api: str, offices: int
) -> None:
    """With Twilio behind the line a made-up office would be a trap; with a double on this machine it is a test."""
    twilio = Twilio("AC" + "0" * 32, "token", None, None, api, "+12025550100", None)

    prepare(replace(config, twilio=twilio))

    assert offices == len(Offices(durable).all())


def test_offices_that_are_there_are_left_alone(durable: Redis, config: Config) -> None:
    """An operator's directory is not filled up with made-up ones."""
    prepare(config)
    durable.delete(keys.OFFICE("mesa"))
    prepare(config)

    assert 2 == len(Offices(durable).all())


def test_a_second_start_changes_nothing(
    revisions: Revisions, live: str, config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    """And says nothing."""
    prepare(config)

    assert [live] == [entry.hash for entry in revisions.history()]
    assert "" == capsys.readouterr().err


@pytest.mark.usefixtures("copied")
def test_with_nothing_live_an_error_in_a_file_ends_the_start(
    revisions: Revisions, config: Config, folders: tuple[Path, Path]
) -> None:
    """With file, line and mend: there is nothing to say."""
    spoil(folders)

    with pytest.raises(SourceError, match=r"start\.yaml:2:1: .*\[yaml\]"):
        prepare(config)

    assert None is revisions.live_hash()


@pytest.mark.usefixtures("copied")
def test_with_nothing_live_a_blocking_finding_ends_the_start(
    revisions: Revisions, config: Config, change: Change
) -> None:
    """As publishing would."""
    change("flows/counsel.yaml", "      missed: missed\n", "      missed: mised\n")

    with pytest.raises(PublishError, match="mised"):
        prepare(config)

    assert None is revisions.live_hash()


@pytest.mark.usefixtures("copied")
def test_with_a_revision_live_an_error_in_a_file_is_told_and_changes_nothing(
    revisions: Revisions,
    live: str,
    config: Config,
    folders: tuple[Path, Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The line starts on the last good one."""
    spoil(folders)

    prepare(config)

    said = capsys.readouterr().err
    assert "start.yaml:2:1: " in said
    assert f"The files cannot be read; {live} stays live." in said
    assert live == revisions.live_hash()


@pytest.mark.usefixtures("copied")
def test_files_that_differ_from_the_live_revision_are_told_of(
    revisions: Revisions, live: str, config: Config, change: Change, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody may be waiting to see her change; it is never published by a restart."""
    change("messages/catalogs/en/shared.yaml", "Text a number, or", "A number, or")

    prepare(config)

    said = capsys.readouterr().err
    assert f"The files differ from the live revision {live}; to use them: amparo publish" in said
    assert live == revisions.live_hash()
