"""What texts may name in braces: placeholders that nothing fills, what a consent must show, the longest values.

app/values.py fills the same names when a text is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from app.checking.findings import Finding, finding
from app.checking.ids import SPELLED_OUT
from app.config import LONGEST_LINE_NAME
from app.directory.office import LONGEST_NAME
from app.referral.word import WORDS
from app.revision import Content
from app.standing import standing_of
from app.values import SHOWN
from flows.definition import UNKNOWN, Do, Graph, Menu
from flows.effects import TO_AN_OFFICE
from flows.walks import waits
from messages.catalog import SOURCE_LANGUAGE, Catalog, placeholders
from messages.render import Line, RenderError, render
from messages.segments import segments

# The longest realistic value of everything a text may name; app/values.py fills the same names. What is made of phrases
# of the catalogs, or differs by language, is worked out in `longest_values`.
LONGEST = {
    "line": "L" * LONGEST_LINE_NAME,
    "voice": "202-555-0142",
    "hours": "Mon-Fri 9am-8pm Eastern",
    "email": "hotline@example.org",
    "state": "Massachusetts",
    "county": "Prince George's County",
    "checked": "Nov 2026",
    "reference": "K7M2P",
    "word": "watermelon",
    "since": "Nov 30",
    "what": "",
    "office": "O" * LONGEST_NAME,
    "office_phone": "202-555-0142",
    "opens": "",
    "others": f"{'O' * LONGEST_NAME}, {'O' * LONGEST_NAME}",
    "listed": f"{'N' * SHOWN}, 202-555-0142, Mon-Fri 9:00-17:00; {'N' * SHOWN}, 202-555-0142, Mon-Fri 9:00-17:00",
    "often": "",
}
# Texts that are filled on their own, with other values than these.
_OWN_VALUES: Mapping[str, frozenset[str]] = {
    "shared.did_you_mean": frozenset({*LONGEST, "guess"}),
    "shared.opens_now": frozenset(),
    "shared.opens_today": frozenset({"time"}),
    "shared.opens_tomorrow": frozenset({"time"}),
    "shared.opens_on": frozenset({"date", "time"}),
    "shared.date": frozenset({"month", "day"}),
    "shared.month_year": frozenset({"month", "year"}),
    "shared.down": frozenset({"line", "voice"}),
    "shared.locked": frozenset({"line", "voice"}),
    **dict.fromkeys(("push.news", "push.follow_up", "push.better_time"), frozenset({"line"})),
    "shared.often_urgent": frozenset(),
}


def check_placeholders(content: Content) -> Iterator[Finding]:
    """Names in braces that nothing fills, and consents that lack the two they must show."""
    yield from _unknown(content)
    yield from _consents(content)


# --- placeholders --------------------------------------------------------------------------------


def _unknown(content: Content) -> Iterator[Finding]:
    for text in content.catalogs[SOURCE_LANGUAGE].texts.values():
        known = _fillable(text.id)
        for name in sorted(placeholders(text.text) - known):
            what = f"{text.id} has {{{name}}}, which nothing fills."
            mend = (
                f"Use one of: {', '.join(f'{{{one}}}' for one in sorted(known))}."
                if known
                else "Take it out."
            )
            yield finding("unknown-placeholder", text.where, what, mend)


def _fillable(message: str) -> frozenset[str]:
    if message.startswith("voice."):
        return frozenset({"line", "voice"})
    if message.startswith(("shared.month_", "shared.what_")):
        return _OWN_VALUES.get(message, frozenset())
    if message == standing_of(message):  # said anywhere in its topic, where nothing else is known
        return frozenset({"line", "voice", "hours", "email"})
    return _OWN_VALUES.get(message, frozenset(LONGEST))


def _consents(content: Content) -> Iterator[Finding]:
    for node in content.graph.nodes.values():
        text = content.catalogs[SOURCE_LANGUAGE].get(node.id)
        if isinstance(node, Menu) and node.consent and text and _goes_to_an_office(content.graph, node):
            for name in sorted({"office", "what"} - placeholders(text.text)):
                what = f"the consent {node.id} does not show {{{name}}}."
                mend = "A person agrees to exactly {what} going to {office}: say both."
                yield finding("consent-unclear", text.where, what, mend)


def _goes_to_an_office(graph: Graph, consent: Menu) -> bool:
    """True where a yes sends something to an office; a yes to a text tomorrow sends nothing."""
    ahead, seen = [choice.target for choice in consent.choices if choice.name.startswith("agree")], set()
    while ahead:
        node = graph.find(ahead.pop())
        if isinstance(node, Do) and node.effect in TO_AN_OFFICE:
            return True
        if node is not None and node.id not in seen and not waits(node):
            seen.add(node.id)
            ahead += node.targets()
    return False


# --- the longest values --------------------------------------------------------------------------


def longest_values(content: Content, language: str) -> dict[str, str]:
    """Every value at its longest, in one language."""
    catalog = content.catalogs[language]
    state = _dearest(place.names.get(language, place.names["en"]) for place in content.places.values())
    month = _dearest(_phrase(catalog, f"shared.month_{number}") for number in range(1, 13))
    day = _phrase(catalog, "shared.date", month=month, day="30")
    opens = (
        _phrase(catalog, "shared.opens_now"),
        _phrase(catalog, "shared.opens_today", time="12:30 pm"),
        _phrase(catalog, "shared.opens_tomorrow", time="12:30 pm"),
        _phrase(catalog, "shared.opens_on", date=day, time="12:30 pm"),
    )
    state = _dearest((state, LONGEST["state"]))
    return {
        **LONGEST,
        "state": state,
        "checked": _phrase(catalog, "shared.month_year", month=month, year="2026"),
        "since": day,
        "word": _dearest(WORDS.get(language, WORDS["en"])),
        "opens": _dearest(opens),
        "often": _phrase(catalog, "shared.often_urgent"),
        "what": _longest_what(content.graph, catalog, state),
    }


def _longest_what(graph: Graph, catalog: Catalog, state: str) -> str:
    """Everything an office can be told, each at its longest."""
    parts = [
        _dearest(_phrase(catalog, f"shared.what_{phone}") for phone in ("this_phone", "other_phone")),
        LONGEST["county"],
        state,
    ]
    for answer, prefix in SPELLED_OUT.items():
        names = [
            f"shared.what_{prefix}{choice.name}"
            for node in graph.nodes.values()
            if isinstance(node, Menu) and node.save == answer
            for choice in node.choices
            if choice.name != UNKNOWN
        ]
        parts.append(_dearest(_phrase(catalog, name) for name in names))
    parts += [_phrase(catalog, "shared.what_minor"), _phrase(catalog, "shared.what_word")]
    return ", ".join(part for part in parts if part)


def _dearest(words: Iterable[str]) -> str:
    """The words that cost most: those outside GSM-7 first, then the longest."""
    return max(words, key=lambda word: (bool(segments(word).forced_by), len(word)), default="")


def _phrase(catalog: Catalog, message: str, **values: str) -> str:
    """A small phrase with these values; nothing where it is missing or asks for others, which is told elsewhere."""
    try:
        return render([Line(message)], catalog, values)
    except RenderError:
        return ""
