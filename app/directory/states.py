"""The states and territories by their names, as directories write them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType

from app.sources import MESSAGES
from flows.heard import fold
from messages.places import read_places


@cache
def state_names() -> Mapping[str, str]:
    """The English name of each state and territory, by its code."""
    places = read_places(MESSAGES / "places.yaml")
    return MappingProxyType({code: place.names["en"] for code, place in places.items()})


@cache
def _codes() -> Mapping[str, str]:
    names = {fold(name): code for code, name in state_names().items()}
    return {**names, **{code.casefold(): code for code in state_names()}, "washington dc": "DC", "d.c.": "DC"}


@lru_cache(maxsize=4096)
def state_code(text: str) -> str | None:
    """The code of the state that this text names and nothing else; None if it names none."""
    return _codes().get(fold(text.strip()))
