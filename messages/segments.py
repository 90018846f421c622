"""How a text is cut into SMS segments, and how it is made plain before it is sent."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import regex

# GSM 03.38, the default alphabet: one septet each. ESC (0x1B) is left out: it only opens the extension table.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# GSM 03.38, the extension table: an escape and the character, two septets that no segment boundary may part.
EXTENSION = frozenset("\f^{}\\[~]|€")

Encoding = Literal["GSM-7", "UCS-2"]


@dataclass(frozen=True)
class Room:
    """What fits: `alone` in a text of one segment, `joined` in each of several (six octets are their header)."""

    alone: int
    joined: int


ROOM: dict[Encoding, Room] = {"GSM-7": Room(160, 153), "UCS-2": Room(70, 67)}


@dataclass(frozen=True)
class Segments:
    """What a text costs: `units` are septets in GSM-7 and UTF-16 code units in UCS-2."""

    count: int
    encoding: Encoding
    units: int
    forced_by: tuple[str, ...]
    """Every character outside GSM-7, once each, in order of appearance: they make the whole text UCS-2."""


def segments(text: str) -> Segments:
    """Counts `text` as Twilio bills it; an empty text is no segment at all."""
    forced_by = _outside_gsm(text)
    encoding: Encoding = "UCS-2" if forced_by else "GSM-7"
    sizes = [_utf16(part) for part in _graphemes(text)] if forced_by else [_septets(c) for c in text]
    return Segments(_count(sizes, ROOM[encoding]), encoding, sum(map(sum, sizes)), forced_by)


def _outside_gsm(text: str) -> tuple[str, ...]:
    known = BASIC | EXTENSION
    if known.issuperset(text):
        return ()
    return tuple(dict.fromkeys(part for part in _graphemes(text) if not known.issuperset(part)))


def _graphemes(text: str) -> Iterator[str]:
    for match in regex.finditer(r"\r|\n|\X", text):  # Twilio bills CR LF as two, where Unicode sees one
        yield match.group()


def _septets(character: str) -> tuple[int, ...]:
    return (2,) if character in EXTENSION else (1,)


def _utf16(grapheme: str) -> tuple[int, ...]:
    return tuple(2 if ord(character) > 0xFFFF else 1 for character in grapheme)


def _count(sizes: list[tuple[int, ...]], room: Room) -> int:
    """Packs what must stay together into as few segments as keep the order."""
    total = sum(map(sum, sizes))
    if total <= room.alone:
        return 1 if total else 0
    count, used = 1, 0
    for size in _that_fit(sizes, room.joined):
        if used + size > room.joined:
            count, used = count + 1, 0
        used += size
    return count


def _that_fit(sizes: Iterable[tuple[int, ...]], room: int) -> Iterator[int]:
    """A grapheme is one piece, unless no segment could hold it: then each of its characters is."""
    for parts in sizes:
        if sum(parts) <= room:
            yield sum(parts)
        else:
            yield from parts


# Typographic characters that word processors and phones put in unasked, and the plain twin of each.
# One of them turns a whole text into UCS-2: 70 characters a segment, where there were 160.
TWINS: dict[str, str] = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "‵": "'", "‹": "'", "›": "'",
    "ʹ": "'", "ʻ": "'", "ʼ": "'", "ʽ": "'", "´": "'", "`": "'",
    "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"', "‶": '"', "«": '"', "»": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "⁃": "-", "•": "-",
    "…": "...", "⁄": "/",
    "\u00a0": " ", "\u1680": " ", "\u2000": " ", "\u2001": " ", "\u2002": " ", "\u2003": " ", "\u2004": " ",
    "\u2005": " ", "\u2006": " ", "\u2007": " ", "\u2008": " ", "\u2009": " ", "\u200a": " ", "\u202f": " ",
    "\u205f": " ", "\u3000": " ", "\t": " ",
    "\u2028": "\n", "\u2029": "\n", "\x85": "\n", "\r": "\n",
}  # fmt: skip
_TWINS = str.maketrans(TWINS)

# Not seen, and no part of a word or an emoji: soft hyphen, zero-width space, word joiner, byte order mark.
_UNSEEN = frozenset("\u00ad\u200b\u2060\ufeff")


def sms_safe(text: str) -> str:
    """Makes `text` fit to be sent: plain twins of typographic characters, NFC, only what XML 1.0 allows.

    Line breaks become newlines; accents and scripts are never touched.
    """
    kept = "".join(character for character in text.replace("\r\n", "\n") if _may_be_sent(character))
    return unicodedata.normalize("NFC", kept).translate(_TWINS)


def _may_be_sent(character: str) -> bool:
    """XML 1.0, production 2 (Char), without its discouraged control characters."""
    code = ord(character)
    if code < 0xA0:
        return character in "\t\n\r\x85" or 0x20 <= code < 0x7F
    if 0xD800 <= code <= 0xDFFF or code in {0xFFFE, 0xFFFF}:
        return False
    return character not in _UNSEEN
