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
    drawn: dict[str, tuple[str, str]] = field(
        default_factory=dict
    )  # code and word of each request, by its id

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
        """Notes the random words of every request, also of one that found no office, to write {code} and {word} for them."""
        referrals = self.line.hotline.referrals
        for name in self.line.hotline.durable.scan_iter(keys.REFERRAL.pattern.format("*")):
            found = referrals.get(name.decode().partition(":")[2])
            if found is not None:
                self.drawn.setdefault(found.id, (found.reference, found.word))

    def _with_secrets(self, body: str) -> str:
        """{code} is the newest one."""
        self._learn()
        newest = [code for code, _ in self.drawn.values()][-1:]
        return body.replace("{code}", newest[0]) if newest else body

    def _without_secrets(self, text: str) -> str:
        self._learn()
        for code, word in self.drawn.values():
            # A code stands nowhere else. A word may: "ramo" is in "Cerramos", and a request is "en camino".
            text = re.sub(rf"\b(dice|says?) {re.escape(word)}\b", r"\1 {word}", text.replace(code, "{code}"))
        return text


def _four_hours_and_more(line: Line) -> None:
    """Turns the clock, and does what the memory's own clock does to sessions meanwhile."""
    line.clock.forward(hours=5)
    for name in line.hotline.volatile.scan_iter("session:*"):
        line.hotline.volatile.delete(name)


def _without_offices(line: Line) -> None:
    """As on the first day, before a partner was made."""
    for name in (keys.OFFICES(), *(keys.OFFICE(office.id) for office in line.hotline.offices.all())):
        line.hotline.durable.delete(name)


def _by_the_office(line: Line, act: str, *more: str) -> None:
    """The office that has the newest request does something with it, and the worker works."""
    *_, referral = line.hotline.referrals.open()
    getattr(line.hotline.desk, act)(referral.id, referral.office, *more, line.clock())
    line.works()


def _by_and_by(line: Line, **by: float) -> None:
    """Time passes, sessions are forgotten, and the worker does what is due."""
    line.clock.forward(**by)
    for name in line.hotline.volatile.scan_iter("session:*"):
        line.hotline.volatile.delete(name)
    line.works()


def _days(line: Line, days: int) -> None:
    """Each morning the worker writes the requests it holds under the new day's pepper."""
    for _ in range(days):
        line.clock.forward(days=1)
        line.rekeys()
        _by_and_by(line)


def _tries_three_times(line: Line) -> None:
    for _ in range(3):
        _by_the_office(line, "tried")


HAPPENINGS: dict[str, Callable[[Line], object]] = {
    "the worker works": lambda line: line.works(),
    "the office takes it": lambda line: _by_the_office(line, "accept"),
    "the office is full": lambda line: _by_the_office(line, "decline", "full"),
    "the office calls three times and reaches nobody": _tries_three_times,
    "the office speaks with the person": lambda line: _by_the_office(line, "contacted"),
    "the office closes it": lambda line: _by_the_office(line, "close", "gave_advice"),
    "the office does not take it in time": lambda line: _by_and_by(line, minutes=31),
    "the office does not call in time": lambda line: _by_and_by(line, hours=4, minutes=1),
    "a day passes": lambda line: _days(line, 1),
    "three days pass": lambda line: _days(line, 3),
    "five days pass": lambda line: _days(line, 5),
    "five hours pass": _four_hours_and_more,
    "midnight passes": lambda line: line.clock.forward(hours=8),
    "the worker writes the open requests under the new day's pepper": lambda line: line.rekeys(),
    "no office takes requests": _without_offices,
    "it is Saturday night": lambda line: line.clock.forward(days=4, hours=12),
}

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
