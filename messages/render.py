"""Turns what the engine says (message ids) into the words that are sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from messages.catalog import Catalog, fill, placeholders
from messages.segments import sms_safe


class RenderError(Exception):
    """Says which message cannot be sent, and why; never shows a value, which may be a person's."""


@dataclass(frozen=True)
class Line:
    """One message to send, and the message ids of the choices under it, in order."""

    message: str
    choices: tuple[str, ...] = ()


def render(lines: Sequence[Line], catalog: Catalog, values: Mapping[str, str]) -> str:
    """The words of `lines`, a new line between texts, choices numbered from 1, fit to be sent.

    Raises:
        RenderError: a message is not in the catalog, or a placeholder has no value that is a text.
    """
    return sms_safe("\n".join(part for line in lines for part in _parts(line, catalog, values)))


def _parts(line: Line, catalog: Catalog, values: Mapping[str, str]) -> Iterator[str]:
    yield _filled(line.message, catalog, values)
    for number, choice in enumerate(line.choices, start=1):
        yield f"{number} {_filled(choice, catalog, values)}"


def _filled(message: str, catalog: Catalog, values: Mapping[str, str]) -> str:
    found = catalog.get(message)
    if found is None:
        raise RenderError(f"the message {message!r} is not in the catalog of {catalog.language!r}")
    for name in sorted(placeholders(found.text)):
        if not isinstance(values.get(name, None), str):
            kind = (
                "no value"
                if name not in values
                else f"a value that is no text ({type(values[name]).__name__})"
            )
            raise RenderError(f"the message {message!r} has {kind} for {{{name}}}")
    return fill(found.text, values)
