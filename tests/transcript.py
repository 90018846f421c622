"""Golden conversations: text files that an operator can read, and that are played again against the real line.

A line that begins with `>` is what the texter sends, `|` what the line answers, `~` a text the line sends by itself,
`@` a mail to an office, `*` something that happens, `#` a remark. `{code}` and `{word}` stand for the random ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.store import keys
from messages.segments import segments
from tests.texter import Line, Texter


@dataclass
class Player:
    """Plays one transcript and writes down what happens."""

    line: Line
    texter: Texter = field(init=False)
    bells: int = 0
    mails: int = 0
    secrets: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.texter = self.line.texter()

    def play(self, script: str) -> str:
        """The transcript of what happens when the `>` and `*` lines of this script are played."""
        return "\n".join(self._lines(script)) + "\n"

    def _lines(self, script: str) -> Iterator[str]:
        for written in script.splitlines():
            if written.startswith("#"):
                yield written
            elif written.startswith(">"):
                yield from ("", written, *self._text(written[1:].strip()))
            elif written.startswith("*"):
                yield from ("", written, *self._happening(written[1:].strip()))

    def _text(self, body: str) -> Iterator[str]:
        answer = self.texter.texts(self._with_secrets(body))
        if not answer:
            yield "  (silence)"
            return
        yield from (f"| {line}".rstrip() for line in self._without_secrets(answer).splitlines())
        counted = segments(answer)
        yield f"  ({counted.count} segment{'s' if counted.count != 1 else ''}, {counted.encoding})"

    def _happening(self, what: str) -> Iterator[str]:
        HAPPENINGS[what](self.line)
        for _, text in self.line.carrier.sent[self.bells :]:
            yield f"~ {self._without_secrets(text)}"
        for mail in self.line.mail.sent[self.mails :]:
            yield f"@ {mail.to}: {self._without_secrets(mail.subject)}"
        self.bells, self.mails = len(self.line.carrier.sent), len(self.line.mail.sent)

    def _learn(self) -> None:
        """Notes the random words of the newest request, to write and to say them as {code} and {word}."""
        for referral in self.line.hotline.referrals.open():
            self.secrets = {"{code}": referral.reference, "{word}": referral.word}

    def _with_secrets(self, body: str) -> str:
        for name, value in self.secrets.items():
            body = body.replace(name, value)
        return body

    def _without_secrets(self, text: str) -> str:
        self._learn()
        if not self.secrets:
            return text
        # A code stands nowhere else. A word may: "ramo" is in "Cerramos", and a request is "en camino".
        said = rf"\b(dice|says?) {re.escape(self.secrets['{word}'])}\b"
        return re.sub(said, r"\1 {word}", text.replace(self.secrets["{code}"], "{code}"))


def _four_hours_and_more(line: Line) -> None:
    """Turns the clock, and does what the memory's own clock does to sessions meanwhile."""
    line.clock.forward(hours=5)
    for name in line.hotline.volatile.scan_iter("session:*"):
        line.hotline.volatile.delete(name)


def _without_offices(line: Line) -> None:
    """As on the first day, before a partner was made."""
    for name in (keys.OFFICES(), *(keys.OFFICE(office.id) for office in line.hotline.offices.all())):
        line.hotline.durable.delete(name)


HAPPENINGS: dict[str, Callable[[Line], object]] = {
    "the worker works": lambda line: line.works(),
    "five hours pass": _four_hours_and_more,
    "midnight passes": lambda line: line.clock.forward(hours=8),
    "the worker writes the open requests under the new day's pepper": lambda line: line.rekeys(),
    "no office takes requests": _without_offices,
    "it is Saturday night": lambda line: line.clock.forward(days=4, hours=12),
}

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
