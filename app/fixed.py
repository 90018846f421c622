"""What the line says without waiting for a memory: to a caller, and to a texter while a memory is down or the line locked."""

from __future__ import annotations

from app.config import Config
from app.live import Live
from app.revision import LANGUAGES
from app.sources import catalogs_in_files
from app.values import Phrasebook, spelled
from messages.catalog import fill

# Twilio's voices by language. Source: twilio.com/docs/voice/twiml/say#attributes-language
VOICES = {"es": "es-MX", "en": "en-US"}
SPOKEN = ("voice.what", "voice.danger", "voice.person", "voice.bye")


# What a locked line says where no revision is at hand, or the one at hand is older than this text. The same words as
# shared.locked in the catalogs: a test holds them together.
LOCKED = (
    "{line}: cerrado por ahora para protegerle. No leemos textos. Borre este chat. Llame al {voice}. Peligro: 911.\n"
    "Closed for now to protect you. We do not read texts. Delete this thread. Call {voice}. Danger: 911."
)


def down_text(config: Config, at_hand: Live | None) -> str:
    """What is said when a memory is down, in all languages."""
    return _fixed(config, at_hand, "shared.down", LANGUAGES[0])


def locked_text(config: Config, at_hand: Live | None) -> str:
    """What is said while the line is locked, in all languages; it needs neither a memory nor a file."""
    said = _fixed(config, at_hand, "shared.locked", LANGUAGES[0]) if at_hand else ""
    return said or fill(LOCKED, _values(config))


def spoken(config: Config, at_hand: Live | None) -> tuple[tuple[str, str], ...]:
    """What a call to the line hears: (voice, sentences), Spanish first."""
    return tuple(
        (VOICES[language], " ".join(_fixed(config, at_hand, message, language) for message in SPOKEN))
        for language in LANGUAGES
    )


def _fixed(config: Config, at_hand: Live | None, message: str, language: str) -> str:
    """A text of the revision this process holds or, if it holds none yet, of the files."""
    catalogs = at_hand.content.catalogs if at_hand else catalogs_in_files()
    return Phrasebook(catalogs[language]).say(message, **_values(config))


def _values(config: Config) -> dict[str, str]:
    return {"line": config.line_name, "voice": spelled(config.voice_number)}
