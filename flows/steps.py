"""Going from node to node: on to the next wait, back to the open question, or to the main menu."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flows.definition import COUNTY, END, FORGET, UNKNOWN, Branch, Do, Flows, Menu, Question, Say, Set
from flows.effects import EFFECTS, Effect, Outcome, Reply, Turn
from flows.session import TRAIL, Session

LONGEST_WALK = 50  # hops between two waits; check refuses flows that could need more
WELCOME, WELCOME_IN_ALL = "start.welcome", "start.welcome_both"
BILINGUAL = frozenset({WELCOME_IN_ALL, "start.forgotten"})  # said before a language is known
HINTS = 2  # how often the same question is asked again before the main menu


class FlowError(Exception):
    """A flow that check should have refused."""


# --- saying the question again -------------------------------------------------------------------


def ask_again(flows: Flows, session: Session, *before: Reply) -> Turn:
    """The open question once more, after what has to be said before it; in her language, if it is known by now."""
    if session.language is not None and session.node in BILINGUAL:
        turn = walk(flows, replace(session, trail=()), WELCOME)
        return replace(turn, replies=(*before, *turn.replies))
    node = flows.graph.find(session.node)
    if not isinstance(node, Menu | Question):
        return to_menu(flows, session, "shared.moved")
    # Somebody whose language we don't know gets the question alone: it is its own hint, in every language.
    before = before if session.language else ()
    if before and isinstance(node, Menu) and not node.consent:
        # Its text stands above on her screen, and was paid for once: the choices are enough. A consent is read whole.
        asked = (
            *before[:-1],
            replace(_asked(node), message=before[-1].message, mentions=before[-1].mentions),
        )
    else:
        asked = (*before, _asked(node))
    return Turn(session, session.language, asked, answers=session.answers)


def not_understood(flows: Flows, session: Session, hint: Reply) -> Turn:
    """The same question with a hint, twice, and then a way on."""
    missed = session.missed + 1
    if missed <= HINTS:
        turn = ask_again(flows, replace(session, missed=missed, guess=None), hint)
    else:
        turn = _lost(flows, session)
    return replace(turn, understood=False)


def _lost(flows: Flows, session: Session) -> Turn:
    """After the last hint: where the question says, else the main menu.

    Somebody whose language we don't know may speak one that we don't write: the number where a person answers.
    """
    node = flows.graph.find(session.node)
    if session.language is None:
        return go(flows, session, flows.graph.commands["languages"])
    if isinstance(node, Question) and node.lost is not None:
        return go(flows, session, node.lost)
    return to_menu(flows, session, "shared.lost")


def to_menu(flows: Flows, session: Session, why: str) -> Turn:
    """The main menu, after the reason for it; where all is said in every language, without it."""
    fresh = replace(session, node=None, trail=(), missed=0, guess=None)
    turn = walk(flows, fresh, flows.graph.commands["menu"])
    return replace(turn, replies=(Reply(why), *turn.replies)) if session.language else turn


def _asked(node: Menu | Question) -> Reply:
    choices = tuple(choice.id for choice in node.choices) if isinstance(node, Menu) else ()
    return Reply(node.id, choices, node.footer)


# --- walking -------------------------------------------------------------------------------------


def go(flows: Flows, session: Session, target: str) -> Turn:
    """Walks on from an understood answer, and remembers the node that was left, for BACK."""
    trail = session.trail
    if session.node is not None and (not trail or trail[-1] != session.node):
        trail = (*trail, session.node)[-TRAIL:]
    return walk(flows, replace(session, trail=trail, missed=0, guess=None), target)


def resume(flows: Flows, session: Session, outcome: Outcome) -> Turn:
    """Walks on from a `do` node by what came of its effect.

    A `language` among its answers is that of the person where it was forgotten; an empty answer takes one back.
    """
    node = flows.graph.find(session.node)
    if not isinstance(node, Do) or outcome.name not in node.outcomes:
        raise FlowError(f"outcome {outcome.name!r} came to {session.node!r}, which does not wait for it")
    language = session.language or outcome.answers.get("language")
    told = {name: value for name, value in outcome.answers.items() if name != "language"}
    answers = {name: value for name, value in {**session.answers, **told}.items() if value}
    return walk(flows, replace(session, answers=answers, language=language), node.outcomes[outcome.name])


def walk(flows: Flows, session: Session, target: str) -> Turn:
    """Goes from node to node, saying what is to be said, up to the next wait, effect or end."""
    replies: list[Reply] = []
    for _ in range(LONGEST_WALK):
        if target == flows.graph.commands.get("menu") and session.language is None:
            target = WELCOME_IN_ALL  # two long menus, one under the other, would be too much
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
    told = {COUNTY: "", **answers} if "place" in answers else answers  # another place, another county
    known = {**session.answers, **{name: value for name, value in told.items() if name != "language"}}
    # An empty value takes the answer back.
    return replace(
        session, language=language, answers={name: value for name, value in known.items() if value}
    )


def _read(flows: Flows, session: Session, on: str) -> str:
    saved, _, what = on.partition(".")
    if what:
        return flows.places.read(session.answers, saved, what)
    return session.answers.get(saved) or UNKNOWN


def _effect(session: Session, do: Do) -> Effect:
    _, takes = EFFECTS[do.effect]
    return Effect(do.effect, {name: session.answers[name] for name in takes if name in session.answers})
