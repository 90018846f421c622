"""A small draft with nothing wrong in it, and ways to break it: files as operators, lawyers and translators write them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from app.checking.check import check
from app.checking.findings import Finding
from app.checking.ids import NAMED_BY_CODE
from app.sources import read_sources

TODAY = date(2026, 11, 23)

START = """\
flow: start
start: welcome
commands:
  menu: topics
  now: topics
  lawyer: ask.place
  call: call
  languages: call
  news: call
  withdraw: call
  code: call
  place: ask.rule
  stop: leave
  erase: call
  bye: leave
urgent:
  self_harm: crisis
  danger: crisis
  violence: crisis
  child: crisis
  held: topics
  parent: topics
  stopped: topics
  door: topics
  raid: topics
asked:
  follow_up: topics
  better_time: topics
nodes:
  welcome_both:
    menu: {es: spanish, en: english}
  forgotten:
    menu: {es: spanish, en: english}
  spanish:
    set: {language: es}
    next: topics
  english:
    set: {language: en}
    next: topics
  welcome:
    menu: {topics: topics}
  topics:
    menu:
      ask: ask.place
      call: call
  call: {say: , next: end}
  crisis: {say: , next: end}
  leave:
    do: opt_out
    outcomes: {done: left}
  left: {say: , next: forget}
"""

ASK = """\
flow: ask
start: place
calm: [held]
nodes:
  place:
    question: place
    save: place
    unsure: held
    next: rule
  rule:
    branch: place.rule
    cases:
      REQ: strict
    otherwise: held
  strict: {say: , next: held}
  held:
    menu: {held: word, not_held: word}
    save: held
  word:
    question: word
    save: ask_for
    purpose: what the caller asks for
    life: until the consent
    unsure: find
    next: find
  find:
    do: find_office
    outcomes:
      found: consent
      found_more: consent
      none: start.call
  consent:
    consent: true
    menu: {agree: send, refuse: start.topics}
  send:
    do: request_referral
    outcomes: {requested: sent, open: sent, none: start.call}
  sent: {say: , next: end}
"""

FACTS = """\
facts:
  DT1:
    says: A hold is a request.
    source: 8 CFR 287.7
    as_of: 2025-07-01
    checked_on: 2026-11-01
    interval: S1
    confidence: high
    reviewer: A. Lawyer
numbers:
  emergency:
    number: 911
    owner: local emergency services
    checked_on: 2026-11-01
    interval: S2
    for: danger
  ice_line:
    number: 202-555-0199
    owner: ICE
    checked_on: 2026-11-01
    interval: S2
    for: finding a person
links:
  lawyers:
    link: example.org/lawyers
    owner: Example (nonprofit)
    checked_on: 2026-11-01
    interval: S2
    for: finding a lawyer
"""

PLACES = """\
TX: {en: Texas, es: Texas, rule: REQ, certain: yes, checked: 2026-07}
CA: {en: California, es: California, rule: LIM, certain: yes, checked: 2026-07}
"""

KEY_POINTS = """\
1: {point: Some states make jails help., do: ask for the rule, nodes: [ask.strict]}
"""

WORDS_EN = """\
names: [english]
greetings: [hello]
numbers:
  one: 1
commands:
  menu: [menu, topics]
  lawyer: [lawyer]
  agree: [ok]
stop: [stop]
choices:
  start.topics.ask: [legal help]
avoid:
  alien: person who is not a citizen
sensitive: [ice, jail]
"""

WORDS_ES = """\
names: [español]
greetings: [hola]
numbers:
  uno: 1
commands:
  menu: [inicio]
  lawyer: [abogado]
stop: [alto]
avoid:
  ilegal: sin papeles
sensitive: [carcel]
"""

# Message id -> English, Spanish, facts.
TEXTS: dict[str, tuple[str, str, str]] = {
    "start.welcome_both": ("{line}: Hola. Hello. 911.", "{line}: Hola. Hello. 911.", ""),
    "start.welcome_both.es": ("Español", "Español", ""),
    "start.welcome_both.en": ("English", "English", ""),
    "start.forgotten": ("{line}: Otra vez. Again.", "{line}: Otra vez. Again.", ""),
    "start.forgotten.es": ("Español", "Español", ""),
    "start.forgotten.en": ("English", "English", ""),
    "start.welcome": ("{line}: a computer answers.", "{line}: contesta una computadora.", ""),
    "start.welcome.topics": ("See the topics", "Ver los temas", ""),
    "start.topics": ("What do you need?", "Escoja un tema.", ""),
    "start.topics.ask": ("Ask for help", "Pedir ayuda", ""),
    "start.topics.call": ("Talk to us", "Hablar con alguien", ""),
    "start.call": ("A person answers at {voice}.", "Contesta una persona al {voice}.", ""),
    "start.crisis": ("Danger? Call 911.", "Si hay peligro, llame al 911.", ""),
    "start.left": ("No more texts.", "No hay otros textos.", ""),
    "ask.place": ("Which state?", "Diga el estado.", ""),
    "ask.strict": (
        "{state}: the law makes jails help.",
        "{state}: la ley manda ayudar.",
        "DT1",
    ),
    "ask.standing": ("This may be changing. Ask a lawyer.", "Esto puede cambiar. Pida un abogado.", ""),
    "ask.held": ("Is somebody held?", "Hay alguien detenido ahora.", ""),
    "ask.held.held": ("Held now", "Detenido", ""),
    "ask.held.not_held": ("Not held", "Libre", ""),
    "ask.word": ("Text one word.", "Mande una palabra.", ""),
    "ask.consent": ("{office} gets this: {what}.", "{office} recibe: {what}.", ""),
    "ask.consent.agree": ("I agree", "Acepto", ""),
    "ask.consent.refuse": ("Do not send", "No mandar", ""),
    "ask.sent": ("Sent. Your code: {reference}.", "Mandado. Clave: {reference}.", ""),
    "shared.opens_today": ("opens {time}", "abre {time}", ""),
    "shared.opens_tomorrow": ("opens tomorrow {time}", "abre luego {time}", ""),
    "shared.opens_on": ("opens {date} {time}", "abre {date} {time}", ""),
    "shared.date": ("{month} {day}", "{day} {month}", ""),
    "shared.month_year": ("{month} {year}", "{month} {year}", ""),
    "shared.did_you_mean": ("Did you mean {guess}?", "Quiere decir {guess}?", ""),
}
_CHOICES_SPELLED = ("what_held", "what_not_held", "what_spoken_es", "what_spoken_en")


def _all_texts() -> dict[str, tuple[str, str, str]]:
    rest = (*NAMED_BY_CODE, *(f"shared.{name}" for name in _CHOICES_SPELLED))
    return TEXTS | {name: ("A few words", "Unas palabras", "") for name in rest if name not in TEXTS}


@dataclass
class Draft:
    """The files of a draft, by their name."""

    files: dict[str, str] = field(
        default_factory=lambda: {
            "flows/start.yaml": START,
            "flows/ask.yaml": ASK,
            "messages/facts.yaml": FACTS,
            "messages/places.yaml": PLACES,
            "messages/key_points.yaml": KEY_POINTS,
            "messages/words/en.yaml": WORDS_EN,
            "messages/words/es.yaml": WORDS_ES,
            "messages/words/others.yaml": "stop: {ht: [kanpe]}\n",
        }
    )
    texts: dict[str, tuple[str, str, str]] = field(default_factory=_all_texts)

    def say(self, message: str, english: str, spanish: str, facts: str = "") -> None:
        """Gives a message other words, in step in both languages."""
        self.texts[message] = (english, spanish, facts)

    def write(self, folder: Path) -> None:
        """Writes the files under a folder; catalogs are made from the texts where they are not written already."""
        for name, content in {**self.catalogs(), **self.files}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")

    def catalogs(self) -> dict[str, str]:
        """The catalog files of both languages."""
        made: dict[str, str] = {}
        for message, (english, spanish, facts) in self.texts.items():
            flow, key = message.split(".", 1)
            body = f" {json.dumps(english, ensure_ascii=False)}"
            body = f"\n  text:{body}\n  facts: [{facts}]" if facts else body
            en, es = f"messages/catalogs/en/{flow}.yaml", f"messages/catalogs/es/{flow}.po"
            made[en] = made.get(en, "") + f"{key}:{body}\n"
            made[es] = made.get(es, _HEADER) + _entry(message, english, spanish)
        return made

    def edit(self, name: str, old: str, new: str) -> None:
        """Changes one place of a file, which must be there exactly once."""
        content = self.files.get(name) or self.catalogs()[name]
        assert content.count(old) == 1, (name, old, content.count(old))
        self.files[name] = content.replace(old, new)


_HEADER = 'msgid ""\nmsgstr ""\n"Language: es\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'


def _entry(message: str, english: str, spanish: str) -> str:
    lines = (("msgctxt", message), ("msgid", english), ("msgstr", spanish))
    return "\n" + "".join(f"{key} {json.dumps(text, ensure_ascii=False)}\n" for key, text in lines)


def findings(draft: Draft, folder: Path, today: date = TODAY) -> tuple[Finding, ...]:
    """What check finds in a draft that was written to this folder."""
    draft.write(folder)
    return check(read_sources(folder / "flows", folder / "messages"), today)


@dataclass(frozen=True)
class Edit:
    """One change of a file."""

    file: str
    old: str
    new: str

    def __call__(self, draft: Draft) -> None:
        draft.edit(self.file, self.old, self.new)


@dataclass(frozen=True)
class Text:
    """Other words for a message, in both languages."""

    message: str
    english: str
    spanish: str
    facts: str = ""

    def __call__(self, draft: Draft) -> None:
        draft.say(self.message, self.english, self.spanish, self.facts)


@dataclass(frozen=True)
class Case:
    """One way to break the draft: the changes, the code they must give, where, and what it must say.

    `at` is what stands at the place of the fault, in the file as it was written; nothing for the file alone.
    """

    code: str
    changes: tuple[Edit | Text, ...]
    file: str
    at: str
    says: str
    mend: str
    also: tuple[str, ...] = ()

    def check(self, folder: Path) -> None:
        """Breaks a draft and asserts the one finding that must come of it.

        Texts are changed before files: a file that was changed is no more made from the texts.
        """
        draft = Draft()
        for change in sorted(self.changes, key=lambda change: isinstance(change, Edit)):
            change(draft)
        found = findings(draft, folder)

        assert {self.code, *self.also} == {each.code for each in found}, [str(each) for each in found]
        first = next(each for each in found if each.code == self.code)
        assert self._place(folder) == first.where.removeprefix(f"{folder}/")[: len(self._place(folder))]
        assert self.says in first.what
        assert self.mend in first.mend

    def _place(self, folder: Path) -> str:
        """file:line of the text `at`; the file where there is none."""
        if not self.at:
            return self.file
        before, found, _ = (folder / self.file).read_text(encoding="utf-8").partition(self.at)
        assert found, f"{self.at!r} is not in {self.file}"
        return f"{self.file}:{before.count(chr(10)) + 1}"

    def __str__(self) -> str:
        return self.code
