"""The shell of one turn: reads, lets the core decide, does what it asks for, saves, and then speaks."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from app import thread
from app.config import Config
from app.directory.listed import pick
from app.effects import Asking, asked_about, perform
from app.live import Live
from app.revision import LANGUAGES
from app.sealing import seal
from app.standing import given_way
from app.store.lockdown import LockedError
from app.store.memory import MemoryDown
from app.store.sessions import Before, Remembered
from app.traffic import Traffic, Verdict, heed, is_answered_over_cap, within_cap
from app.values import NOBODY, Listed, Named, Phrasebook, names_numbers, spelled, values_for
from flows.definition import COUNTY, Flows
from flows.effects import MOST_EFFECTS, Reply, Turn
from flows.engine import advance, answers, stays_with_the_line
from flows.heard import Heard, hear, is_opt_out
from flows.session import Session
from flows.steps import FlowError
from messages.catalog import Catalog
from messages.render import Line, render
from messages.segments import segments

if TYPE_CHECKING:
    from app.bootstrap import Hotline

log = logging.getLogger(__name__)

ATTEMPTS = 5  # how often a turn is decided anew because another text of the same person came between

HELD_BACK = {
    Verdict.LAST_LINE: "shared.last_line",
    Verdict.TOO_MANY: "shared.too_many",
    Verdict.OVER_CAP: "shared.over_cap",
}

# Twilio's default opt-out words: it has answered them itself before we hear of them, and a second text to somebody
# who opted out fails with 21610. Source: twilio.com/docs/messaging/tutorials/advanced-opt-out
TWILIO_STOPS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})


@dataclass(frozen=True)
class Inbound:
    """One text as Twilio brought it."""

    sid: str = field(repr=False)
    sender: str = field(repr=False)
    body: str = field(repr=False)
    media: bool = False
    opt_out: str = ""

    @cached_property
    def heard(self) -> Heard:
        """What was said. Whatever word Twilio took for a STOP is one, in any language."""
        return replace(hear("stop" if self.opt_out == "STOP" else self.body), media=self.media)

    @property
    def answered_by_twilio(self) -> bool:
        """True if Twilio has sent the answer to this text already. Over WhatsApp it has no default words."""
        by_default = self.body.strip().casefold() in TWILIO_STOPS and not self.sender.startswith("whatsapp:")
        return self.opt_out in {"STOP", "HELP"} or by_default


class CrowdedError(Exception):
    """Other texts of the same person came between, again and again; nothing of this one was kept."""


@dataclass(frozen=True)
class Decided:
    """What one text leads to, before anything is done about it: the turn, and the path it is on."""

    turn: Turn
    flows: Flows
    path: str
    thread: thread.Open | None = None


@dataclass(frozen=True)
class Asked:
    """What a text leads to as an answer to what the line asked by itself, and when that was; None if it waits."""

    at: datetime | None
    decided: Decided

    def is_last_said(self, before: Before) -> bool:
        """True if the question came after the open menu: a bare number answers what was said last."""
        return self.at is not None and self.at.timestamp() > before.remembered.at


def converse(line: Hotline, inbound: Inbound) -> str:
    """The words that answer one text; empty for silence. A repeated text gets the same words and does nothing twice.

    1 read what is known in one round trip; 2 decide; 3 do what must not be lost; 4 put it into words;
    5 save, unless another text of this person came between: then again from 1; 6 only now speak.
    While the line is locked there is one answer to everything, and nothing is read or done.

    Raises:
        MemoryDown, CrowdedError: nothing may be confirmed.
    """
    try:
        return _locked(line, inbound) if line.locked else _conversed(line, inbound)
    except LockedError:  # since the last look
        return _locked(line, inbound)


def _locked(line: Hotline, inbound: Inbound) -> str:
    """The fixed text. A STOP is kept, sealed to the worker, so that it holds when the line is open again."""
    if _opts_out(line, inbound):
        try:
            line.contacts.note_stop(seal(inbound.sender.encode(), (line.worker_recipient,)))
        except MemoryDown:
            log.exception("a STOP could not be kept while the line is locked")
    return "" if inbound.answered_by_twilio else line.locked_text


def _opts_out(line: Hotline, inbound: Inbound) -> bool:
    live = line.live.at_hand()
    if live is None:
        return inbound.opt_out == "STOP" or inbound.body.strip().casefold() in TWILIO_STOPS
    return is_opt_out(inbound.heard, live.vocabulary)


def _conversed(line: Hotline, inbound: Inbound) -> str:
    for _ in range(ATTEMPTS):
        before = line.sessions.read(inbound.sender, inbound.sid)
        if before.answer is not None:
            return before.answer.decode()
        after, words = _turn(line, inbound, before)
        cost = segments(words).count
        saved = line.sessions.write(before, inbound.sender, inbound.sid, after, words.encode(), cost)
        if saved is not None:
            line.spending.note(saved.cost, saved.spent)
            return saved.answer.decode()
    raise CrowdedError


def _turn(line: Hotline, inbound: Inbound, before: Before) -> tuple[Remembered | None, str]:
    live = line.live.current()
    decided = _decide(line, inbound, before, live)
    now, turn = line.clock(), decided.turn
    traffic, verdict = _heeded(line, inbound, before, live, turn)
    if verdict is not Verdict.SPEAK:
        # What nobody is shown must not be done either: the session stays where the person last saw it.
        said = HELD_BACK.get(verdict)
        words = speak(live, replace(turn, replies=(Reply(said),)), line.config, NOBODY, now) if said else ""
        return replace(before.remembered, traffic=traffic), words
    if decided.thread is not None:
        name = before.peppers.today.pseudonym("thread", inbound.sid)
        thread.pass_on(line, decided.thread, name, inbound.body, turn.replies, now)
        words = speak(live, turn, line.config, _named(line, live, turn), now)
        return replace(before.remembered, traffic=traffic), words
    turn, path = _done(line, inbound, before, live, decided)
    after = Remembered(turn.session, path, traffic, now.timestamp()) if turn.session else None
    if inbound.answered_by_twilio:
        return after, ""
    return after, speak(live, turn, line.config, _named(line, live, turn), now)


def _named(line: Hotline, live: Live, turn: Turn) -> Named:
    """What of the directory this turn speaks of; nothing is asked of a memory where it names none."""
    ids = (turn.answers.get("office", ""), *turn.answers.get("others", "").split())
    offices = tuple(office for each in ids if each and (office := line.offices.find(each)))
    return Named(offices, _numbers(line, live, turn))


def _numbers(line: Hotline, live: Live, turn: Turn) -> Sequence[Listed]:
    """The numbers to call for her place, where a text of this turn names any; none that somebody has suspended."""
    texts = live.content.catalogs[LANGUAGES[0]]
    if not any(names_numbers(texts.get(reply.message)) for reply in turn.replies):
        return ()
    given = (each for each in line.listings.at_hand() if spelled(each.phone) not in live.suspended_numbers)
    place, county = turn.answers.get("place"), turn.answers.get(COUNTY)
    return pick(given, place, county, turn.answers.get("spoken", turn.language or LANGUAGES[0]))


def _heeded(
    line: Hotline, inbound: Inbound, before: Before, live: Live, turn: Turn
) -> tuple[Traffic, Verdict]:
    """Whether this turn is spoken, by what this person has sent and by what the line has sent today."""
    today, now = before.peppers.today, line.clock().timestamp()
    fingerprint = today.pseudonym("text", inbound.heard.text)[:8]
    traffic, verdict = heed(before.remembered.traffic, now, fingerprint, turn.understood, turn.passes)
    spent = line.spending.state(before.spent) == "spent"
    if not spent or is_answered_over_cap(live.content.graph, before.remembered.session, turn):
        return traffic, verdict
    return within_cap(traffic, verdict, today.day)


def _decide(line: Hotline, inbound: Inbound, before: Before, live: Live) -> Decided:
    """The turn, with nothing done yet.

    A conversation stays on the path it began, and one at rest takes the live path. The texts are always the live
    ones: where the path leads to one that is gone, the person is told so, and goes on from the live menu.
    """
    session = before.remembered.session
    waits = session is not None and session.node is not None
    asked = _asked(line, inbound, before, live, menu_open=waits)
    if asked is not None and (not waits or asked.is_last_said(before)):
        return asked.decided
    written = _written(line, inbound, before, live, menu_open=waits)
    if written is not None and (not waits or written.is_last_said(before)):
        return written.decided
    path = before.remembered.revision if waits and before.remembered.revision else live.hash
    flows = live.flows(line.live.path(path) if path != live.hash else None)
    turn = advance(flows, session, inbound.heard)
    # What an open menu does not know may answer what the line asked before it.
    if asked is not None and not turn.understood:
        return asked.decided
    if written is not None and not turn.understood:
        return written.decided
    return Decided(turn, flows, path) if live.can_say(turn) else _moved(inbound, before, live)


def _asked(line: Hotline, inbound: Inbound, before: Before, live: Live, *, menu_open: bool) -> Asked | None:
    """The turn of a text that answers what the line asked by itself, on the live path; nobody else learns of it.

    Only for such a text, of somebody who has a request, is the durable memory looked at.

    Raises:
        MemoryDown: it does not answer, and no menu is open that could go on without it.
    """
    if not before.contact or inbound.answered_by_twilio:
        return None
    flows = live.flows()
    menus = {
        question: menu
        for question, menu in live.content.graph.asked.items()
        if answers(flows, menu, inbound.heard)
    }
    if not menus:
        return None
    try:
        referral = asked_about(Asking(line, inbound.sender, LANGUAGES[0], before, line.clock()))
    except MemoryDown:
        if not menu_open:
            raise
        log.warning("the durable memory is down: a menu goes on, and an answer to a question may be missed")
        return None
    if referral is None or referral.asked not in menus:
        return None
    session = Session(language=referral.language, node=menus[referral.asked])
    return Asked(referral.asked_at, Decided(advance(flows, session, inbound.heard), flows, live.hash))


def _written(line: Hotline, inbound: Inbound, before: Before, live: Live, *, menu_open: bool) -> Asked | None:
    """The turn of a text for somebody of an office who has written to this person: nothing but a word of the line, now and then.

    Raises:
        MemoryDown: the durable memory does not answer, and no menu is open that could go on without it.
    """
    if not before.contact or inbound.answered_by_twilio or stays_with_the_line(live.flows(), inbound.heard):
        return None
    now = line.clock()
    try:
        found = thread.open_thread(line, before, now)
    except MemoryDown:
        if not menu_open:
            raise
        log.warning("the durable memory is down: a menu goes on, and a text to an office may be missed")
        return None
    if found is None:
        return None
    replies = thread.answer(found, inbound.heard, now)
    named = {"office": found.office.id} if replies else {}
    turn = Turn(before.remembered.session, found.referral.language, replies, answers=named, passes=True)
    return Asked(found.wrote_at, Decided(turn, live.flows(), live.hash, found))


def _moved(inbound: Inbound, before: Before, live: Live) -> Decided:
    flows = live.flows()
    return Decided(advance(flows, live.moved(before.remembered.session), inbound.heard), flows, live.hash)


def _done(line: Hotline, inbound: Inbound, before: Before, live: Live, decided: Decided) -> tuple[Turn, str]:
    """Does what the turn asks for, and goes on by what came of it, until it waits for the person again."""
    turn = decided.turn
    for _ in range(MOST_EFFECTS):
        if not turn.effects:
            break
        asking = Asking(line, inbound.sender, turn.language or LANGUAGES[0], before, line.clock())
        following = advance(decided.flows, turn.session, perform(asking, turn.effects[0]))
        turn = replace(following, replies=(*turn.replies, *following.replies), passes=turn.passes)
    if turn.effects:
        raise FlowError("a flow asks for one effect after the other without a wait: check refuses such flows")
    if not live.can_say(turn):
        decided = _moved(inbound, before, live)
        turn = decided.turn
    rests = turn.session is None or turn.session.node is None
    return turn, live.hash if rests else decided.path


def speak(live: Live, turn: Turn, config: Config, named: Named, now: datetime) -> str:
    """The words of a turn. In all languages, one after the other, where the person's is not known."""
    languages = (turn.language,) if turn.language else LANGUAGES
    replies = _standing(live, turn.replies, live.today(config, now))
    replies = replies if config.serve_drafts else _signed_only(live, replies)
    spoken = [
        _in(
            live.content.catalogs[language],
            replies,
            values_for(live.content, language, config, turn.answers, named, now),
        )
        for language in languages
    ]
    return "\n".join(dict.fromkeys(text for text in spoken if text))


def _in(catalog: Catalog, replies: Sequence[Reply], values: Mapping[str, str]) -> str:
    book = Phrasebook(catalog)
    mentioned = {name: book.say(message) for reply in replies for name, message in reply.mentions.items()}
    lines = [line for reply in replies for line in _lines(reply)]
    return render(lines, catalog, {**values, **mentioned}).strip()


def _lines(reply: Reply) -> list[Line]:
    return [Line(reply.message, reply.choices), *([Line("shared.footer")] if reply.footer else [])]


def _standing(live: Live, replies: Sequence[Reply], today: date) -> tuple[Reply, ...]:
    """A text whose fact does not hold gives way to its topic's standing text; its choices stay."""
    said = given_way([reply.message for reply in replies], lambda name: live.gives_way(name, today))
    return tuple(replace(replies[place], message=message) for place, message in said)


def _signed_only(live: Live, replies: Sequence[Reply]) -> tuple[Reply, ...]:
    """With real credentials, a text that no lawyer has signed gives way; its choices stay."""
    return tuple(
        replace(reply, message="shared.unsigned") if reply.message in live.unsigned else reply
        for reply in replies
    )
