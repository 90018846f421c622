"""How far everything is: any answer within three replies of the main menu, a referral, NOW and the menu from everywhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.checking.ids import said_by_flows
from app.sources import read_sources
from flows.definition import Branch, Do, Graph, Menu, Question, Say, Set

CONTENT = read_sources().content
GRAPH = CONTENT.graph
MAIN_MENU = "start.topics"
REPLIES = 3
# What explains nothing by itself: the way in and out, what a code unlocks or the line asked, crisis texts, and the asking of an office.
NO_TOPICS = frozenset({"start", "leave", "news", "follow", "urgent", "referral", "another", "unmet"})
TOPICS = tuple(flow for flow in GRAPH.starts if flow not in NO_TOPICS)
# Said when a county was asked for, or to somebody who is not sure: one reply more, on the way to what was asked.
ON_THE_WAY = frozenset({"detainer.rule_not_known", "detainer.county_ask", "detainer.county_other"})


def said_after(replies: int) -> frozenset[str]:
    """Every text that can be said within so many replies of the main menu; a state may be typed at any menu."""
    reached: set[str] = set()
    wave = {MAIN_MENU}
    for _ in range(replies):
        targets = {target for node in wave for target in answers_of(GRAPH, node)}
        said, wave = spoken(GRAPH, targets)
        reached |= said
    return frozenset(reached)


def answers_of(graph: Graph, node: str) -> Iterator[str]:
    """Where one reply at this node can lead."""
    yield from graph.nodes[node].targets()
    yield graph.commands["place"]


def spoken(graph: Graph, starts: set[str]) -> tuple[set[str], set[str]]:
    """What is said from these nodes on, and the nodes at which the turn then waits."""
    said: set[str] = set()
    waits: set[str] = set()
    ways, seen = list(starts), set(starts)
    while ways:
        node = graph.find(ways.pop())
        if isinstance(node, Say | Menu | Question):
            said.add(node.id)
        if isinstance(node, Menu | Question):
            waits.add(node.id)
        elif isinstance(node, Say | Set | Branch | Do):
            fresh = [target for target in node.targets() if target not in seen]
            seen.update(fresh)
            ways += fresh
    return said, waits


@pytest.mark.parametrize("flow", TOPICS)
def test_any_answer_is_within_three_replies_of_the_main_menu(flow: str) -> None:
    """Nobody goes deeper on a prepaid phone."""
    texts = {name for name in said_by_flows(GRAPH) if name in GRAPH.nodes and name.startswith(f"{flow}.")}

    emergencies, _ = spoken(GRAPH, set(GRAPH.urgent.values()))  # words lead there, and no menu need
    assert set() == texts - said_after(REPLIES) - emergencies - ON_THE_WAY


@pytest.mark.parametrize("flow", TOPICS)
def test_every_menu_of_a_topic_leads_to_a_lawyer(flow: str) -> None:
    """With one choice, or with the next; the words LAWYER, NOW and MENU work everywhere besides."""
    menus = [
        node for node in GRAPH.nodes.values() if isinstance(node, Menu) and node.id.startswith(f"{flow}.")
    ]

    assert [] == [menu.id for menu in menus if not leads_to_a_lawyer(GRAPH, menu)]


def leads_to_a_lawyer(graph: Graph, menu: Menu) -> bool:
    """True if a choice asks an office, or leads to where the lawyers are."""
    _, waits = spoken(graph, set(menu.targets()))
    targets = {*menu.targets(), *waits}
    return any(target.startswith(("referral.", "counsel.")) for target in targets) or menu.id in ONE_STEP_MORE


# Two questions on the way: the next menu leads to a lawyer, and so does the word.
ONE_STEP_MORE = frozenset({"detainer.county", "now.raid"})


def test_no_menu_has_more_than_seven_choices() -> None:
    """More are not read on a small screen."""
    assert 7 >= max(len(node.choices) for node in GRAPH.nodes.values() if isinstance(node, Menu))


@pytest.mark.parametrize("flow", TOPICS)
def test_a_topic_begins_with_its_short_answer(flow: str) -> None:
    """And not with a question back."""
    start = GRAPH.nodes[GRAPH.starts[flow]]

    assert isinstance(start, Menu | Say | Set)
    assert flow == "now" or start.id == f"{flow}.what"


def test_every_topic_can_be_asked_for_in_ones_own_words() -> None:
    """In every language: nobody needs to know the menu."""
    for words in CONTENT.words.values():
        assert set(TOPICS) - {"now"} == {node.split(".")[0] for node in words.topics} & (
            set(TOPICS) - {"now"}
        )
