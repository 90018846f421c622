"""`amparo talk`: a conversation in a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from app.commands import main
from app.sources import Sources, read_sources
from tests.drafts import Draft


@pytest.fixture(autouse=True)
def shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell without settings."""
    for name in ("REDIS_URL", "REDIS_VOLATILE_URL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)


def talk(*texts: str, lang: str = "") -> str:
    """What is seen in the terminal when these texts are typed, and then an empty line."""
    typed = "".join(f"{text}\n" for text in (*texts, ""))
    result = CliRunner().invoke(main, ["talk", *(["--lang", lang] if lang else [])], input=typed)
    assert 0 == result.exit_code, result.output
    return result.output


def where(output: str) -> list[str]:
    """The nodes at which the talk waited, from the lines such as `[2 segments, GSM-7; start.welcome]`."""
    return [
        line.rstrip("]").rsplit("; ", 1)[1] for line in output.splitlines() if line.strip().startswith("[")
    ]


def test_an_empty_line_ends_it() -> None:
    """At once, if it is the first."""
    assert [] == where(talk())


def test_the_end_of_the_input_ends_it_too() -> None:
    """Ctrl-D is no fault that shows a traceback."""
    result = CliRunner().invoke(main, ["talk"], input="hola\n")

    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)


def test_a_conversation_goes_as_it_would_on_a_phone() -> None:
    """From the greeting to a reference, each answer with what it costs; nothing is stored or sent."""
    said = talk("hola", "1", "1", "Texas", "1", "1")

    assert [
        "start.welcome",
        "now.tell",
        "referral.urgent_place",
        "referral.urgent_reach",
        "referral.consent_more",
        "at rest",
    ] == where(said)
    assert "K7M2P" in said


def test_it_starts_in_the_language_that_is_asked_for() -> None:
    """As somebody we know."""
    spanish, english = talk("menu", lang="es"), talk("menu", lang="en")

    assert ["start.topics"] == where(spanish) == where(english)
    assert ("1 Alguien" in spanish, "1 Someone" in english) == (True, True)


def test_after_stop_it_is_a_stranger_again() -> None:
    """Nothing is kept."""
    assert ["start.welcome", "at rest", "start.welcome_both"] == where(talk("hola", "stop", "qwerty"))


@pytest.fixture
def draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Draft:
    """A small draft that nobody has checked, in the place of the files; it is written when talk reads it."""
    made = Draft()

    def read() -> Sources:
        made.write(tmp_path)
        return read_sources(tmp_path / "flows", tmp_path / "messages")

    monkeypatch.setattr("app.commands.talk.read_sources", read)
    return made


def refused(*typed: str) -> str:
    """What is said when the draft cannot go on; a sentence, and no traceback."""
    result = CliRunner().invoke(main, ["talk"], input="".join(f"{text}\n" for text in typed))
    assert (1, True) == (result.exit_code, isinstance(result.exception, SystemExit)), result.output
    return result.output.splitlines()[-1]


def test_a_text_that_is_missing_in_a_language_is_a_sentence(draft: Draft) -> None:
    """Somebody is in the middle of writing it."""
    draft.say("start.welcome", "{line}: a computer answers.", "")

    assert (
        "Error: the message 'start.welcome' is not in the catalog of 'es'. "
        "The draft has a fault: run amparo check." == refused("hola")
    )


def test_a_way_to_a_node_that_is_not_there_is_a_sentence(draft: Draft) -> None:
    """A name was changed in one place only."""
    draft.edit("flows/start.yaml", "      call: call\n", "      call: caller\n")

    assert "Error: no node 'start.caller'. The draft has a fault: run amparo check." == refused(
        "hello", "1", "2"
    )


def test_a_flow_that_never_waits_comes_to_an_end(draft: Draft) -> None:
    """One effect after the other, in a circle."""
    draft.edit("flows/start.yaml", "outcomes: {done: left}", "outcomes: {done: leave}")

    assert "one effect after the other" in refused("hello", "stop")


def test_another_language_is_refused_with_those_there_are() -> None:
    """Before anything is read."""
    result = CliRunner().invoke(main, ["talk", "--lang", "fr"])

    assert (2, True) == (result.exit_code, "'es', 'en'" in result.output)
