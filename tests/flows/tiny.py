"""A tiny line of four files, and somebody who texts it: `person.texts("1")` gives the message ids that come back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.definition import Flows, Graph, Places, Rule
from flows.effects import Outcome, Reply, Turn
from flows.engine import advance
from flows.heard import Heard, Vocabulary, Words, hear
from flows.loader import graph_of, read_flows
from flows.session import Session

FILES = {
    "start": """
        flow: start
        start: welcome
        commands: {menu: topics, lawyer: law.what, call: call, place: law.rule, now: now.tell, languages: others, erase: leave.erase}
        urgent: {self_harm: call, held: now.tell}
        renamed_from: {subjects: topics}
        nodes:
          welcome_both: {menu: {es: to_es, en: to_en}}
          forgotten: {menu: {es: to_es, en: to_en}}
          to_es: {set: {language: es}, next: topics}
          to_en: {set: {language: en}, next: topics}
          welcome: {menu: {topics: topics, switch: switch}}
          switch: {set: {language: other}, next: welcome}
          topics: {menu: {papers: law.papers, ask: law.ask, word: law.word, phone: law.phone, place: law.place}}
          call: {say: , next: end}
          others: {say: , next: end}
        """,
    "law": """
        flow: law
        start: what
        footer: yes
        nodes:
          what: {menu: {lawyer: list, papers: papers}}
          list: {say: , next: end}
          papers: {menu: {copy: copied, bring: what}, save: paper}
          copied: {say: , next: end}
          place: {question: place, save: place, next: rule, unsure: unsure_place}
          rule: {branch: place.rule, cases: {REQ: rule_req, unknown: rule_unknown}, otherwise: rule_other}
          rule_req: {say: , next: sure}
          rule_unknown: {say: , next: what}
          rule_other: {say: , next: sure}
          sure: {branch: place.certain, cases: {no: not_certain}, otherwise: what}
          not_certain: {say: , next: what}
          unsure_place: {branch: place, cases: {unknown: rule_unknown}, otherwise: what}
          phone: {question: phone, save: phone, next: what, unsure: what}
          word: {question: word, save: ask_for, next: what, unsure: what}
          ask: {menu: {agree: send, refuse: start.topics}, consent: true}
          send: {set: {texting: yes}, next: hand_over}
          hand_over: {do: request_referral, outcomes: {requested: sent, open: sent, none: what}}
          sent: {say: , next: end}
        """,
    "now": """
        flow: now
        start: tell
        calm: [held, place]
        nodes:
          tell: {menu: {lawyer: where, back: start.topics}}
          where: {branch: place, cases: {unknown: place}, otherwise: reach}
          place: {question: place, save: place, next: reach, unsure: reach}
          reach: {menu: {call: start.call, text: start.call}}
        """,
    "leave": """
        flow: leave
        start: bye
        commands: {stop: stop, code: read, bye: bye}
        nodes:
          stop: {do: opt_out, outcomes: {done: bye}}
          bye: {say: , next: forget}
          erase: {do: erase, outcomes: {erased: bye, open: bye}}
          read: {do: read_news, outcomes: {unknown: none, requested: none, offered: none, withdrawn: none}}
          none: {say: , next: end}
        """,
}

SPANISH = Words(
    "es",
    names=("español", "en español"),
    greetings=("hola", "(necesito|tengo)"),
    numbers={"uno": 1, "dos": 2},
    commands={
        "menu": ("menú", "inicio"),
        "back": ("atrás",),
        "lawyer": ("abogado",),
        "help": ("ayuda",),
        "agree": ("sí", "acepto"),
        "refuse": ("no quiero",),
        "unsure": ("no sé",),
    },
    stop=("alto",),
    stop_phrases=("no me escriban mas",),
    choices={"law.papers.copy": ("copia", "una copia")},
    urgent={"self_harm": ("quiero morir",), "held": ("(detenido|detuvieron)",)},
    calm=("detenido el año pasado",),
    topics={"law.list": ("(lista|listas) de abogados",), "law.papers": ("papeles.", "que papeles")},
    fillers=("por", "favor", "la", "opcion"),
)
ENGLISH = Words(
    "en",
    names=("english", "in english"),
    greetings=("(hello|hi)", "(i need|i have)"),
    numbers={"one": 1, "two": 2},
    commands={
        "menu": ("menu",),
        "back": ("back",),
        "lawyer": ("lawyer",),
        "call": ("call",),
        "now": ("now",),
        "erase": ("erase",),
        "bye": ("bye",),
        "languages": ("creole",),
        "start": ("start",),
        "help": ("help", "?"),
        "unsure": ("not sure",),
        "skip": ("skip",),
        "agree": ("yes", "ok", "i agree"),
        "refuse": ("no", "no thanks"),
    },
    stop=("stop", "end"),
    stop_phrases=("(no|no more) texts",),
    choices={
        "law.papers.copy": ("copy", "ask for a copy"),
        "law.papers.bring": ("bring", "what to bring"),
        "law.ask.agree": ("i agree, no texts",),
        "now.reach.call": ("call me, they are detained",),
        "now.reach.text": ("text me",),
    },
    urgent={"self_harm": ("want to die",), "held": ("(detained|arrested)",)},
    calm=("was detained last year",),
    topics={"law.list": ("list of * lawyers",), "law.papers": ("which papers", "bring * papers")},
    fillers=("please", "option"),
)
VOCABULARY = Vocabulary((SPANISH, ENGLISH), stop=("arrêt",))

# Three states: one with a rule we are sure of, one where we are not, and a territory of which we know nothing.
_NAMES = {
    "illinois": "IL",
    "texas": "TX",
    "tx": "TX",
    "77002": "TX",
    "houston": "TX",
    "alaska": "AK",
    "guam": "GU",
    "60629": "IL",
}
PLACES = Places(
    find=lambda text: next((_NAMES[word] for word in text.split() if word in _NAMES), None),
    rules={
        "TX": Rule("REQ", True, "ORDERED"),
        "AK": Rule("NONE", False, counties=False),
        "IL": Rule("NONE", True),
    },
    named=lambda text: _NAMES.get(text) if len(text) > 2 else None,
    county={"60629": "Cook County", "77002": "Harris County"}.get,
)


def graph(files: Mapping[str, str] = FILES) -> Graph:
    """The graph of flow files, read as the product reads them."""
    with TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / f"{name}.yaml").write_text(text, encoding="utf-8")
        return graph_of(read_flows(Path(folder)).documents)


@cache
def tiny() -> Flows:
    """The tiny line."""
    return Flows(graph(), VOCABULARY, PLACES)


@dataclass
class Person:
    """Somebody in a conversation. Every turn is taken twice and every session stored, as the line would."""

    session: Session | None = None
    flows: Flows = field(default_factory=tiny)
    turn: Turn = field(default_factory=lambda: Turn(None))

    def texts(self, text: str) -> list[str]:
        """Texts once, and gives the message ids of the answer."""
        return self._hears(hear(text))

    def sends_a_picture(self) -> list[str]:
        """Sends a picture without a word."""
        return self._hears(Heard("", "", media=True))

    def sees(self, name: str, **answers: str) -> list[str]:
        """What the effect she waits for came to, and what is said then."""
        return self._hears(Outcome(name, answers))

    @property
    def node(self) -> str | None:
        """Where she is; None at rest."""
        return self.session.node if self.session else None

    @property
    def answers(self) -> dict[str, str]:
        """What is kept of her answers."""
        return dict(self.session.answers) if self.session else {}

    @property
    def asked_for(self) -> list[str]:
        """The names of the effects that her last text asked for."""
        return [effect.name for effect in self.turn.effects]

    def _hears(self, heard: Heard | Outcome) -> list[str]:
        self.turn = advance(self.flows, self.session, heard)
        assert self.turn == advance(self.flows, self.session, heard)
        self.session = stored(self.turn.session)
        assert self.turn.session == self.session
        return [said for reply in self.turn.replies for said in _said(reply)]


def _said(reply: Reply) -> list[str]:
    """The text, and the menu whose choices stand under it, where that is another."""
    menu = reply.choices[0].rsplit(".", 1)[0] if reply.choices else reply.message
    return list(dict.fromkeys((reply.message, menu)))


def stored(session: Session | None) -> Session | None:
    """The session as it comes back from the store."""
    return session and Session.from_json(json.loads(json.dumps(session.to_json())))


def at(node: str, language: str | None = "en", **more: object) -> Person:
    """Somebody who waits at this node."""
    return Person(Session(language=language, node=node, **more))  # type: ignore[arg-type]
