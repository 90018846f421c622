"""What makes a draft's flows unfit to be published, found without walking them with anybody. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from flows.definition import END, FORGET, UNKNOWN, Branch, Do, Graph, Menu, Node, Question, Say, Set
from flows.effects import EFFECTS
from flows.engine import BILINGUAL, LONGEST_WALK
from flows.heard import COMMANDS, URGENT_KINDS, Vocabulary, fold, words_of
from flows.loader import FlowFault, FlowFiles
from flows.phrases import PhraseError, parse

BLOCKS: Mapping[str, str] = {
    "missing-node": "a target, a start or a node that the engine counts on is not there",
    "bad-name": "a flow, node or choice has a name that cannot be a message id, or that means something else",
    "no-fallback": "a question's `unsure` leads back to the question itself",
    "loop-without-wait": "nodes lead to one another in a circle and never wait for the person",
    "walk-too-long": "more steps or effects between two waits than one turn takes",
    "unknown-effect": "a `do` names an effect that does not exist",
    "unknown-outcome": "a `do` routes an outcome that its effect never has",
    "unrouted-outcome": "a `do` does not say where an outcome leads",
    "unknown-command": "start.yaml routes a command that does not exist",
    "missing-command": "start.yaml does not route a command that people may type",
    "unknown-urgent": "an urgent kind that does not exist is routed or called calm",
    "missing-urgent": "start.yaml does not route a kind of emergency",
    "misplaced-commands": "commands or urgent kinds stand in another file than start.yaml",
    "unknown-case": "a branch has a case for a value that cannot occur",
    "unknown-answer": "an answer is saved, set or read that nothing reads or saves",
    "unknown-value": "a `set` gives an answer a value that nobody knows",
    "free-text-purpose": "free text is asked without a purpose and a life span",
    "referral-without-consent": "a way leads to a request without the person's consent just before",
    "consent-without-choices": "a consent menu lacks the choices `agree` and `refuse`",
    "renamed-still-there": "`renamed_from` names a node that is still there",
    "reserved-word": "a choice can be answered with a word that the carrier or the opt-out takes first",
    "word-clash": "a word means two things at once",
    "bad-phrase": "a phrase of the words files cannot be read",
    "orphan-words": "words are listed for a choice that is not there",
}
WARNS: Mapping[str, str] = {
    "unreachable": "no way leads to a node",
    "dead-end": "a place that offers no way on",
}

# What the carrier answers itself (Twilio's default opt-out, opt-in and help words), so that no choice may use it.
# Source: twilio.com/docs/messaging/tutorials/advanced-opt-out
RESERVED = frozenset(
    {"stop", "end", "cancel", "quit", "revoke", "optout", "unsubscribe", "stopall"}
    | {"start", "yes", "unstop", "help", "info"}
)
MOST_DOS = 3  # effects in one turn: the shell of a turn (app/conversation.py) gives up at the next
MOST_WALKS = 2000  # ways from one start that are looked at; no flow of ours comes near

# The engine answers these itself; every other command, the opt-out and a typed code need a way in start.yaml.
_ENGINES_OWN = frozenset({"start", "back", "help", "unsure", "skip", "agree", "refuse"})
ROUTED = frozenset({*COMMANDS, "stop", "code"}) - _ENGINES_OWN
WAYS_IN = ("start.welcome", *sorted(BILINGUAL))
# At a menu these are no commands, so that a choice may be called "Not sure".
_OF_QUESTIONS = frozenset({"unsure", "skip"})
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NOT_A_NODE = frozenset({END, FORGET})
# A command is answered by the open menu's choice of its name; these must mean the same everywhere.
_NOT_A_CHOICE = frozenset({UNKNOWN, "start", "help", "erase", "bye", "stop"})


@dataclass(frozen=True)
class Known:
    """What the flows may count on outside themselves."""

    rules: frozenset[str]
    places: frozenset[str]
    languages: frozenset[str]


@dataclass(frozen=True)
class Clash:
    """A word that means two things; `part` is the choice, or `command.<name>` and the like, it was written for."""

    code: str
    part: str
    word: str
    what: str
    mend: str


@dataclass(frozen=True)
class Walk:
    """What one turn says: the `says` on the way, and the node where it waits (or END, or FORGET)."""

    says: tuple[str, ...]
    end: str
    sets_language: bool = False


def check_flows(files: FlowFiles, graph: Graph, known: Known) -> tuple[FlowFault, ...]:
    """Everything that is wrong with the flows themselves, in no order."""
    return tuple(
        fault
        for found in (
            _targets(files, graph),
            _renamed(files, graph),
            _names(files),
            _commands(files, graph),
            _nodes(files, graph, known),
            _free_text(files),
            _answers(files, graph),
            _loops(files, graph),
            _lengths(files, graph),
            _consents(files, graph),
            _unreachable(files, graph),
            _dead_ends(files, graph),
        )
        for fault in found
    )


# --- ways ----------------------------------------------------------------------------------------


def entries(graph: Graph) -> dict[str, str]:
    """What a conversation can begin or go on with wherever it is: what is said or done, to the node it leads to."""
    return {
        **{f"the command {name!r}": target for name, target in graph.commands.items()},
        **{f"the emergency {kind!r}": target for kind, target in graph.urgent.items()},
        **{f"a first text ({name})": name for name in WAYS_IN},
    }


def walks(graph: Graph, start: str) -> Iterator[Walk]:
    """Every way from `start` to the next wait or rest; the ways that go in a circle are left out."""
    open_ways: list[tuple[str, tuple[str, ...], tuple[str, ...], bool]] = [(start, (), (), False)]
    for _ in range(MOST_WALKS):
        if not open_ways:
            return
        at, passed, says, language = open_ways.pop()
        node = graph.find(at)
        if node is None or isinstance(node, Menu | Question):
            if node is not None or at in {END, FORGET}:
                yield Walk(says, node.id if node else at, language)
            continue
        if isinstance(node, Say):
            says = (*says, node.id)
        elif isinstance(node, Set):
            language = language or "language" in node.answers
        passed = (*passed, at)
        open_ways += [
            (target, passed, says, language)
            for target in dict.fromkeys(node.targets())
            if target not in passed
        ]


def turns(graph: Graph) -> tuple[Walk, ...]:
    """What any turn can say, each once."""
    starts = dict.fromkeys(
        (
            *entries(graph).values(),
            *(target for node in graph.nodes.values() if _waits(node) for target in node.targets()),
        )
    )
    return tuple(dict.fromkeys(walk for start in starts for walk in walks(graph, start)))


def _waits(node: Node) -> bool:
    return isinstance(node, Menu | Question)


# --- targets and names ---------------------------------------------------------------------------


def _links(graph: Graph) -> Iterator[tuple[str, str]]:
    """Every part of a file that names a target, and the target."""
    yield from graph.starts.items()
    yield from ((f"start.commands.{name}", target) for name, target in graph.commands.items())
    yield from ((f"start.urgent.{kind}", target) for kind, target in graph.urgent.items())
    for node in graph.nodes.values():
        yield from _links_of(node)


def _links_of(node: Node) -> Iterator[tuple[str, str]]:
    match node:
        case Menu(choices=choices):
            yield from ((choice.id, choice.target) for choice in choices)
        case Do(outcomes=ways):
            yield from ((f"{node.id}.{name}", target) for name, target in ways.items())
        case Branch(cases=ways, otherwise=otherwise):
            yield from ((f"{node.id}.{name}", target) for name, target in ways.items())
            yield node.id, otherwise
        case _:
            yield from ((node.id, target) for target in node.targets())


def _targets(files: FlowFiles, graph: Graph) -> Iterator[FlowFault]:
    for part, target in dict.fromkeys(_links(graph)):
        if target not in {END, FORGET} and graph.find(target) is None:
            what = f"{part} leads to {target}, and there is no such node."
            mend = f"Write the node {target}, or lead to one that is there (or to end)."
            yield FlowFault("missing-node", files.where(part), what, mend)
    for name in WAYS_IN:
        if not isinstance(graph.find(name), Menu):
            what = f"there is no menu {name}, which answers a first text."
            mend = f"Write the node {name.split('.')[1]} as a menu in start.yaml."
            yield FlowFault("missing-node", files.where(name), what, mend)


def _renamed(files: FlowFiles, graph: Graph) -> Iterator[FlowFault]:
    for old, new in graph.renamed.items():
        if new not in graph.nodes:
            what = f"renamed_from says that {old} is now {new}, and there is no such node."
            yield FlowFault("missing-node", files.where(new), what, f"Give the new name of {old}.")
        if old in graph.nodes:
            what = (
                f"renamed_from says that {old} is now {new}, but {old} is still there and would be passed by."
            )
            yield FlowFault("renamed-still-there", files.where(old), what, "Take away the one or the other.")


def _names(files: FlowFiles) -> Iterator[FlowFault]:
    for part, name, taken in _named(files):
        if name in taken:
            what = f"{part}: the name {name!r} has a meaning of its own."
            yield FlowFault("bad-name", files.where(part), what, "Give it another name.")
        elif not _NAME.fullmatch(name):
            what = f"{part}: {name!r} cannot be part of a message id."
            mend = "Use small letters, digits and _, starting with a letter."
            yield FlowFault("bad-name", files.where(part), what, mend)


def _named(files: FlowFiles) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Every part that has a name, the name as it is written, and the names it may not have."""
    for flow, document in files.documents.items():
        yield flow, flow, frozenset()
        for name, written in document["nodes"].items():
            yield f"{flow}.{name}", name, _NOT_A_NODE
            for choice in written.get("menu") or ():
                yield f"{flow}.{name}.{choice}", choice, _NOT_A_CHOICE


# --- commands and emergencies --------------------------------------------------------------------


def _commands(files: FlowFiles, graph: Graph) -> Iterator[FlowFault]:
    yield from _routed(files, "command", graph.commands, ROUTED)
    yield from _routed(files, "urgent", graph.urgent, frozenset(URGENT_KINDS))
    for flow, kinds in graph.calm.items():
        for kind in sorted(kinds - set(URGENT_KINDS)):
            what = f"the flow {flow} is calm about {kind!r}, which is no kind of emergency."
            yield FlowFault("unknown-urgent", files.where(flow), what, _one_of(URGENT_KINDS))
    for flow, document in files.documents.items():
        for kind in ("commands", "urgent"):
            if flow != "start" and document.get(kind):
                what = f"the flow {flow} has `{kind}`, which hold for all flows."
                mend = "Move them to start.yaml, where everybody looks for them."
                yield FlowFault("misplaced-commands", files.where(flow), what, mend)


def _routed(
    files: FlowFiles, what: str, ways: Mapping[str, str], known: Collection[str]
) -> Iterator[FlowFault]:
    section = "commands" if what == "command" else "urgent"
    for name in ways:
        if name not in known:
            said = f"{section} has {name!r}, for which there is nothing to route."
            yield FlowFault(
                f"unknown-{what}", files.where(f"start.{section}.{name}"), said, _one_of(sorted(known))
            )
    for name in sorted(set(known) - set(ways)):
        said = f"{section} does not say where {name!r} leads."
        mend = f"Add a line `{name}: node` under {section} in start.yaml."
        yield FlowFault(f"missing-{what}", files.where("start"), said, mend)


def _one_of(names: Collection[str]) -> str:
    return f"Write one of: {', '.join(names)}."


# --- nodes, each for itself ----------------------------------------------------------------------


def _nodes(files: FlowFiles, graph: Graph, known: Known) -> Iterator[FlowFault]:
    for node in graph.nodes.values():
        match node:
            case Do():
                yield from _do(files, node)
            case Question():
                yield from _question(files, graph, node)
            case Menu():
                yield from _consent_menu(files, node)
            case Branch():
                yield from _branch(files, graph, known, node)
            case Set():
                yield from _set(files, graph, known, node)


def _do(files: FlowFiles, node: Do) -> Iterator[FlowFault]:
    if node.effect not in EFFECTS:
        what = f"{node.id} has {node.effect!r} done, which nothing can do."
        yield FlowFault("unknown-effect", files.where(node.id), what, _one_of(sorted(EFFECTS)))
        return
    outcomes, _ = EFFECTS[node.effect]
    for name in sorted(set(node.outcomes) - outcomes):
        what = f"{node.id} routes the outcome {name!r}, which {node.effect} never has."
        yield FlowFault("unknown-outcome", files.where(f"{node.id}.{name}"), what, _one_of(sorted(outcomes)))
    for name in sorted(outcomes - set(node.outcomes)):
        what = f"{node.id} does not say where the outcome {name!r} of {node.effect} leads."
        yield FlowFault(
            "unrouted-outcome", files.where(node.id), what, f"Add a line `{name}: node` under its outcomes."
        )


def _question(files: FlowFiles, graph: Graph, node: Question) -> Iterator[FlowFault]:
    if {walk.end for walk in walks(graph, node.unsure)} == {node.id}:
        what = f"{node.id} asks the same again of somebody who is not sure."
        mend = "Let `unsure` lead to a node that goes on without the answer."
        yield FlowFault("no-fallback", files.where(node.id), what, mend)


def _free_text(files: FlowFiles) -> Iterator[FlowFault]:
    """A graph knows nothing of purposes: they are there for those who read the file."""
    for flow, document in files.documents.items():
        for name, written in document["nodes"].items():
            missing = [key for key in ("purpose", "life") if not str(written.get(key, "")).strip()]
            if written.get("question") == "word" and missing:
                part = f"{flow}.{name}"
                what = f"{part} asks for free text and does not say its {' and its '.join(missing)}."
                mend = "Add `purpose:` (what it is for) and `life:` (how long it is kept)."
                yield FlowFault("free-text-purpose", files.where(part), what, mend)


def _consent_menu(files: FlowFiles, node: Menu) -> Iterator[FlowFault]:
    missing = sorted({"agree", "refuse"} - {choice.name for choice in node.choices})
    if node.consent and missing:
        what = f"the consent {node.id} has no choice {' and no choice '.join(missing)}."
        mend = "Add it: a typed yes or no is understood as these two."
        yield FlowFault("consent-without-choices", files.where(node.id), what, mend)


def _branch(files: FlowFiles, graph: Graph, known: Known, node: Branch) -> Iterator[FlowFault]:
    possible = _possible(graph, known, node.on)
    if possible is None:
        what = f"{node.id} branches on {node.on!r}, which nothing saves."
        mend = (
            "Branch on an answer that a menu, a question or a set saves, or on place.rule or place.certain."
        )
        yield FlowFault("unknown-answer", files.where(node.id), what, mend)
        return
    for case in node.cases:
        if case not in possible:
            what = f"{node.id} has the case {case!r}, which {node.on} can never be."
            yield FlowFault("unknown-case", files.where(f"{node.id}.{case}"), what, _one_of(sorted(possible)))


def _possible(graph: Graph, known: Known, on: str) -> frozenset[str] | None:
    """What a branch can meet; None for something that no node saves."""
    saved, _, what = on.partition(".")
    if what:
        of_places = {"rule": known.rules, "certain": frozenset({"yes", "no"})}.get(what)
        return of_places | {UNKNOWN} if of_places and saved in _asked(graph, "place") else None
    values = {value for name, value in _saved(graph) if name == saved}
    values |= known.places if saved in _asked(graph, "place") else set()
    # A code is typed, by no question of ours: a branch can only ask whether there was one.
    return frozenset({*values, UNKNOWN}) if values or saved == "code" else None


def _asked(graph: Graph, asks: str) -> frozenset[str]:
    """The answers that questions of this kind save."""
    return frozenset(
        node.save for node in graph.nodes.values() if isinstance(node, Question) and node.asks == asks
    )


def _saved(graph: Graph) -> Iterator[tuple[str, str]]:
    """Every answer and value that a menu or a set can save."""
    for node in graph.nodes.values():
        if isinstance(node, Menu) and node.save:
            yield from ((node.save, choice.name) for choice in node.choices)
        elif isinstance(node, Set):
            yield from node.answers.items()


def _set(files: FlowFiles, graph: Graph, known: Known, node: Set) -> Iterator[FlowFault]:
    for name, value in node.answers.items():
        possible = _settable(graph, known, name)
        if possible and value not in possible:
            what = f"{node.id} sets {name} to {value!r}, which nobody knows."
            yield FlowFault("unknown-value", files.where(node.id), what, _one_of(sorted(possible)))


def _settable(graph: Graph, known: Known, name: str) -> frozenset[str]:
    """The values a `set` may give, where they are known: a menu's choices, a state, a language."""
    if name == "language":
        return known.languages | {"other"}
    of_menus = {
        choice.name
        for node in graph.nodes.values()
        if isinstance(node, Menu) and node.save == name
        for choice in node.choices
    }
    of_places = known.places if name in _asked(graph, "place") else frozenset()
    return frozenset({*of_menus, *of_places, UNKNOWN}) if of_menus or of_places else frozenset()


def _answers(files: FlowFiles, graph: Graph) -> Iterator[FlowFault]:
    """Answers that are saved and that no branch and no effect ever reads: nearly always a typing error."""
    read = {answer for _, takes in EFFECTS.values() for answer in takes} | {"language"}
    read |= {node.on.partition(".")[0] for node in graph.nodes.values() if isinstance(node, Branch)}
    for node in graph.nodes.values():
        if isinstance(node, Menu | Question):
            names: tuple[str, ...] = (node.save,) if node.save else ()
        else:
            names = tuple(node.answers) if isinstance(node, Set) else ()
        for name in names:
            if name not in read:
                what = f"{node.id} saves the answer {name!r}, and nothing reads it."
                yield FlowFault("unknown-answer", files.where(node.id), what, _one_of(sorted(read)))


# --- loops and lengths ---------------------------------------------------------------------------


def _loops(files: FlowFiles, graph: Graph) -> Iterator[FlowFault]:
    told: set[str] = set()
    for node in graph.nodes.values():
        circle = () if _waits(node) or node.id in told else _circle(graph, node.id)
        if circle:
            told |= set(circle)
            what = f"{' -> '.join((*circle, node.id))} goes in a circle and never waits for the person."
            mend = "Put a menu or a question in it, or lead one of them elsewhere."
            yield FlowFault("loop-without-wait", files.where(node.id), what, mend)


def _circle(graph: Graph, start: str) -> tuple[str, ...]:
    """The nodes of a way from `start` back to it without a wait; nothing if there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        node = graph.find(way[-1])
        if node is None or _waits(node):
            continue
        if start in node.targets():
            return way
        fresh = [target for target in node.targets() if target not in seen]
        seen.update(fresh)
        ways += [(*way, target) for target in fresh]
    return ()


def _lengths(files: FlowFiles, graph: Graph) -> Iterator[FlowFault]:
    """Walks with more hops, or more effects, than a turn takes; told where such a walk begins."""
    for kind, most, counts in (("steps", LONGEST_WALK - 1, Node), ("effects", MOST_DOS, Do)):
        known: dict[str, int] = {}
        for part, target in dict.fromkeys(_links(graph)):
            holder = graph.nodes.get(part.rsplit(".", 1)[0]) or graph.nodes.get(part)
            if holder is not None and not _waits(holder):
                continue
            length = _longest(graph, target, counts, known)
            if length > most:
                what = f"{part} leads to {length} {kind} in one turn; at most {most} are taken."
                mend = "Put a menu or a question on the way, or make the way shorter."
                yield FlowFault("walk-too-long", files.where(part), what, mend)


def _longest(graph: Graph, start: str, counts: object, known: dict[str, int]) -> int:
    """The most nodes of a kind on a way from here to a wait; what goes in a circle counts once."""
    if start in known:
        return known[start]
    node = graph.find(start)
    if node is None or _waits(node):
        return 0
    known[start] = 0  # ends a circle, which has a fault of its own
    own = int(counts is Node or isinstance(node, Do))
    known[start] = own + max((_longest(graph, target, counts, known) for target in node.targets()), default=0)
    return known[start]


# --- consent -------------------------------------------------------------------------------------


def _consents(files: FlowFiles, graph: Graph) -> Iterator[FlowFault]:
    for node in graph.nodes.values():
        if isinstance(node, Do) and node.effect == "request_referral":
            for way in _ways_without_consent(graph, node.id):
                what = f"{node.id} sends a request, and {way} leads to it without a consent in between."
                mend = (
                    "Let only the `agree` choices of a menu with `consent: true` lead to it, without a wait."
                )
                yield FlowFault("referral-without-consent", files.where(node.id), what, mend)


def _ways_without_consent(graph: Graph, request: str) -> Iterator[str]:
    """Backwards from the request through everything that does not wait: what comes before must be a consent."""
    open_ends, seen = [request], {request}
    while open_ends:
        at = open_ends.pop()
        yield from (name for name, target in entries(graph).items() if target == at)
        for node in graph.nodes.values():
            if at not in node.targets():
                continue
            if isinstance(node, Menu):
                yield from (
                    choice.id
                    for choice in node.choices
                    if choice.target == at and not _agrees(node, choice.name)
                )
            elif isinstance(node, Question):
                yield node.id
            elif node.id not in seen:
                seen.add(node.id)
                open_ends.append(node.id)


def _agrees(menu: Menu, choice: str) -> bool:
    return menu.consent and (choice == "agree" or choice.startswith("agree_"))


# --- what is left over ---------------------------------------------------------------------------


def _unreachable(files: FlowFiles, graph: Graph) -> Iterator[FlowFault]:
    open_ends = list(entries(graph).values())
    reached: set[str] = set()
    while open_ends:
        node = graph.find(open_ends.pop())
        if node is not None and node.id not in reached:
            reached.add(node.id)
            open_ends += node.targets()
    for name in graph.nodes:
        if name not in reached:
            what = f"no way leads to {name}."
            yield FlowFault("unreachable", files.where(name), what, "Lead a choice to it, or take it away.")


def _dead_ends(files: FlowFiles, graph: Graph) -> Iterator[FlowFault]:
    for node in graph.nodes.values():
        if not isinstance(node, Menu | Question):
            continue
        ends = {walk.end for target in node.targets() for walk in walks(graph, target)}
        if ends == {node.id}:
            what = f"every answer to {node.id} leads back to it."
            yield FlowFault("dead-end", files.where(node.id), what, "Give it a choice that leads on.")


# --- words ---------------------------------------------------------------------------------------


def check_word_lists(
    named: Mapping[str, Mapping[str, tuple[str, ...]]],
    phrases: Mapping[str, tuple[str, ...]],
    choices: Collection[str],
) -> Iterator[Clash]:
    """What one language's words file calls by names nobody knows, and its phrases that cannot be read.

    `named` are its lists by name of command, of emergency and of choice; `phrases` its lists of phrases. The part of a
    fault is the section and the key, with a colon between them.
    """
    for section, known, code in (
        ("commands", COMMANDS, "unknown-command"),
        ("urgent", URGENT_KINDS, "unknown-urgent"),
        ("choices", choices, "orphan-words"),
    ):
        for name in named[section]:
            if name not in known:
                what = f"{section} lists words for {name!r}, which does not exist."
                mend = (
                    "Write the id of a choice, flow.node.choice." if section == "choices" else _one_of(known)
                )
                yield Clash(code, f"{section}:{name}", "", what, mend)
    for name, written in phrases.items():
        part = f"urgent:{name}" if name in named["urgent"] else name
        for phrase in written:
            try:
                parse(phrase, fold)
            except PhraseError as error:
                yield Clash("bad-phrase", part, phrase, f"{name}: a phrase cannot be read.", str(error))


def check_words(graph: Graph, vocabulary: Vocabulary) -> Iterator[Clash]:
    """Words that mean two things, wherever they are typed; labels are among the words of their choices."""
    yield from _global_clashes(vocabulary)
    for node in graph.nodes.values():
        if isinstance(node, Menu):
            yield from _menu_clashes(graph, vocabulary, node)


def _global_words(vocabulary: Vocabulary) -> Iterator[tuple[str, str, str]]:
    """Every word that is understood everywhere: what it means, the part of the words file, and the word."""
    for words in vocabulary.languages:
        for word in words.stop:
            yield "an opt-out word", f"{words.language}.stop", word
        for command, typed in words.commands.items():
            yield from (
                (f"the command {command!r}", f"{words.language}.commands.{command}", one) for one in typed
            )
        for word, number in words.numbers.items():
            yield f"the number {number}", f"{words.language}.numbers", word
        for word in words.names:
            yield f"the language {words.language!r}", f"{words.language}.names", word


def _global_clashes(vocabulary: Vocabulary) -> Iterator[Clash]:
    meanings: dict[str, str] = {fold(word): "an opt-out word" for word in vocabulary.stop}
    for meaning, part, word in _global_words(vocabulary):
        folded = fold(word) or word
        first = meanings.setdefault(folded, meaning)
        if first != meaning:
            what = f"{word!r} is {meaning}, and {first} as well."
            yield Clash("word-clash", part, word, what, "Take it out of one of the two.")


def _menu_clashes(graph: Graph, vocabulary: Vocabulary, menu: Menu) -> Iterator[Clash]:
    taken: dict[str, str] = {}
    for choice in menu.choices:
        for word in sorted(words_of(choice.id, vocabulary)):
            first = taken.setdefault(word, choice.id)
            if first != choice.id:
                what = f"{word!r} answers {choice.id}, and {first} of the same menu as well."
                yield Clash("word-clash", choice.id, word, what, "Say one of them in another way.")
            if word in RESERVED or word in vocabulary.stops:
                what = f"{word!r} answers {choice.id}, but it is a word to leave, come back or get help with."
                yield Clash("reserved-word", choice.id, word, what, "Say the choice in another way.")
            elif meaning := _means_elsewhere(graph, vocabulary, menu, choice.name, word):
                what = f"{word!r} answers {choice.id}, and is {meaning} everywhere."
                yield Clash("word-clash", choice.id, word, what, "Say the choice in another way.")


def _means_elsewhere(graph: Graph, vocabulary: Vocabulary, menu: Menu, choice: str, word: str) -> str | None:
    """What else a choice's word means. A language's name may be one: an open menu's words go before commands."""
    if word.isdecimal() and len(word) <= 2:
        return "a number to choose with"
    if word in vocabulary.numbers:
        return f"the number {vocabulary.numbers[word]}"
    command = vocabulary.commands.get(word)
    if command is None or command == "languages" or command in _OF_QUESTIONS:
        return None
    target = next(each.target for each in menu.choices if each.name == choice)
    same_way = graph.commands.get(command) == target or choice == command
    return None if same_way else f"the command {command!r}"
