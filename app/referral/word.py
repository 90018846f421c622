"""References to note down, and the word the caller will say."""

from __future__ import annotations

import secrets

from flows.heard import REFERENCE_LENGTH, REFERENCE_LETTERS

LETTERS = "".join(filter(str.isalpha, REFERENCE_LETTERS)).upper()
DIGITS = "".join(filter(str.isdecimal, REFERENCE_LETTERS))

# Everyday things that can be said on a phone beside strangers. GSM-7 without a, i, o, u acute; nobody's name,
# and nothing of law, money, body, faith, flags or politics.
_ENGLISH = """
    apple banana basket bicycle blanket blossom bottle bread breeze bridge bucket butter button candle canoe
    carrot cherry cinnamon cloud cookie cup dolphin drum feather fiddle garden guitar hammock kettle kite
    ladder lantern lemon meadow melon mirror mitten mountain muffin orange paper peach pebble pencil
    pepper pillow puzzle saddle sandwich spoon sunflower teapot tomato tulip umbrella violin walnut
    whistle window winter
"""
_SPANISH = """
    abeja agua almendra arena arroz avena bandeja barco bosque botella caballo cacao calabaza camino canasta
    canela cereza ciruela cometa conejo cuchara durazno escoba espejo flauta fresa girasol guitarra hamaca
    helado hoja huerta jirafa ladrillo lluvia mango manta manzana mariposa menta mesa miel monte naranja nube
    pan pera pincel piedra playa primavera queso ramo silla tambor taza tijera tomate tortuga trompeta uva
    vainilla ventana verano zapato
"""
WORDS: dict[str, tuple[str, ...]] = {"en": tuple(_ENGLISH.split()), "es": tuple(_SPANISH.split())}


def new_reference() -> str:
    """A reference of five characters, with a letter and a digit at least; about 13 million of them."""
    while True:
        reference = "".join(secrets.choice(LETTERS + DIGITS) for _ in range(REFERENCE_LENGTH))
        if set(reference) & set(LETTERS) and set(reference) & set(DIGITS):
            return reference


def read_reference(text: str) -> str | None:
    """The reference a person typed, whatever the case, spaces and dashes; None if it is none."""
    typed = "".join(text.split()).replace("-", "").upper()
    if len(typed) != REFERENCE_LENGTH or not set(typed) <= set(LETTERS + DIGITS):
        return None
    return typed if set(typed) & set(LETTERS) and set(typed) & set(DIGITS) else None


def new_word(language: str) -> str:
    """A word for the caller to say, in the language of the texts (English where we have no list)."""
    return secrets.choice(WORDS.get(language, WORDS["en"]))
