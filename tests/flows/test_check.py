"""Every fault of flows and of typed words that check knows, each with a file that has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.check import BLOCKS, WARNS
from flows.effects import MOST_EFFECTS
from tests.drafts import Case, Draft, Edit, Text, findings

START, ASK, EN, ES = "flows/start.yaml", "flows/ask.yaml", "messages/words/en.yaml", "messages/words/es.yaml"


def start(old: str, new: str) -> Edit:
    return Edit(START, old, new)


def ask(old: str, new: str) -> Edit:
    return Edit(ASK, old, new)


# So many sets and dos in a row that one turn does not take them.
STEPS = "".join(f"  s{n}:\n    set: {{held: held}}\n    next: s{n + 1}\n" for n in range(50))
DOS = "".join(f"  d{n}:\n    do: opt_out\n    outcomes: {{done: d{n + 1}}}\n" for n in range(MOST_EFFECTS))
AT_SENT = "  sent: {say: , next: end}\n"

CASES = [
    Case(
        "missing-node",
        (ask("      none: start.call\n", "      none: start.cal\n"),),
        *(ASK, "none: start.cal\n"),
        *("ask.find.none leads to start.cal, and there is no such node", "Write the node start.cal"),
    ),
    Case(
        "missing-node",
        (start("  now: topics", "  now: topic"),),
        *(START, "  now: topic"),
        *("start.commands.now leads to start.topic", "Write the node start.topic"),
    ),
    Case(
        "missing-node",
        (start("  welcome:\n    menu: {topics: topics}", "  welcome:\n    say:\n    next: topics"),),
        *(START, "welcome:\n    say"),
        *("no menu start.welcome", "as a menu in start.yaml"),
        also=("orphan-message",),
    ),
    Case(
        "missing-node",
        (start("nodes:\n", "renamed_from: {menu: topic}\nnodes:\n"),),
        *(START, "flow: start"),
        *("start.menu is now start.topic", "Give the new name of start.menu"),
    ),
    Case(
        "renamed-still-there",
        (start("nodes:\n", "renamed_from: {call: topics}\nnodes:\n"),),
        *(START, "call: {say"),
        *("start.call is still there", "Take away the one or the other"),
        also=("unreachable",),
    ),
    Case(
        "bad-name",
        (start("      call: call", "      help: call"), Text("start.topics.help", "Talk", "Hablar")),
        *(START, "help: call"),
        *("start.topics.help: the name 'help' has a meaning of its own", "another name"),
        also=("orphan-message",),
    ),
    Case(
        "bad-name",
        (start("  call: {say", "  Call-us: {say"), start("  erase: call", "  erase: Call-us")),
        *(START, "Call-us: {say"),
        *("'Call-us' cannot be part of a message id", "small letters"),
        also=("missing-node", "message-missing", "orphan-message"),
    ),
    Case(
        "no-fallback",
        (ask("    unsure: held", "    unsure: place"),),
        *(ASK, "place:\n    question"),
        *("ask.place asks the same again of somebody who is not sure", "`unsure`"),
    ),
    Case(
        "loop-without-wait",
        (ask("  strict: {say: , next: held}", "  strict: {say: , next: rule}"),),
        *(ASK, "rule:\n    branch"),
        *("ask.rule -> ask.strict -> ask.rule goes in a circle", "a menu or a question"),
    ),
    Case(
        "walk-too-long",
        (ask("    unsure: held", "    unsure: s0"), ask(AT_SENT, f"{AT_SENT}{STEPS}  s50: {{set: {{held: held}}, next: held}}\n")),
        *(ASK, "place:\n    question"),
        *("ask.place leads to 51 steps in one turn", "a menu or a question"),
    ),
    Case(
        "walk-too-long",
        (ask("    unsure: held", "    unsure: d0"), ask(AT_SENT, f"{AT_SENT}{DOS}  d{MOST_EFFECTS}:\n    do: erase\n    outcomes: {{erased: held, open: held}}\n")),
        *(ASK, "place:\n    question"),
        *("ask.place leads to 4 effects in one turn; at most 3", "a menu or a question"),
    ),
    Case(
        "unknown-effect",
        (ask("do: find_office", "do: find_ofice"),),
        *(ASK, "find:\n    do"),
        *("ask.find has 'find_ofice' done", "find_office"),
    ),
    Case(
        "unknown-outcome",
        (ask("      none: start.call\n", "      none: start.call\n      maybe: start.call\n"),),
        *(ASK, "maybe: start.call"),
        *("ask.find routes the outcome 'maybe', which find_office never has", "found, found_more, none"),
    ),
    Case(
        "unrouted-outcome",
        (ask("      none: start.call\n", ""),),
        *(ASK, "find:\n    do"),
        *("ask.find does not say where the outcome 'none' of find_office leads", "`none: node`"),
    ),
    Case(
        "unknown-command",
        (start("  now: topics", "  now: topics\n  nwo: topics"),),
        *(START, "  nwo: topics"),
        *("commands has 'nwo'", "now"),
    ),
    Case(
        "unknown-command",
        (Edit(EN, "  menu: [menu, topics]", "  manu: [menu, topics]"),),
        *(EN, "  manu"),
        *("words for 'manu', which does not exist", "menu"),
    ),
    Case(
        "missing-command",
        (start("  now: topics\n", ""),),
        *(START, "flow: start"),
        *("does not say where 'now' leads", "`now: node`"),
    ),
    Case(
        "unknown-urgent",
        (start("  raid: topics", "  raid: topics\n  fire: topics"),),
        *(START, "  fire: topics"),
        *("urgent has 'fire'", "danger"),
    ),
    Case(
        "unknown-urgent",
        (ask("calm: [held]", "calm: [help]"),),
        *(ASK, "flow: ask"),
        *("the flow ask is calm about 'help'", "held"),
    ),
    Case(
        "unknown-urgent",
        (Edit(ES, "stop: [alto]", "stop: [alto]\nurgent:\n  fuego: [hay fuego]"),),
        *(ES, "  fuego"),
        *("words for 'fuego'", "danger"),
    ),
    Case(
        "unknown-command",
        (start("  place: ask.rule", "  place: call"),),
        *(START, "  place: call"),
        *("leads a typed place to start.call", "a branch on place.rule"),
    ),
    Case(
        "orphan-words",
        (Edit(EN, "avoid:", "topics:\n  ask.consent: [what do you send]\navoid:"),),
        *(EN, "  ask.consent"),
        *("topics lists words for 'ask.consent'", "no consent"),
    ),
    Case(
        "orphan-words",
        (Edit(EN, "avoid:", "topics:\n  ask.strikt: [what is strict]\navoid:"),),
        *(EN, "  ask.strikt"),
        *("topics lists words for 'ask.strikt'", "flow.node"),
    ),
    Case(
        "orphan-words",
        (Edit(EN, "avoid:", "answers:\n  ask.consent.agree: [send it then]\navoid:"),),
        *(EN, "  ask.consent.agree"),
        *("answers lists words for 'ask.consent.agree'", "nobody agrees by accident"),
    ),
    Case(
        "orphan-words",
        (Edit(EN, "avoid:", "answers:\n  start.topics.kall: [call me]\navoid:"),),
        *(EN, "  start.topics.kall"),
        *("answers lists words for 'start.topics.kall'", "flow.node.choice"),
    ),
    Case(
        "bad-phrase",
        (Edit(EN, "avoid:", "answers:\n  start.topics.call: [call (me]\navoid:"),),
        *(EN, "call (me"),
        *("a phrase cannot be read", "(one|two)"),
    ),
    Case(
        "bad-phrase",
        (Edit(EN, "avoid:", "topics:\n  ask.strict: [what is (strict]\navoid:"),),
        *(EN, "what is (strict"),
        *("a phrase cannot be read", "(one|two)"),
    ),
    Case(
        "missing-urgent",
        (start("  raid: topics\n", ""),),
        *(START, "flow: start"),
        *("does not say where 'raid' leads", "`raid: node`"),
    ),
    Case(
        "unknown-asked",
        (start("  follow_up: topics", "  follow_up: topics\n  weather: topics"),),
        *(START, "  weather: topics"),
        *("asked has 'weather'", "better_time, follow_up"),
    ),
    Case(
        "missing-asked",
        (start("  follow_up: topics\n", ""),),
        *(START, "flow: start"),
        *("asked does not say where 'follow_up' leads", "`follow_up: node` under asked"),
    ),
    Case(
        "missing-asked",
        (start("  follow_up: topics", "  follow_up: call"),),
        *(START, "  follow_up: call"),
        *("'follow_up' to start.call, which is no menu", "Lead it to a menu"),
    ),
    Case(
        "missing-node",
        (start("  follow_up: topics", "  follow_up: topic"),),
        *(START, "  follow_up: topic"),
        *("start.asked.follow_up leads to start.topic", "Write the node start.topic"),
    ),
    Case(
        "misplaced-commands",
        (ask("calm: [held]", "calm: [held]\nasked: {follow_up: start.topics}"),),
        *(ASK, "flow: ask"),
        *("the flow ask has `asked`", "start.yaml"),
    ),
    Case(
        "misplaced-commands",
        (ask("calm: [held]", "calm: [held]\ncommands: {menu: start.topics}"),),
        *(ASK, "flow: ask"),
        *("the flow ask has `commands`", "start.yaml"),
    ),
    Case(
        "unknown-case",
        (ask("      REQ: strict", "      REQ: strict\n      REK: strict"),),
        *(ASK, "REK: strict"),
        *("ask.rule has the case 'REK', which place.rule can never be", "REQ"),
    ),
    Case(
        "unknown-answer",
        (ask("branch: place.rule", "branch: state.rule"),),
        *(ASK, "rule:\n    branch"),
        *("ask.rule branches on 'state.rule', which nothing saves", "place.rule"),
        also=("unknown-command",),
    ),
    Case(
        "unknown-answer",
        (ask("    save: held", "    save: hold"),),
        *(ASK, "held:\n    menu"),
        *("ask.held saves the answer 'hold', and nothing reads it", "held"),
        also=("orphan-message",),
    ),
    Case(
        "unknown-value",
        (start("{language: en}", "{language: fr}"),),
        *(START, "english:\n    set"),
        *("start.english sets language to 'fr'", "en, es, other"),
    ),
    Case(
        "unknown-value",
        (start("{language: en}", "{language: en, held: perhaps}"),),
        *(START, "english:\n    set"),
        *("start.english sets held to 'perhaps'", "held, not_held"),
    ),
    Case(
        "free-text-purpose",
        (ask("    life: until the consent\n", ""),),
        *(ASK, "word:\n    question"),
        *("ask.word asks for free text and does not say its life", "`life:`"),
    ),
    Case(
        "referral-without-consent",
        (ask("    next: find\n", "    next: send\n"),),
        *(ASK, "send:\n    do"),
        *("ask.send sends a request, and ask.word leads to it without a consent", "`consent: true`"),
    ),
    Case(
        "referral-without-consent",
        (ask("refuse: start.topics", "refuse: send"),),
        *(ASK, "send:\n    do"),
        *("ask.consent.refuse leads to it", "`agree` choices"),
    ),
    Case(
        "referral-without-consent",
        (start("  code: call", "  code: ask.send"),),
        *(ASK, "send:\n    do"),
        *("the command 'code' leads to it", "consent"),
    ),
    Case(
        "consent-without-choices",
        (ask("agree: send, refuse: start.topics", "agree: send, no_thanks: start.topics"), Text("ask.consent.no_thanks", "Do not", "No mandar")),
        *(ASK, "consent:\n    consent"),
        *("the consent ask.consent has no choice refuse", "Add it"),
        also=("orphan-message",),
    ),
    Case(
        "unreachable",
        (ask(AT_SENT, AT_SENT + "  attic: {say: , next: end}\n"), Text("ask.attic", "Text MENU.", "Mande INICIO.")),
        *(ASK, "attic"),
        *("no way leads to ask.attic", "Lead a choice to it"),
    ),
    Case(
        "dead-end",
        (start("menu: {topics: topics}", "menu: {topics: welcome}"),),
        *(START, "welcome:\n    menu"),
        *("every answer to start.welcome leads back to it", "a choice that leads on"),
    ),
    Case(
        "dead-end",
        (Text("ask.sent", "It is sent.", "Mandado."),),
        *("messages/catalogs/en/ask.yaml", 'sent: "It is'),
        *("ask.sent ends the conversation and tells no way on", "MENU"),
    ),
    Case(
        "reserved-word",
        (Text("start.topics.call", "Info!", "Hablar con alguien"),),
        *("messages/catalogs/en/start.yaml", "topics.call"),
        *("'info' answers start.topics.call", "another way"),
    ),
    Case(
        "reserved-word",
        (Text("start.topics.call", "Talk to us", "Alto"),),
        *("messages/catalogs/es/start.po", 'msgctxt "start.topics.call"'),
        *("'alto' answers start.topics.call", "another way"),
    ),
    Case(
        "word-clash",
        (Text("start.topics.call", "Talk to us", "Ábogado."),),
        *("messages/catalogs/es/start.po", 'msgctxt "start.topics.call"'),
        *("'abogado' answers start.topics.call, and is the command 'lawyer' everywhere", "another way"),
    ),
    Case(
        "word-clash",
        (Text("start.topics.call", "Uno", "Hablar con alguien"),),
        *("messages/catalogs/en/start.yaml", "topics.call"),
        *("'uno' answers start.topics.call, and is the number 1", "another way"),
    ),
    Case(
        "word-clash",
        (Edit(EN, "  start.topics.ask: [legal help]", "  start.topics.ask: [legal help, TALK to us]"),),
        *("messages/catalogs/en/start.yaml", "topics.call"),
        *("'talk to us' answers start.topics.call, and start.topics.ask of the same menu", "another way"),
    ),
    Case(
        "word-clash",
        (Edit(ES, "  lawyer: [abogado]", "  lawyer: [abogado]\n  call: [hablar, topics]"),),
        *(EN, "menu: [menu, topics]"),
        *("'topics' is the command 'menu', and the command 'call' as well", "one of the two"),
    ),
    Case(
        "bad-phrase",
        (Edit(ES, "greetings: [hola]", 'greetings: [hola, "(buenos dias"]'),),
        *(ES, "greetings"),
        *("greetings: a phrase cannot be read", "bracket"),
    ),
    Case(
        "orphan-words",
        (Edit(EN, "  start.topics.ask: [", "  start.topic.ask: ["),),
        *(EN, "start.topic.ask"),
        *("words for 'start.topic.ask', which does not exist", "flow.node.choice"),
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_fault_is_told_with_its_code_its_place_and_its_mend(case: Case, tmp_path: Path):
    """The draft without it has nothing wrong; with it, it has this, and where another thing follows, that."""
    case.check(tmp_path)


def test_every_code_has_a_case():
    """Whoever adds a code adds a file that has the fault."""
    assert {*BLOCKS, *WARNS} == {case.code for case in CASES}


@pytest.mark.parametrize(
    "change",
    [
        Text("ask.held.held", "English", "Español"),
        Text("start.topics.ask", "Lawyer", "Abogado"),
        Text("ask.consent.agree", "OK", "OK"),
    ],
    ids=["a language's name", "the command that leads to the same node", "agree at a consent"],
)
def test_a_label_may_be_a_command_that_means_the_same_there(change: Text, tmp_path: Path):
    """An open menu's words go before commands."""
    draft = Draft()
    change(draft)

    assert () == findings(draft, tmp_path)


def test_the_consent_may_be_followed_by_nodes_that_do_not_wait(tmp_path: Path):
    """Setting an answer between the consent and the request is no way around it."""
    draft = Draft()
    draft.edit(ASK, "agree: send,", "agree: no_texts,")
    draft.edit(ASK, AT_SENT, AT_SENT + "  no_texts:\n    set: {texting: no}\n    next: send\n")

    assert () == findings(draft, tmp_path)
