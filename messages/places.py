"""What each state says about holds for ICE."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from messages.facts import partial_date
from messages.yaml_reader import Entry, each, one_of, read_yaml, refuse, table, text, texts

# From the strictest for the person who asks to the mildest.
# REQ: the state makes jails help; BAN: it stops cities from limiting help; NONE: no rule of the state is known;
# PART: some limits; LIM: the state limits holds.
RULES = ("REQ", "BAN", "NONE", "PART", "LIM")
# ORDERED: the state makes police and jails share what they know with ICE; LIMITED: it bars that without a judge's paper.
SHARING = ("ORDERED", "LIMITED")
JAILS = ("state",)

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
_REQUIRED = ("en", "rule", "certain", "checked")
_OPTIONAL = ("accept", "also", "note", "sharing", "jails")


@dataclass(frozen=True)
class Place:
    """One state: how it is named, what people may type for it, its rule, and how sure we are of it."""

    code: str
    names: Mapping[str, str]
    accept: tuple[str, ...]
    rule: str
    """One of RULES, or nothing where we have no data (the territories)."""
    also: str
    """A second rule that may hold there too, or nothing."""
    certain: bool
    checked: str
    note: str
    sharing: str = ""
    """One of SHARING, or nothing where no rule of the state on sharing is known."""
    jails: str = ""
    """The word state where the state runs all jails, so that a county has no rule of its own; or nothing."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", MappingProxyType(dict(self.names)))

    @property
    def stricter(self) -> str:
        """The stricter of the two rules, or nothing: where we must choose, we warn rather than soothe."""
        return min((rule for rule in (self.rule, self.also) if rule), key=RULES.index, default="")


def read_places(path: Path) -> Mapping[str, Place]:
    """Reads every state, by its two-letter code.

    Raises:
        ReadError: with every fault in the file.
    """
    return MappingProxyType(
        {place.code: place for place in each(read_yaml(path).entries.values(), _read_place)}
    )


def _read_place(entry: Entry) -> Place:
    if not re.fullmatch(r"[A-Z]{2}", entry.key):
        raise refuse(
            entry, f"{entry.key!r} is no code of a state", "Write its two capital letters, as in TX."
        )
    languages = [name for name in table(entry.value).entries if _LANGUAGE.fullmatch(name)]
    fields = table(entry.value, _REQUIRED, optional=[*_OPTIONAL, *languages]).entries
    return Place(
        code=entry.key,
        names={language: text(fields[language].value) for language in languages},
        accept=texts(fields["accept"].value) if "accept" in fields else (),
        rule=one_of(fields["rule"].value, RULES, blank=True),
        also=one_of(fields["also"].value, RULES, blank=True) if "also" in fields else "",
        certain=one_of(fields["certain"].value, ("yes", "no")) == "yes",
        checked=partial_date(fields["checked"].value),
        note=text(fields["note"].value, blank=True) if "note" in fields else "",
        sharing=one_of(fields["sharing"].value, SHARING, blank=True) if "sharing" in fields else "",
        jails=one_of(fields["jails"].value, JAILS, blank=True) if "jails" in fields else "",
    )
