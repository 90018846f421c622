"""Which texts give way to the standing text of their topic, and why. Pure.

A text gives way when a fact it rests on is past the day by which it had to be checked again, or when somebody has
suspended that fact, or a number or link that the text gives. A number past its date goes on being given: it is
probably still right, and people need it. See docs/decisions/0012-giving-way.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from messages.catalog import Catalog, Text
from messages.facts import Register, links_in, phones_in

# It stands in the first text and in every crisis text, and there is nothing to say in its place.
ALWAYS_GIVEN = "911"


def standing_of(message: str) -> str:
    """The message that stands in for another: `detainer.standing` for `detainer.hours`."""
    return f"{message.partition('.')[0]}.standing"


def fallen(
    names: Iterable[str], register: Register, today: date, suspended: Collection[str]
) -> tuple[str, ...]:
    """Which of these ids do not hold: facts past their day, and whatever is suspended."""
    return tuple(
        name
        for name in names
        if name in suspended or (name in register.facts and register.facts[name].is_past(today))
    )


def given_way(messages: Sequence[str], gives_way: Callable[[str], bool]) -> Iterator[tuple[int, str]]:
    """What is said of these messages, each by its place in the row: what has fallen by its standing text.

    Two texts of one topic that give way are one standing text, at the place of the last.
    """
    said = [standing_of(message) if gives_way(message) else message for message in messages]
    for place, message in enumerate(said):
        if said[place + 1 : place + 2] != [message]:
            yield place, message


def rests_on(text: Text, register: Register) -> tuple[str, ...]:
    """Ids of the facts a text rests on, and of the numbers and links it gives; 911 is given whatever happens."""
    phones, links = phones_in(text.text), links_in(text.text)
    numbers = (
        one.id for one in register.numbers.values() if one.number != ALWAYS_GIVEN and phones & one.digits
    )
    addresses = (one.id for one in register.links.values() if links & links_in(one.link))
    return (*text.facts, *numbers, *addresses)


def resting(catalog: Catalog, register: Register) -> Mapping[str, tuple[str, ...]]:
    """What each text rests on, by its message id. A standing text is the last that is left to say: it rests on nothing."""
    return {
        text.id: names
        for text in catalog.texts.values()
        if text.id != standing_of(text.id) and (names := rests_on(text, register))
    }


def texts_by_entry(catalog: Catalog, register: Register) -> Mapping[str, tuple[str, ...]]:
    """Message ids that rest on each fact, or give each number or link, by its id."""
    found: dict[str, list[str]] = {name: [] for name in register.entries}
    for message, names in resting(catalog, register).items():
        for name in names:
            found.setdefault(name, []).append(message)
    return {name: tuple(ids) for name, ids in found.items()}
