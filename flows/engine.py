"""One turn of a conversation: decided here, done elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from flows.answers import looks_private, read_answer
from flows.definition import COUNTY, Choice, Flows, Menu, Question, Say
from flows.effects import Outcome, Reply, Turn
from flows.heard import (
    URGENT_KINDS,
    Heard,
    bare_span,
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
from flows.session import Session
from flows.steps import (
    BILINGUAL,
    WELCOME,
    WELCOME_IN_ALL,
    ask_again,
    go,
    not_understood,
    resume,
    to_menu,
    walk,
)
from flows.topics import answer_in, topic_in
from flows.urgent import urgent_in

PASSING = frozenset({"now", "erase", "bye"})  # commands that are answered whatever else was sent
HEARD_AT_A_WORD = frozenset({"menu", "back", "help", "erase", "bye", "now", "start"})
# Whoever has written to somebody of an office can still say these to the line.
ALWAYS_THE_LINES = frozenset({"menu", "help", "erase", "bye", "now", "start", "withdraw"})
# What a flow may be calm about besides emergencies: there it is an answer, or nothing, but leads nowhere else.
PLACE, TOPICS = "place", "topics"
CALM_KINDS = (*URGENT_KINDS, PLACE, TOPICS)


def advance(flows: Flows, session: Session | None, heard: Heard | Outcome) -> Turn:
    """What one text leads to, or what came of an effect: new session, replies, effects.

    Heard in this order: an answer in the words of the open menu; opt-out; crisis and emergency; a command;
    a code; the open question, and where a menu does not know the text, a topic or a place. It knows no clock, no
    store and no number, and the same input gives the same turn.

    Raises:
        FlowError: the flows themselves are at fault (check refuses such flows).
    """
    if isinstance(heard, Outcome):
        return resume(flows, session or Session(), heard)
    now = _prove_language(flows, session or Session(), heard)
    return (
        _answer_in_words(flows, now, heard)
        or _opt_out(flows, now, heard)
        or _urgent(flows, now, heard)
        or _command(flows, session, now, heard)
        or _code(flows, now, heard)
        or (_first_text(flows, now, heard) if session is None else _open_question(flows, now, heard))
    )


def answers(flows: Flows, node_id: str, heard: Heard) -> bool:
    """True if this text answers this menu: a number, the words of a choice, a yes or no, an answer in own words.

    A greeting does not, and a question in own words neither.

    The line asked it in a text of its own, perhaps days ago: whoever else texts from this phone must learn nothing of it.
    """
    node = flows.graph.find(node_id)
    if not isinstance(node, Menu):
        return False
    chosen = _worded(flows, node, heard) or _numbered(flows, node, heard)
    chosen = chosen or _confirmed(flows, Session(), node, heard) or _phrased(flows, node, heard)
    return chosen is not None


def stays_with_the_line(flows: Flows, heard: Heard) -> bool:
    """True for what the line answers whoever else the person is writing with: STOP, an emergency, a code, MENU, HELP, ERASE, BYE.

    "Yes", "no" and "skip" are commands too, and are answers to whoever asked.
    """
    said = command_of(heard, flows.vocabulary)
    own = said in ALWAYS_THE_LINES or heard.text in flows.vocabulary.stops
    return own or _hears_first(flows, heard)


def _hears_first(flows: Flows, heard: Heard) -> bool:
    urgent = urgent_in(heard, flows.vocabulary) is not None
    return urgent or is_opt_out(heard, flows.vocabulary) or reference_in(heard) is not None


# --- what is heard before the open question ------------------------------------------------------


def _opt_out(flows: Flows, session: Session, heard: Heard) -> Turn | None:
    if not is_opt_out(heard, flows.vocabulary):
        return None
    return replace(walk(flows, session, flows.graph.commands["stop"]), passes=True)


def _urgent(flows: Flows, session: Session, heard: Heard) -> Turn | None:
    urgent = urgent_in(heard, flows.vocabulary)
    if urgent is None:
        return None
    language = session.language or urgent.language or flows.vocabulary.languages[0].language
    session = replace(session, language=language, guess=None)
    if urgent.kind in flows.graph.calm_at(session.node):
        return _place_said(flows, session, heard)
    target = flows.graph.urgent[urgent.kind]
    if not isinstance(flows.graph.nodes[target], Say):
        return replace(_kept(go(flows, session, target), flows, heard), passes=True)
    said = Reply(target)
    if session.node is not None and session.node not in BILINGUAL:  # there her language was not known yet
        return replace(ask_again(flows, session, said), passes=True)
    menu = walk(flows, session, flows.graph.commands["menu"])
    return replace(menu, replies=(said, *menu.replies), passes=True)


def _kept(turn: Turn, flows: Flows, heard: Heard) -> Turn:
    """Keeps the place that an emergency named ("they took my brother in Houston"): nobody asks it again."""
    place = flows.places.find(heard.text)
    if place is None or turn.session is None:
        return turn
    return replace(turn, session=_with_place(flows, turn.session, heard, place))


def _with_place(flows: Flows, session: Session, heard: Heard, place: str, save: str = "place") -> Session:
    """The session with the place that was said, and with the county of its ZIP; never with the ZIP itself."""
    told = {save: place, COUNTY: flows.places.county(heard.text) or ""}
    answers = {name: value for name, value in {**session.answers, **told}.items() if value}
    return replace(session, answers=answers)


def _place_said(flows: Flows, session: Session, heard: Heard) -> Turn | None:
    """In a flow that is calm about it, "detenido en Houston" at a menu is kept as the place, and the menu asked again.

    Never at a consent: she agrees to the office that was found for the place she saw.
    """
    node = flows.graph.find(session.node)
    if not isinstance(node, Menu):
        return None
    place = None if node.consent else flows.places.find(heard.text)
    if place is not None:
        session = _with_place(flows, session, heard, place)
    return replace(ask_again(flows, replace(session, missed=0, guess=None)), passes=True)


def _answer_in_words(flows: Flows, session: Session, heard: Heard) -> Turn | None:
    """The whole words of an open menu's choice go before all else, save an opt-out word: they were just offered.

    "Español" may be a spoken language here, "I agree, no texts" is no opt-out, "Agents at the door" no new emergency.
    """
    node = flows.graph.find(session.node)
    if not isinstance(node, Menu) or heard.text in flows.vocabulary.stops:
        return None
    worded = _worded(flows, node, heard)
    return _choose(flows, session, node, worded) if worded else None


def _worded(flows: Flows, node: Menu, heard: Heard) -> Choice | None:
    """The choice in whose words this text is; "please" and "thanks" around them change nothing, save at a consent.

    There they might: "ya esta" is "it's done", and "esta" is "this office".
    """
    start, end = bare_span(heard.words, flows.vocabulary)
    said = (heard.text,) if node.consent else (heard.text, " ".join(heard.words[start:end]))
    ways = ((text, choice) for text in said for choice in node.choices)
    return next((choice for text, choice in ways if text in words_of(choice.id, flows.vocabulary)), None)


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
    turn = replace(go(flows, session, flows.graph.commands[command]), passes=command in PASSING)
    welcomed = any(reply.message in BILINGUAL for reply in turn.replies)  # it says what the notice says
    notice = before is None and command not in PASSING and not welcomed
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
        return walk(flows, replace(session, trail=()), _way_in(session))
    return ask_again(flows, session)


def _help(flows: Flows, before: Session | None, session: Session) -> Turn:
    """The help text; the question stays open. To a first text it offers the way in as well."""
    if before is not None:
        return Turn(session, session.language, (Reply("shared.help"),), answers=session.answers, passes=True)
    welcome = walk(flows, session, _way_in(session))
    choices = welcome.replies[-1].choices if session.language else ()
    return replace(welcome, replies=(Reply("shared.help", choices),), passes=True)


def _start(flows: Flows, _: Session | None, session: Session) -> Turn:
    return walk(flows, replace(session, trail=()), _way_in(session))


def _back(flows: Flows, _: Session | None, session: Session) -> Turn:
    """The question before, if it is still there; a node of the trail may have gone with a new revision."""
    fresh = replace(session, missed=0, guess=None)
    if not session.trail or flows.graph.find(session.trail[-1]) is None:
        return walk(flows, replace(fresh, trail=()), flows.graph.commands["menu"])
    return walk(flows, replace(fresh, trail=session.trail[:-1], node=None), session.trail[-1])


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
    return go(flows, _with_code(session, code), flows.graph.commands["code"])


def _with_code(session: Session, code: str | None) -> Session:
    return replace(session, answers={**session.answers, "code": code}) if code else session


def _hint(heard: Heard, otherwise: str) -> str:
    return "shared.media" if heard.media and not heard.text else otherwise


# --- the first text ------------------------------------------------------------------------------


def _prove_language(flows: Flows, session: Session, heard: Heard) -> Session:
    if session.language is not None:
        return session
    shown = language_shown(heard, flows.vocabulary) or language_typed(heard, flows.vocabulary)
    if shown is None and (asked := topic_in(heard, flows.vocabulary)):
        shown = asked.language
    return replace(session, language=shown)


def _way_in(session: Session) -> str:
    return WELCOME if session.language else WELCOME_IN_ALL


def _first_text(flows: Flows, session: Session, heard: Heard) -> Turn:
    """The welcome; to a question in her own words its answer; to what looks like one, that its question was forgotten."""
    if session.language is not None:
        told = _topic(flows, session, heard)
        if told is None:
            return walk(flows, session, _way_in(session))
        return replace(told, replies=(Reply("shared.notice"), *told.replies))
    answer = number_of(heard, flows.vocabulary) is not None or flows.places.find(heard.text) is not None
    turn = walk(flows, session, "start.forgotten" if answer else _way_in(session))
    return replace(turn, understood=answer)


# --- the open question ---------------------------------------------------------------------------


def _open_question(flows: Flows, session: Session, heard: Heard) -> Turn:
    if session.node is None:
        told = _own_words(flows, session, heard) if session.language else None
        if told is not None:
            return told
        menu = walk(flows, session, flows.graph.commands["menu"])
        return replace(menu, understood=language_shown(heard, flows.vocabulary) is not None)
    match flows.graph.find(session.node):
        case Menu() as menu_node:
            return _hear_menu(flows, session, menu_node, heard)
        case Question() as question:
            return _hear_question(flows, session, question, heard)
        case _:
            return to_menu(flows, session, "shared.moved")


def _hear_menu(flows: Flows, session: Session, node: Menu, heard: Heard) -> Turn:
    chosen = _numbered(flows, node, heard) or _confirmed(flows, session, node, heard)
    if chosen is not None:
        return _choose(flows, session, node, chosen)
    if looks_private(heard.text):
        return ask_again(flows, session, Reply("shared.private"))
    told = None if node.consent else _at_menu_in_own_words(flows, session, node, heard)
    if told is not None:
        return told
    if node.id in BILINGUAL and session.language is not None:  # a greeting has just shown it
        return walk(flows, replace(session, trail=(), missed=0, guess=None), _way_in(session))
    guess = _guess(flows, node, heard)
    if guess is None:
        return not_understood(flows, session, Reply(_hint(heard, "shared.not_understood")))
    offered = Reply("shared.did_you_mean", mentions={"guess": guess.id})
    return replace(ask_again(flows, replace(session, guess=guess.name), offered), understood=False)


def _at_menu_in_own_words(flows: Flows, session: Session, node: Menu, heard: Heard) -> Turn | None:
    """What she answers in her own words, or asks in them."""
    answered = _phrased(flows, node, heard)
    return _choose(flows, session, node, answered) if answered else _own_words(flows, session, heard)


def _own_words(flows: Flows, session: Session, heard: Heard) -> Turn | None:
    """What nobody offered and she asks for all the same: a topic, or the rule of a place."""
    return _topic(flows, session, heard) or _typed_place(flows, session, heard)


def _topic(flows: Flows, session: Session, heard: Heard) -> Turn | None:
    """The answer to what she asks in her own words, where no answer of hers is waited for."""
    asked = topic_in(heard, flows.vocabulary)
    node = flows.graph.find(asked.node) if asked else None
    if asked is None or node is None or TOPICS in flows.graph.calm_at(session.node):
        return None
    language = session.language or asked.language or flows.vocabulary.languages[0].language
    session = replace(session, language=language)
    place = flows.places.find(heard.text)
    if isinstance(node, Question) and node.asks == "place" and place is not None:
        # "Must jails help ICE in Georgia" has answered the question already.
        return go(flows, _with_place(flows, session, heard, place, node.save), node.next)
    return go(flows, session, node.id)


def _typed_place(flows: Flows, session: Session, heard: Heard) -> Turn | None:
    """A ZIP or a state's name by itself leads to the rule there; where an office may be asked, it is kept."""
    place = flows.places.named(heard.text)
    if place is None or session.language is None:
        return None
    session = _with_place(flows, session, heard, place)
    if PLACE in flows.graph.calm_at(session.node):
        return ask_again(flows, replace(session, missed=0, guess=None))
    return go(flows, session, flows.graph.commands["place"])


def _phrased(flows: Flows, node: Menu, heard: Heard) -> Choice | None:
    """The choice that an answer in own words means. Never at a consent: nobody agrees by accident."""
    if node.consent:
        return None
    meant = answer_in(heard, flows.vocabulary, {choice.id for choice in node.choices})
    return next((choice for choice in node.choices if choice.id == meant), None)


def _numbered(flows: Flows, node: Menu, heard: Heard) -> Choice | None:
    number = number_of(heard, flows.vocabulary)
    return node.choices[number - 1] if number is not None and 1 <= number <= len(node.choices) else None


def _confirmed(flows: Flows, session: Session, node: Menu, heard: Heard) -> Choice | None:
    """A typed yes or no, where one is asked for: by choices of these names, at a consent, or after "did you mean"."""
    command = command_of(heard, flows.vocabulary)
    plain = _named(node, {"agree": "yes", "refuse": "no"}.get(command or ""))
    if plain is not None:
        return plain
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
    return go(flows, replace(session, answers=answers), choice.target)


def _hear_question(flows: Flows, session: Session, node: Question, heard: Heard) -> Turn:
    if command_of(heard, flows.vocabulary) in {"unsure", "skip"}:
        lost = {node.save, COUNTY} if node.asks == "place" else {node.save}
        answers = {name: value for name, value in session.answers.items() if name not in lost}
        return go(flows, replace(session, answers=answers), node.unsure)
    if node.asks != "phone" and looks_private(heard.text):
        return ask_again(flows, session, Reply("shared.private"))
    answer = read_answer(node.asks, flows, heard)
    if answer is None:
        return not_understood(flows, session, Reply(_hint(heard, f"shared.{node.asks}_unknown")))
    if node.asks == "place":
        return go(flows, _with_place(flows, session, heard, answer, node.save), node.next)
    return go(flows, replace(session, answers={**session.answers, node.save: answer}), node.next)
