"""The course of a referral: what each event does to it, to the errands that are owed and to the clocks that run. Pure.

Every function takes a referral as it is and returns it as it becomes; who calls writes it in one step.
An event that comes at a wrong time raises LifeError from the table in life.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, cast, get_args

from app.directory.office import Office
from app.referral import house_hours
from app.referral.errand import COORDINATOR, TEXTER, Channel, Errand, Kind
from app.referral.life import (
    MOST_BELLS,
    Actor,
    Better,
    Decline,
    LifeError,
    Move,
    Outcome,
    Reason,
    Referral,
    State,
    Timer,
)
from app.referral.terms import Terms
from app.referral.thread import MOST_UNANSWERED, Said, has_room, unanswered

CALLS_BEFORE_ASKING = 3
# However often a person says it, nobody is mailed of it more than once in so long.
ONCE_IN = timedelta(days=1)
# An office that is being written to need not be mailed of every text.
MAILED_ONCE_IN = timedelta(minutes=30)
BETTER_TIMES = 3  # in a day: one changes one's mind, and nobody needs a hundred mails of it
# Why a text failed, where no other one will ever arrive.
CALL_ONLY = frozenset({"opted_out", "unreachable", "call_only"})

Question = Literal["follow_up", "better_time"]
QUESTIONS: tuple[Question, ...] = get_args(Question)


# --- what the line does --------------------------------------------------------------------------


def requested(referral: Referral, terms: Terms) -> Referral:
    """It has just been agreed to: it is put to its office at once, and does not wait for ever."""
    return _unclaimed(referral, referral.created, terms)


def offer(
    referral: Referral, office: Office, channels: Iterable[Channel], terms: Terms, now: datetime
) -> Referral:
    """It stands in the office's inbox, the office is told in every way it has, and its time to take it runs."""
    moved = _moved(referral, now, "line", "offered", "reached_office")
    for channel in channels:
        moved = owe(moved, "offer", channel, office.id, now)
    return _timed(moved, take_by=_take_by(referral, office, terms, now), offer_at=None)


def pass_on(referral: Referral, now: datetime) -> Referral:
    """The office did not take it in time, or is there no more: the next agreed one, or the person is told."""
    if _next_office(referral):
        quiet = _drop(referral, referral.office)
        told = tell(quiet, "moved_on", now) if referral.at_the_office else quiet
        return _to_next(told, now, "line", "not_taken")
    if referral.stuck:
        return _timed(referral, take_by=None)
    alarmed = owe(replace(referral, stuck="late"), "alarm", "mail", COORDINATOR, now)
    return ring(_timed(alarmed, take_by=None), "news", now)


def alarm(referral: Referral, now: datetime) -> Referral:
    """An office took it, it is urgent, and nobody has called: the lead and the coordinator hear of it."""
    to_lead = owe(referral, "alarm", "mail", referral.office, now)
    return _timed(owe(to_lead, "alarm", "mail", COORDINATOR, now), alarm_at=None)


def lapse(referral: Referral, now: datetime) -> Referral:
    """Still nobody has called. The other boxes are gone since it was taken, so the person is asked for another office."""
    return ring(_timed(replace(referral, stuck="lapsed"), lapse_at=None), "news", now)


def follow_up(referral: Referral, terms: Terms, now: datetime) -> Referral:
    """The person is asked whether somebody reached them; without texts they can still say so with their code."""
    untimed = _timed(referral, follow_up_at=None)
    return _ask(untimed, "follow_up", terms, now)


def expire(referral: Referral, terms: Terms, now: datetime) -> Referral:
    """Nobody took it: the boxes go, the person and the coordinator are told."""
    untold = _drop(referral, referral.office)
    moved = replace(_moved(untold, now, "line", "expired", "not_taken"), boxes={}, others=())
    wipe = referral.timers.get("wipe_at", now + terms.last_word)
    ended = owe(_ended(moved, terms, now), "alarm", "mail", COORDINATOR, now)
    return settled(ring(_timed(ended, wipe_at=wipe), "news", now))


def wipe(referral: Referral) -> Referral:
    """Neither box nor number is left, whether the last word came through or not."""
    quiet = _drop(replace(referral, boxes={}, number_box=b"", asked=""), TEXTER)
    return _timed(quiet, wipe_at=None)


def leave_open_no_longer(referral: Referral, terms: Terms, now: datetime) -> Referral:
    """The office took it long ago and never closed it: nothing is kept for ever."""
    return _close(referral, "line", "left_open", terms, now)


def carried(referral: Referral, errand: Errand, now: datetime) -> Referral:
    """An errand has been tried, and came so far. One that did not go, and is not wanted any more, is not tried again.

    Where no text reaches the person any more, the office hears that only a call does.
    """
    over = errand.way == "due" and not _wanted(referral, errand)
    known = referral.with_errand(errand.ended("dropped") if over else errand)
    if (errand.channel, errand.way) == ("hook", "failed"):
        known = owe(known, "hook_failed", "mail", errand.to, now)
    if errand.channel == "bell" and errand.why in CALL_ONLY and referral.texting == "yes":
        known = known.call_only()
        known = tell(known, "no_texts", now) if known.at_the_office else known
        # A number that does not exist, or takes no texts, never wrote to us: somebody else may have it by now.
        known = replace(known, number_box=b"") if errand.why == "unreachable" else known
    return settled(known)


def settled(referral: Referral) -> Referral:
    """One that nobody took keeps the number no longer than it may take to tell the person.

    A bell that Twilio has taken may still be reported as failed, and is tried again: `wipe_at` has the last word.
    """
    bells = [errand for errand in referral.errands if errand.to == TEXTER and errand.kind != "written"]
    silent = not bells or bells[-1].way in {"failed", "dropped"}
    return wipe(referral) if referral.state in {"declined", "expired"} and silent else referral


# --- what an office does -------------------------------------------------------------------------


def accept(referral: Referral, office: Office, terms: Terms, now: datetime) -> Referral:
    """The office takes it: the other boxes are destroyed, and the person hears that there is news."""
    moved = _moved(referral, now, "office", "accepted", "took_it")
    alone = replace(
        moved,
        others=(),
        stuck="",
        boxes={name: box for name, box in moved.boxes.items() if name == office.id},
    )
    alone = _drop(_drop(alone, office.id, "offer"), COORDINATOR)
    follow = terms.follow_up_urgent if referral.urgent else terms.follow_up
    timers: dict[Timer, datetime] = {"follow_up_at": now + follow, "close_at": now + terms.left_open}
    if referral.urgent:
        timers["alarm_at"] = office.deadline(now, terms.alarm)
        timers["lapse_at"] = office.deadline(now, terms.lapse)
    return ring(replace(alone, timers=timers), "news", now)


def decline(referral: Referral, reason: Decline, terms: Terms, now: datetime) -> Referral:
    """The office does not take it, or hands it back: the next agreed one at once; with none left, the person is told."""
    if _next_office(referral):
        return _to_next(_drop(referral, referral.office), now, "office", reason)
    moved = replace(_moved(referral, now, "office", "declined", reason), boxes={})
    ended = owe(_ended(_drop(moved, referral.office), terms, now), "alarm", "mail", COORDINATOR, now)
    return settled(ring(_timed(ended, wipe_at=now + terms.last_word), "news", now))


def contacted(referral: Referral, actor: Actor, now: datetime) -> Referral:
    """Somebody spoke with the person."""
    moved = replace(_moved(referral, now, actor, "contacted", "reached_person"), stuck="", calls=0)
    quiet = _drop(_drop(_drop(moved, COORDINATOR), referral.office, "alarm"), referral.office, "no_call")
    return _timed(unasked(quiet), alarm_at=None, lapse_at=None)


def tried(referral: Referral, office: Office, terms: Terms, now: datetime) -> Referral:
    """A call that reached nobody. After three the person is asked for a better time; the time to reach them runs anew.

    Raises:
        LifeError: no office has taken it.
    """
    if referral.state not in {"accepted", "contacted"}:
        raise LifeError(f"a referral that is {referral.state} is not being called about: accept it first")
    calls = referral.calls + 1
    # Somebody does call: nobody need be alarmed. Who stops calling is noticed all the same.
    urgent = referral.urgent and referral.state == "accepted"
    lapse_at = office.deadline(now, terms.lapse) if urgent else None
    calling = _timed(referral, alarm_at=None, lapse_at=lapse_at)
    if calls < CALLS_BEFORE_ASKING:
        return replace(calling, calls=calls)
    return _ask(replace(calling, calls=0), "better_time", terms, now)


def hand(referral: Referral, holder: str) -> Referral:
    """Somebody of the office has it in hand from now on.

    Raises:
        LifeError: no office has taken it.
    """
    if referral.state not in {"accepted", "contacted"}:
        raise LifeError(f"a referral that is {referral.state} is in nobody's hand: accept it first")
    return replace(referral, holder=holder)


def write(referral: Referral, said: Said, now: datetime) -> Referral:
    """Somebody of the office writes to the person: sent at the next decent hour.

    Raises:
        LifeError: no office has taken it, or we may not text, hold no number, or hear nothing back.
    """
    if referral.state not in {"accepted", "contacted"}:
        raise LifeError(f"nobody is written to about a referral that is {referral.state}: accept it first")
    if referral.texting != "yes" or not referral.reachable:
        raise LifeError("the person is not to be texted, or no text reaches them: call")
    if unanswered(referral.thread) >= MOST_UNANSWERED or not has_room(referral.thread):
        raise LifeError("the person has not answered, or the thread is full: call")
    owed = _errand(referral, "written", "bell", TEXTER, may_ring(referral, "written", now))
    return replace(owed, thread=(*owed.thread, replace(said, errand=owed.errands[-1].name)))


def hear(referral: Referral, said: Said, now: datetime) -> Referral:
    """The person has written to the office: it is mailed of it, now and then; the same text twice is one."""
    if any(each.id == said.id for each in referral.thread):
        return referral
    known = replace(referral, thread=(*referral.thread, said))
    wrote = (each.first or now for each in referral.errands if each.kind == "wrote")
    lately = any(now - at < MAILED_ONCE_IN for at in wrote)
    return known if lately or said.by != "person" else owe(known, "wrote", "mail", referral.office, now)


def unthread(referral: Referral) -> Referral:
    """What was written is destroyed."""
    return _timed(replace(referral, thread=()), unthread_at=None)


def close(referral: Referral, outcome: Outcome, terms: Terms, now: datetime) -> Referral:
    """The office has done what it could."""
    return _close(referral, "office", outcome, terms, now)


# --- what the person does ------------------------------------------------------------------------


def withdraw(referral: Referral, terms: Terms, now: datetime) -> Referral:
    """It ends; boxes and number are destroyed, and an office that may have heard of it is told."""
    moved = _ended(_moved(referral, now, "texter", "withdrawn", "asked_to_stop"), terms, now)
    for to in (TEXTER, COORDINATOR, referral.office):
        moved = _drop(moved, to)
    told = tell(moved, "withdrawn", now) if referral.at_the_office else moved
    return replace(told, others=())


def came(referral: Referral, now: datetime) -> Referral:
    """The person says that somebody reached them."""
    if referral.state == "accepted":
        return _timed(contacted(referral, "texter", now), follow_up_at=None)
    return unasked(referral)


def did_not_come(referral: Referral, now: datetime) -> Referral:
    """The person says that nobody did: the office hears it, and the coordinator. The question stays open no longer."""
    if not referral.at_the_office:
        return unasked(referral)
    if any(each.kind == "no_call" and each.first and now - each.first < ONCE_IN for each in referral.errands):
        return unasked(referral)
    told = tell(unasked(referral), "no_call", now)
    return owe(told, "alarm", "mail", COORDINATOR, now)


def better_time(referral: Referral, better: Better, now: datetime) -> Referral:
    """The person says when they can be called; the office hears it."""
    known = unasked(replace(referral, better=better))
    said = sum(each.kind == "time" and now - (each.first or now) < ONCE_IN for each in referral.errands)
    if said >= BETTER_TIMES:
        return known
    return tell(known, "time", now) if referral.at_the_office else known


def another(referral: Referral, office: str, box: bytes, terms: Terms, now: datetime) -> Referral:
    """The person agreed to another office: the one before is told, and its box is destroyed.

    Raises:
        LifeError: it has ended.
    """
    quiet = unasked(_drop(referral, referral.office))
    told = tell(quiet, "moved_on", now) if referral.at_the_office else quiet
    moved = _moved(told, now, "texter", "requested", "asked_for_another")
    fresh = replace(moved, office=office, others=(), boxes={office: box}, stuck="", calls=0, timers={})
    return _unclaimed(fresh, now, terms)


def nobody(referral: Referral, terms: Terms, now: datetime) -> Referral:
    """There is no office for it: nothing of the person is kept, and the coordinator hears of the need."""
    moved = _ended(_moved(referral, now, "line", "declined", "nobody"), terms, now)
    return owe(moved, "alarm", "mail", COORDINATOR, now)


def again_tomorrow(referral: Referral, number_box: bytes, terms: Terms, now: datetime) -> Referral:
    """The person wants one text tomorrow, to ask again; the number is kept until then.

    Raises:
        LifeError: it has not ended for want of an office, or the person has had all the texts they agreed to.
    """
    if referral.state not in {"declined", "expired"}:
        raise LifeError(f"a referral that is {referral.state} is not asked again tomorrow")
    known = replace(_drop(referral, TEXTER), number_box=number_box, texting="yes")
    if known.bells >= MOST_BELLS:
        raise LifeError(f"a referral has at most {MOST_BELLS} texts of ours, and this one has had them")
    at = house_hours.next_within(now + timedelta(hours=18), referral.place)
    return _timed(
        _errand(known, "news", "bell", TEXTER, at), wipe_at=now + terms.last_word + timedelta(days=1)
    )


# --- the pieces ----------------------------------------------------------------------------------


def tell(referral: Referral, kind: Kind, now: datetime) -> Referral:
    """The referral with something its office is told: by mail, and in its own system if that knows of the offer."""
    office = referral.office
    by_hook = any((each.channel, each.to) == ("hook", office) for each in referral.errands)
    mailed = owe(referral, kind, "mail", office, now)
    return owe(mailed, kind, "hook", office, now) if by_hook else mailed


def owe(referral: Referral, kind: Kind, channel: Channel, to: str, now: datetime) -> Referral:
    """The referral with one more errand, due now. One that waits already, and was never tried, says enough."""
    same = (each for each in referral.errands if (each.kind, each.channel, each.to) == (kind, channel, to))
    if any(each.way == "due" and not each.tries for each in same):
        return referral
    return _errand(referral, kind, channel, to, now)


def call_again(referral: Referral, name: str, now: datetime) -> Referral | None:
    """The referral with a hook that failed due once more; None if there is none of this name that is still wanted."""
    failed = (
        each
        for each in referral.errands
        if each.name == name and each.way == "failed" and _wanted(referral, each)
    )
    errand = next(failed, None)
    return referral.with_errand(replace(errand, way="due", tries=0, due=now)) if errand else None


def ring(referral: Referral, kind: Kind, now: datetime) -> Referral:
    """The referral with a bell for the person, at a decent hour; unchanged where we may not text, or have texted enough.

    A bell that has not rung yet says enough.
    """
    waits = any(errand.to == TEXTER and errand.kind == kind for errand in referral.open_errands())
    if referral.texting != "yes" or not referral.reachable or waits or referral.bells >= MOST_BELLS:
        return referral
    return _errand(referral, kind, "bell", TEXTER, may_ring(referral, kind, now))


def may_ring(referral: Referral, kind: Kind, now: datetime) -> datetime:
    """When a bell may ring: at the next decent hour; the news of an open urgent request at once, as the consent said."""
    if kind == "news" and referral.urgent and not referral.ended:
        return now
    return house_hours.next_within(now, referral.place)


def _errand(referral: Referral, kind: Kind, channel: Channel, to: str, at: datetime) -> Referral:
    name = f"{len(referral.errands) + 1}-{kind}-{channel}"
    return referral.with_errand(Errand(name, kind, channel, to, at))


def _wanted(referral: Referral, errand: Errand) -> bool:
    """False where a STOP, an end, an answer or another office came while it was on its way."""
    if errand.kind in QUESTIONS and errand.kind != referral.asked:
        return False
    if errand.to == TEXTER:
        taken = errand.kind != "written" or referral.state in {"accepted", "contacted"}
        return taken and referral.texting == "yes" and referral.state not in {"closed", "withdrawn"}
    if errand.kind == "offer":
        return (referral.state, referral.office) == ("offered", errand.to)
    return True


def _drop(referral: Referral, to: str, kind: Kind | None = None) -> Referral:
    """Without what has not been tried yet; what may have gone out is still seen to its end."""
    for errand in referral.errands:
        if errand.to == to and errand.way == "due" and kind in {None, errand.kind}:
            referral = referral.with_errand(errand.ended("dropped"))
    return referral


def _next_office(referral: Referral) -> str | None:
    return next((office for office in referral.others if office in referral.boxes), None)


def _to_next(referral: Referral, now: datetime, actor: Actor, reason: Reason) -> Referral:
    following = _next_office(referral)
    if following is None:
        raise LifeError("there is no box for another office")
    if referral.state == "accepted":
        raise LifeError("who took it alone has its box")
    boxes = {office: box for office, box in referral.boxes.items() if office != referral.office}
    others = tuple(office for office in referral.others if office != following)
    moved = _moved(referral, now, actor, "requested", reason)
    return _timed(replace(moved, office=following, others=others, boxes=boxes), take_by=None, offer_at=now)


def _unclaimed(referral: Referral, since: datetime, terms: Terms) -> Referral:
    return _timed(
        referral,
        offer_at=since,
        expire_at=since + terms.unclaimed - terms.last_word,
        wipe_at=since + terms.unclaimed,
    )


def _take_by(referral: Referral, office: Office, terms: Terms, now: datetime) -> datetime:
    return office.deadline(now, terms.take_urgent if referral.urgent else terms.take)


def _close(referral: Referral, actor: Actor, outcome: Outcome, terms: Terms, now: datetime) -> Referral:
    moved = _moved(referral, now, actor, "closed", outcome)
    quiet = _drop(_drop(_drop(moved, TEXTER), COORDINATOR), referral.office)
    ended = _timed(_ended(replace(quiet, stuck=""), terms, now), wipe_at=now + terms.kept)
    return _timed(ended, unthread_at=now + terms.thread) if ended.thread else ended


def _ended(referral: Referral, terms: Terms, now: datetime) -> Referral:
    """One that has ended: nobody hears the answer to a question any more, so none is put."""
    return replace(unasked(referral), timers={"forget_at": now + terms.kept})


def _ask(referral: Referral, asked: Question, terms: Terms, now: datetime) -> Referral:
    """Asks by a bell, where we may ring one. The last question is the one whose answer is heard."""
    alone = unasked(referral)
    asking = ring(alone, asked, now)
    if asking is alone:
        return referral
    return _timed(replace(asking, asked=asked), unask_at=now + terms.asked)


def unasked(referral: Referral) -> Referral:
    """The question is heard no more, and a bell that would put it does not ring."""
    for question in QUESTIONS:
        referral = _drop(referral, TEXTER, question)
    return _timed(replace(referral, asked=""), unask_at=None)


def _moved(referral: Referral, now: datetime, actor: Actor, state: State, reason: Reason) -> Referral:
    return referral.moved(Move(now, actor, state, reason, referral.office))


def _timed(referral: Referral, **timers: datetime | None) -> Referral:
    """The referral with these clocks set, or (None) stopped."""
    running = {**cast("Mapping[str, datetime]", referral.timers), **timers}
    left = {name: at for name, at in running.items() if at is not None}
    return replace(referral, timers=cast("Mapping[Timer, datetime]", left))
