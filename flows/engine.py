"""One turn of a conversation: decided here, done elsewhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace

from flows.definition import END, FORGET, UNKNOWN, Branch, Choice, Do, Flows, Menu, Question, Say, Set
from flows.effects import EFFECTS, Effect, Outcome, Reply, Turn
from flows.heard import (
    Heard,
    command_of,
    is_opt_out,
    language_named,
    language_shown,
    language_typed,
    near,
    number_of,
    reference_in,
    words_of,
)
from flows.session import TRAIL, Session
from flows.urgent import urgent_in

LONGEST_WALK = 50  # hops between two waits; check refuses flows that could need more
PASSING = frozenset({"now", "erase", "bye"})  # commands that are answered whatever else was sent
HEARD_AT_A_WORD = frozenset({"menu", "back", "help", "erase", "bye", "now", "start"})
BILINGUAL = frozenset({"start.welcome_both", "start.forgotten"})  # said before a language is known
HINTS = 2  # how often the same question is asked again before the main menu


def advance(flows: Flows, session: Session | None, heard: Heard | Outcome) -> Turn:
    """What one text leads to, or what came of an effect: new session, replies, effects.

    Heard in this order: an answer in the words of the open menu; opt-out; crisis and emergency; a command;
    a code; the open question. It knows no clock, no store and no number, and the same input gives the same turn.

    Raises:
        FlowError: the flows themselves are at fault (check refuses such flows).
    """
    if isinstance(heard, Outcome):
        return _resume(flows, session or Session(), heard)
    now = _prove_language(flows, session or Session(), heard)
    return (
        _answer_in_words(flows, now, heard)
        or _opt_out(flows, now, heard)
        or _urgent(flows, now, heard)
        or _command(flows, session, now, heard)
        or _code(flows, now, heard)
        or (_first_text(flows, now, heard) if session is None else _open_question(flows, now, heard))
    )


class FlowError(Exception):
    """A flow that check should have refused."""


# --- what is heard before the open question ------------------------------------------------------


def _opt_out(flows: Flows, session: Session, heard: Heard) -> Turn | None:
    if not is_opt_out(heard, flows.vocabulary):
        return None
    return replace(_walk(flows, session, flows.graph.commands["stop"]), passes=True)


def _urgent(flows: Flows, session: Session, heard: Heard) -> Turn | None:
    urgent = urgent_in(heard, flows.vocabulary)
    if urgent is None:
        return None
    language = session.language or urgent.language or flows.vocabulary.languages[0].language
    session = replace(session, language=language, guess=None)
    if flows.graph.is_calm(session.node, urgent.kind):
        return _place_said(flows, session, heard)
    target = flows.graph.urgent[urgent.kind]
    if not isinstance(flows.graph.nodes[target], Say):
        return replace(_with_place(_go(flows, session, target), flows.places.find(heard.text)), passes=True)
    said = Reply(target)
    again = (
        _ask_again(flows, session) if session.node else _walk(flows, session, flows.graph.commands["menu"])
    )
    return replace(again, replies=(said, *again.replies), passes=True)


def _with_place(turn: Turn, place: str | None) -> Turn:
    """Keeps the place that an emergency named ("they took my brother in Houston"): nobody asks it again."""
    if place is None or turn.session is None:
        return turn
    return replace(turn, session=replace(turn.session, answers={**turn.session.answers, "place": place}))


def _place_said(flows: Flows, session: Session, heard: Heard) -> Turn | None:
    """Inside NOW, "detenido en Houston" at a menu is kept as the place, and the menu asked again."""
    if not isinstance(flows.graph.find(session.node), Menu):
        return None
    place = flows.places.find(heard.text)
    if place is not None:
        session = replace(session, answers={**session.answers, "place": place})
    return _ask_again(flows, replace(session, missed=0, guess=None))


def _answer_in_words(flows: Flows, session: Session, heard: Heard) -> Turn | None:
    """The whole words of an open menu's choice go before all else, save an opt-out word: they were just offered.

    "Español" may be a spoken language here, "I agree, no texts" is no opt-out, "Agents at the door" no new emergency.
    """
    node = flows.graph.find(session.node)
    if not isinstance(node, Menu) or heard.text in flows.vocabulary.stops:
        return None
    for choice in node.choices:
        if heard.text in words_of(choice.id, flows.vocabulary):
            return _choose(flows, session, node, choice)
    return None


def _command(flows: Flows, before: Session | None, session: Session, heard: Heard) -> Turn | None:
    command = _command_name(flows, session, heard)
    if _wants_a_word(flows, session) and command not in HEARD_AT_A_WORD:
        return None
    named = language_named(heard, flows.vocabulary)
    if named is not None:
        return _in_language(flows, before, replace(session, language=named))
    offered = _offered(flows, session, command)
    if offered is not None:
        return _choose(flows, session, *offered)
    own = _OWN.get(command or "")
    return own(flows, before, session) if own else _to_command(flows, before, session, heard, command)


def _wants_a_word(flows: Flows, session: Session) -> bool:
    """True where any word is an answer: "Mam" or "persona" may be whom to ask for."""
    node = flows.graph.find(session.node)
    return isinstance(node, Question) and node.asks == "word"


def _to_command(
    flows: Flows, before: Session | None, session: Session, heard: Heard, command: str | None
) -> Turn | None:
    """Where start.yaml says the command leads, with the code beside it ("withdraw K7M2P").

    A first text that is a command gets the notice with its answer.
    """
    if command is None or command not in flows.graph.commands:
        return None
    session = _with_code(session, reference_in(heard))
    turn = replace(_go(flows, session, flows.graph.commands[command]), passes=command in PASSING)
    notice = before is None and command not in PASSING
    return replace(turn, replies=(Reply("shared.notice"), *turn.replies)) if notice else turn


def _offered(flows: Flows, session: Session, command: str | None) -> tuple[Menu, Choice] | None:
    """The choice of the open menu that this command is: LAWYER, where a menu offers `lawyer`."""
    node = flows.graph.find(session.node)
    if not isinstance(node, Menu) or node.consent:
        return None
    choice = _named(node, command)
    return (node, choice) if choice is not None else None


def _command_name(flows: Flows, session: Session, heard: Heard) -> str | None:
    command = command_of(heard, flows.vocabulary)
    if command is not None:
        return command
    return {"0": "menu", "9": "back"}.get(heard.text) if session.node else None


def _in_language(flows: Flows, before: Session | None, session: Session) -> Turn:
    if before is None or session.node is None or session.node in BILINGUAL:
        return _walk(flows, replace(session, trail=()), _way_in(session))
    return _ask_again(flows, session)


def _help(flows: Flows, before: Session | None, session: Session) -> Turn:
    """The help text; the question stays open. To a first text it offers the way in as well."""
    if before is not None:
        return Turn(session, session.language, (Reply("shared.help"),), answers=session.answers, passes=True)
    welcome = _walk(flows, session, _way_in(session))
    choices = welcome.replies[-1].choices if session.language else ()
    return replace(welcome, replies=(Reply("shared.help", choices),), passes=True)


def _start(flows: Flows, _: Session | None, session: Session) -> Turn:
    return _walk(flows, replace(session, trail=()), _way_in(session))


def _back(flows: Flows, _: Session | None, session: Session) -> Turn:
    """The question before, if it is still there; a node of the trail may have gone with a new revision."""
    fresh = replace(session, missed=0, guess=None)
    if not session.trail or flows.graph.find(session.trail[-1]) is None:
        return _walk(flows, replace(fresh, trail=()), flows.graph.commands["menu"])
    return _walk(flows, replace(fresh, trail=session.trail[:-1], node=None), session.trail[-1])


# Commands that the engine itself knows; the others lead where start.yaml says.
_OWN: Mapping[str, Callable[[Flows, Session | None, Session], Turn]] = {
    "start": _start,
    "help": _help,
    "back": _back,
}


def _code(flows: Flows, session: Session, heard: Heard) -> Turn | None:
    code = reference_in(heard)
    if code is None:
        return None
    return _go(flows, _with_code(session, code), flows.graph.commands["code"])


def _with_code(session: Session, code: str | None) -> Session:
    return replace(session, answers={**session.answers, "code": code}) if code else session


# --- the first text ------------------------------------------------------------------------------


def _prove_language(flows: Flows, session: Session, heard: Heard) -> Session:
    if session.language is not None:
        return session
    shown = language_shown(heard, flows.vocabulary) or language_typed(heard, flows.vocabulary)
    return replace(session, language=shown)


def _way_in(session: Session) -> str:
    return "start.welcome" if session.language else "start.welcome_both"


def _first_text(flows: Flows, session: Session, heard: Heard) -> Turn:
    """The welcome; or, to what looks like an answer, that its question was forgotten."""
    if session.language is not None:
        return _walk(flows, session, _way_in(session))
    answer = number_of(heard, flows.vocabulary) is not None or flows.places.find(heard.text) is not None
    turn = _walk(flows, session, "start.forgotten" if answer else _way_in(session))
    return replace(turn, understood=answer)


# --- the open question ---------------------------------------------------------------------------


def _open_question(flows: Flows, session: Session, heard: Heard) -> Turn:
    if session.node is None:
        menu = _walk(
            flows, session, _way_in(session) if session.language is None else flows.graph.commands["menu"]
        )
        return replace(menu, understood=language_shown(heard, flows.vocabulary) is not None)
    match flows.graph.find(session.node):
        case Menu() as menu_node:
            return _hear_menu(flows, session, menu_node, heard)
        case Question() as question:
            return _hear_question(flows, session, question, heard)
        case _:
            return _to_menu(flows, session, "shared.moved")


def _hear_menu(flows: Flows, session: Session, node: Menu, heard: Heard) -> Turn:
    chosen = _numbered(flows, node, heard) or _confirmed(flows, session, node, heard)
    if chosen is not None:
        return _choose(flows, session, node, chosen)
    if looks_private(heard.text):
        return _ask_again(flows, session, Reply("shared.private"))
    if node.id in BILINGUAL and session.language is not None:  # a greeting has just shown it
        return _walk(flows, replace(session, trail=(), missed=0, guess=None), _way_in(session))
    guess = _guess(flows, node, heard)
    if guess is None:
        return _not_understood(flows, session, Reply(_hint(heard, "shared.not_understood")))
    offered = Reply("shared.did_you_mean", mentions={"guess": guess.id})
    return replace(_ask_again(flows, replace(session, guess=guess.name), offered), understood=False)


def _numbered(flows: Flows, node: Menu, heard: Heard) -> Choice | None:
    number = number_of(heard, flows.vocabulary)
    return node.choices[number - 1] if number is not None and 1 <= number <= len(node.choices) else None


def _confirmed(flows: Flows, session: Session, node: Menu, heard: Heard) -> Choice | None:
    """A typed yes or no, where one is asked for: at a consent, or after "did you mean"."""
    command = command_of(heard, flows.vocabulary)
    if command == "agree" and (node.consent or session.guess):
        return _named(node, "agree" if node.consent else session.guess)
    if command == "refuse" and node.consent:
        return _named(node, "refuse")
    return None


def _named(node: Menu, name: str | None) -> Choice | None:
    return next((choice for choice in node.choices if choice.name == name), None)


def _guess(flows: Flows, node: Menu, heard: Heard) -> Choice | None:
    """The choice a typing error was near to. Never at a consent: nobody agrees by accident."""
    if node.consent:
        return None
    spellings = {word: choice for choice in node.choices for word in words_of(choice.id, flows.vocabulary)}
    found = near(heard.text, tuple(spellings))
    return spellings[found] if found is not None else None


def _choose(flows: Flows, session: Session, node: Menu, choice: Choice) -> Turn:
    answers = {**session.answers, node.save: choice.name} if node.save else session.answers
    return _go(flows, replace(session, answers=answers), choice.target)


def _hear_question(flows: Flows, session: Session, node: Question, heard: Heard) -> Turn:
    if command_of(heard, flows.vocabulary) in {"unsure", "skip"}:
        answers = {name: value for name, value in session.answers.items() if name != node.save}
        return _go(flows, replace(session, answers=answers), node.unsure)
    if node.asks != "phone" and looks_private(heard.text):
        return _ask_again(flows, session, Reply("shared.private"))
    answer = _READERS[node.asks](flows, heard)
    if answer is None:
        return _not_understood(flows, session, Reply(_hint(heard, f"shared.{node.asks}_unknown")))
    return _go(flows, replace(session, answers={**session.answers, node.save: answer}), node.next)


def _read_place(flows: Flows, heard: Heard) -> str | None:
    return flows.places.find(heard.text)


def _read_phone(_: Flows, heard: Heard) -> str | None:
    """A US number of ten digits in E.164; anything else might be a file number."""
    digits = re.sub(r"[^0-9]", "", heard.text)
    national = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
    return f"+1{national}" if re.fullmatch(r"[2-9][0-9]{2}[2-9][0-9]{6}", national) else None


def _read_word(_: Flows, heard: Heard) -> str | None:
    """Up to three short words without digits: a digit might be part of a file number or a date."""
    word = unicodedata.normalize("NFC", heard.said).strip(_AROUND_A_WORD)
    plain = len(word) <= 24 and len(word.split()) <= 3 and all(map(_is_in_a_word, word))
    return word if word and plain else None


def _is_in_a_word(char: str) -> bool:
    return char in " '’-" or unicodedata.category(char)[0] in "LM"


# What phones and people put around a word without meaning it.
_AROUND_A_WORD = " .,;:!?¡¿\"'“”‘’-"

_READERS: Mapping[str, Callable[[Flows, Heard], str | None]] = {
    "place": _read_place,
    "phone": _read_phone,
    "word": _read_word,
}

# An A-number (A and 8 or 9 digits), an SSN (3-2-4 or 9 digits), a date of birth in figures.
_PRIVATE = re.compile(
    r"\ba[ -]?\d{8,9}\b|\ba?[ -]?\d{3}[ .-]\d{3}[ .-]\d{3}\b|\b\d{3}[ .-]\d{2}[ .-]\d{4}\b|\b\d{8,9}\b"
    r"|\b\d{1,2}[ /.-]\d{1,2}[ /.-](?:19|20)\d{2}\b|\b(?:19|20)\d{2}[ /.-]\d{1,2}[ /.-]\d{1,2}\b"
)


def looks_private(text: str) -> bool:
    """True if a folded text holds what nobody should text: an A-number, an SSN or a date of birth."""
    return bool(_PRIVATE.search(text))


# --- saying the question again -------------------------------------------------------------------


def _ask_again(flows: Flows, session: Session, *before: Reply) -> Turn:
    node = flows.graph.find(session.node)
    if not isinstance(node, Menu | Question):
        return _to_menu(flows, session, "shared.moved")
    # Somebody whose language we don't know gets the question alone: it is its own hint, in every language.
    before = before if session.language else ()
    return Turn(session, session.language, (*before, _asked(node)), answers=session.answers)


def _not_understood(flows: Flows, session: Session, hint: Reply) -> Turn:
    missed = session.missed + 1
    if missed <= HINTS:
        turn = _ask_again(flows, replace(session, missed=missed, guess=None), hint)
    else:
        turn = _lost(flows, session)
    return replace(turn, understood=False)


def _lost(flows: Flows, session: Session) -> Turn:
    """After the last hint: where the question says, else the main menu."""
    node = flows.graph.find(session.node)
    if isinstance(node, Question) and node.lost is not None:
        return _go(flows, session, node.lost)
    return _to_menu(flows, session, "shared.lost")


def _hint(heard: Heard, otherwise: str) -> str:
    return "shared.media" if heard.media and not heard.text else otherwise


def _to_menu(flows: Flows, session: Session, why: str) -> Turn:
    fresh = replace(session, node=None, trail=(), missed=0, guess=None)
    turn = _walk(flows, fresh, flows.graph.commands["menu"])
    return replace(turn, replies=(Reply(why), *turn.replies))


def _asked(node: Menu | Question) -> Reply:
    choices = tuple(choice.id for choice in node.choices) if isinstance(node, Menu) else ()
    return Reply(node.id, choices, node.footer)


# --- walking -------------------------------------------------------------------------------------


def _go(flows: Flows, session: Session, target: str) -> Turn:
    """Walks on from an understood answer, and remembers the node that was left, for BACK."""
    trail = session.trail
    if session.node is not None and (not trail or trail[-1] != session.node):
        trail = (*trail, session.node)[-TRAIL:]
    return _walk(flows, replace(session, trail=trail, missed=0, guess=None), target)


def _resume(flows: Flows, session: Session, outcome: Outcome) -> Turn:
    node = flows.graph.find(session.node)
    if not isinstance(node, Do) or outcome.name not in node.outcomes:
        raise FlowError(f"outcome {outcome.name!r} came to {session.node!r}, which does not wait for it")
    answers = {**session.answers, **outcome.answers}
    return _walk(flows, replace(session, answers=answers), node.outcomes[outcome.name])


def _walk(flows: Flows, session: Session, target: str) -> Turn:
    """Goes from node to node, saying what is to be said, up to the next wait, effect or end."""
    replies: list[Reply] = []
    for _ in range(LONGEST_WALK):
        if target in {END, FORGET}:
            rest = replace(session, node=None, trail=(), answers={}) if target == END else None
            return Turn(rest, session.language, tuple(replies), answers=session.answers)
        match flows.graph.find(target):
            case Say(id=said, next=target):
                replies.append(Reply(said))
            case Set(answers=answers, next=target):
                session = _set(flows, session, answers)
            case Branch() as branch:
                target = branch.cases.get(_read(flows, session, branch.on), branch.otherwise)
            case Do() as do:
                return Turn(
                    _at(flows, session, do.id),
                    session.language,
                    tuple(replies),
                    (_effect(session, do),),
                    session.answers,
                )
            case Menu() | Question() as node:
                return Turn(
                    _at(flows, session, node.id),
                    session.language,
                    (*replies, _asked(node)),
                    answers=session.answers,
                )
            case None:
                raise FlowError(f"no node {target!r}")
    raise FlowError(f"a walk from {session.node!r} does not come to a wait")


def _at(flows: Flows, session: Session, node_id: str) -> Session:
    """The session, waiting at a node. A phone or a word that was typed stays behind with the flow that asked for it."""
    left = flows.graph.typed_elsewhere(node_id)
    answers = {name: value for name, value in session.answers.items() if name not in left}
    return replace(session, node=node_id, answers=answers)


def _set(flows: Flows, session: Session, answers: Mapping[str, str]) -> Session:
    language = answers.get("language", session.language)
    if language == "other":
        languages = [words.language for words in flows.vocabulary.languages]
        language = languages[(languages.index(session.language or languages[0]) + 1) % len(languages)]
    known = {**session.answers, **{name: value for name, value in answers.items() if name != "language"}}
    # An empty value takes the answer back.
    return replace(
        session, language=language, answers={name: value for name, value in known.items() if value}
    )


def _read(flows: Flows, session: Session, on: str) -> str:
    saved, _, what = on.partition(".")
    answer = session.answers.get(saved)
    return flows.places.read(answer, what) if what else (answer or UNKNOWN)


def _effect(session: Session, do: Do) -> Effect:
    _, takes = EFFECTS[do.effect]
    return Effect(do.effect, {name: session.answers[name] for name in takes if name in session.answers})
