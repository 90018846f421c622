"""What the line says without waiting for a memory: to a caller, and to a texter while a memory is down."""

from __future__ import annotations

from app.config import Config
from app.live import Live
from app.revision import LANGUAGES
from app.sources import catalogs_in_files
from app.values import Phrasebook, spelled

# Twilio's voices by language. Source: twilio.com/docs/voice/twiml/say#attributes-language
VOICES = {"es": "es-MX", "en": "en-US"}
SPOKEN = ("voice.what", "voice.danger", "voice.person", "voice.bye")


def down_text(config: Config, at_hand: Live | None) -> str:
    """What is said when a memory is down, in all languages."""
    return _fixed(config, at_hand, "shared.down", LANGUAGES[0])


def spoken(config: Config, at_hand: Live | None) -> tuple[tuple[str, str], ...]:
    """What a call to the line hears: (voice, sentences), Spanish first."""
    return tuple(
        (VOICES[language], " ".join(_fixed(config, at_hand, message, language) for message in SPOKEN))
        for language in LANGUAGES
    )


def _fixed(config: Config, at_hand: Live | None, message: str, language: str) -> str:
    """A text of the revision this process holds or, if it holds none yet, of the files."""
    catalogs = at_hand.content.catalogs if at_hand else catalogs_in_files()
    return Phrasebook(catalogs[language]).say(
        message, line=config.line_name, voice=spelled(config.voice_number)
    )
