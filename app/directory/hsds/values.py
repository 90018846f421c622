"""Numbers, languages and addresses of the web, out of the free text that directories hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from flows.heard import fold

# A language a line: the code that the flows use, then the names that directories use, folded.
_NAMES = """
en eng english ingles
es spa spanish espanol castellano
ht hat haitian haitian_creole kreyol kreyol_ayisyen creole
zh zho chi chinese mandarin cantonese
vi vie vietnamese tieng_viet
tl tgl fil tagalog filipino
ko kor korean
ru rus russian
ar ara arabic
pt por portuguese portugues
fr fra fre french francais
pl pol polish
ur urd urdu
hi hin hindi
pa pan punjabi panjabi
bn ben bengali bangla
gu guj gujarati
ne nep nepali
fa fas per farsi persian dari
ps pus pashto
so som somali
am amh amharic
ti tir tigrinya
sw swa swahili
my mya bur burmese
km khm khmer cambodian
lo lao laotian
hmn hmong
ja jpn japanese
de deu ger german
it ita italian
uk ukr ukrainian
tr tur turkish
ro ron romanian
hy hye armenian
yo yor yoruba
wo wol wolof
rw kin kinyarwanda
mam
kiche quc quiche
kek qeqchi kekchi
kjb qanjobal kanjobal
ixl ixil
mix mixtec mixteco
zap zapotec zapoteco
nah nahuatl
ase asl american_sign_language sign_language
"""
_KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_EXTENSION = re.compile(r"(?:\s*[,;]?\s*(?:ext(?:ension|\.)?|x|#)\s*\.?\s*([0-9]{1,6}))\s*$", re.IGNORECASE)


def _codes() -> dict[str, str]:
    lines = (line.split() for line in _NAMES.splitlines() if line)
    return {name.replace("_", " "): code for code, *names in lines for name in (code, *names)}


_LANGUAGES = _codes()


def phone_number(text: str) -> tuple[str, str] | None:
    """The number to dial, +12025550110 or a short code, and the extension that stood with it; None if it is none.

    Ten digits are a number of the United States, and letters are the keys they stand on (E.161).
    """
    plain = text.strip().strip("\"'").strip()
    extension = _EXTENSION.search(plain)
    if extension:
        plain = plain[: extension.start()]
    digits = re.sub(r"[\s().\-/\u2010-\u2015]", "", plain.upper().translate(_KEYS))
    if re.fullmatch(r"\+1[2-9][0-9]{2}[2-9][0-9]{6}|1?[2-9][0-9]{2}[2-9][0-9]{6}", digits):
        number = "+1" + digits[-10:]
    elif re.fullmatch(r"\+[2-9][0-9]{6,14}|[2-9]11|988|[0-9]{5,6}", digits):
        number = digits
    else:
        return None
    return number, extension[1] if extension else ""


def languages(text: str) -> Iterator[tuple[str, str | None]]:
    """Each language of a cell such as "Spanish / Español, Mam": how it is written, and its code if it is known."""
    for part in re.split(r"[/,;&|()\[\]]|\band\b|\by\b", text):
        if part.strip():
            yield part.strip(), _named(part)


@lru_cache(maxsize=4096)
def _named(name: str) -> str | None:
    return _LANGUAGES.get(fold(name))


def language_code(code: str, name: str) -> list[tuple[str, str | None]]:
    """The languages of one row: by its code, which is sure, or else by its name."""
    plain = code.strip().casefold()
    if plain in _LANGUAGES:
        return [(code, _LANGUAGES[plain])]
    if re.fullmatch(r"[a-z]{2,3}", plain):
        return [(code, plain)]
    return list(languages(name or code))


def web_address(text: str) -> str:
    """The address with its scheme, as a browser would take it; it may still be none."""
    plain = text.strip().strip("<>\"'")
    return plain if "://" in plain or not plain else f"https://{plain}"
