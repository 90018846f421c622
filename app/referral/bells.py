"""The words of a bell: a text we send by ourselves, which names no office and no matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from app.referral.messenger import NoBellError
from app.revision import Revision, catalog_of
from messages.render import Line, render

if TYPE_CHECKING:
    from app.bootstrap import Hotline


class Bells:
    """The bells of the live revision, in the person's language or in English.

    Each job is a fork that knows no revision yet: it takes the texts and does not compile what may be typed.
    """

    def __init__(self, hotline: Hotline) -> None:
        self._hotline = hotline
        self._known: tuple[str, Revision] | None = None

    def __call__(self, kind: str, language: str) -> str:
        """The words of a kind of bell: `push.<kind>`, and under it the choices of the menu that hears the answer.

        Raises:
            NoBellError: nothing is live, or it has no such text.
        """
        revision = self._live()
        bell = Line(f"push.{kind}", choices_of(revision, kind))
        return _said(revision, bell, language, {"line": self._hotline.config.line_name})

    def says(self, messages: Iterable[str], language: str, **values: str) -> tuple[str, ...]:
        """The words of these messages. Raises NoBellError as above."""
        revision = self._live()
        return tuple(_said(revision, Line(each), language, values) for each in messages)

    def _live(self) -> Revision:
        """The live revision; read once, for one of that name never changes."""
        revisions = self._hotline.revisions
        live = revisions.live_hash()
        if self._known is None or self._known[0] != live:
            revision = revisions.get(live) if live else None
            if revision is None or live is None:
                raise NoBellError("no revision is live")
            self._known = (live, revision)
        return self._known[1]


def _said(revision: Revision, line: Line, language: str, values: Mapping[str, str]) -> str:
    catalog = catalog_of(revision, language if language in revision.document["texts"] else "en")
    if catalog.get(line.message) is None:
        raise NoBellError(f"the live revision has no text {line.message} in {language}")
    return render([line], catalog, values)


def choices_of(revision: Revision, kind: str) -> tuple[str, ...]:
    """The choices of the menu that hears the answer to a bell; none where it asks nothing."""
    flows = revision.document["flows"]
    target = flows["start"].get("asked", {}).get(kind)
    if target is None:
        return ()
    flow, _, node = target.partition(".")
    return tuple(f"{target}.{choice}" for choice in flows[flow]["nodes"][node]["menu"])
