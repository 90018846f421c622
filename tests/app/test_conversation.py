"""The shell of a turn: nothing is done twice, nobody is lost between two revisions, no machine is fed for ever."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from redis import Redis

from app.live import LiveRevision
from app.revision import Revision
from app.sources import Sources
from app.store import keys
from app.store.sessions import Before
from app.traffic import CEILING, SAME_TEXTS
from tests.app import witness
from tests.texter import Line, Texter, new_sid, said
from tests.transcript import HAPPENINGS

TO_CONSENT = ("hola", "1", "1", "Texas", "1")
NONSENSE = (
    "qwerty",
    "zxcvbn",
    "poiuyt",
    "asdfgh",
    "mnbvcx",
    "lkjhgf",
    "wqwqwq",
    "xzxzxz",
    "vbvbvb",
    "nmnmnm",
)
VOICE = "202-555-0142"


def tells(texter: Texter, *bodies: str) -> str:
    """Sends these texts one after the other; the last answer."""
    return [texter.texts(body) for body in bodies][-1]


def before_text(line: Line, texter: Texter) -> Before:
    """What the line remembers of this person now."""
    return line.hotline.sessions.read(texter.number, new_sid())


def node(line: Line, texter: Texter) -> str | None:
    """Where this person is."""
    session = before_text(line, texter).remembered.session
    return session.node if session else None


def understood(line: Line, texter: Texter) -> int:
    """How many understood texts of this person were counted: one a transition."""
    return before_text(line, texter).remembered.traffic.heard


def at_once(sends: Iterable[Callable[[], str]]) -> list[str]:
    """Does all of these in one instant, each on a thread of its own; the answers in their order."""
    all_sends = list(sends)
    gate = Barrier(len(all_sends))

    def go(send: Callable[[], str]) -> str:
        gate.wait()
        return send()

    with ThreadPoolExecutor(len(all_sends)) as threads:
        return list(threads.map(go, all_sends))


def post(line: Line, form: dict[str, str]) -> Callable[[], str]:
    """One delivery of this text, from a client of its own."""
    own = Line(line.hotline, line.clock, line.identity)
    return lambda: said(own.post("/sms", form))


def referrals(line: Line) -> int:
    """How many there are, in whatever state."""
    return len(list(line.hotline.durable.scan_iter(keys.REFERRAL.pattern.format("*"))))


# --- once ----------------------------------------------------------------------------------------


def test_the_same_text_twice_is_one_step_and_the_same_bytes(line: Line, texter: Texter) -> None:
    """Twilio repeats what it is not sure of."""
    texter.texts("hola")
    sid = new_sid()

    first, second = texter.posts("1", sid=sid), texter.posts("1", sid=sid)

    assert (first.data, 2) == (second.data, understood(line, texter))


def test_a_repeated_text_is_answered_as_it_was_whatever_came_between(line: Line, texter: Texter) -> None:
    """A late repetition neither moves the person nor gets the newest words."""
    sid = new_sid()
    first = texter.posts("hola", sid=sid)
    tells(texter, "1", "1")
    here = node(line, texter)

    assert (first.data, here) == (texter.posts("hola", sid=sid).data, node(line, texter))


def test_a_text_repeated_across_midnight_is_still_known(line: Line, texter: Texter) -> None:
    """Its mark stands under yesterday's pepper."""
    tells(texter, "hola", "1")
    sid = new_sid()
    line.clock.forward(hours=7, minutes=59)
    first = texter.posts("1", sid=sid)
    line.clock.forward(minutes=2)

    assert first.data == texter.posts("1", sid=sid).data


def test_a_text_repeated_after_its_answer_was_forgotten_gets_silence(
    line: Line, texter: Texter, volatile: Redis
) -> None:
    """The bare mark outlives the bytes: it is better to be silent than to do it twice."""
    tells(texter, "hola", "1")
    sid = new_sid()
    texter.texts("1", sid=sid)
    for name in volatile.scan_iter("answer:*"):
        volatile.delete(name)

    assert ("", "referral.urgent_place") == (texter.texts("1", sid=sid), node(line, texter))


def test_fifty_deliveries_of_one_text_at_once_are_one_step(line: Line, texter: Texter) -> None:
    """Identical bytes for all of them."""
    tells(texter, "hola")
    form = texter.form("1")

    answers = at_once([post(line, form)] * 50)

    assert (1, 2, "now.tell") == (len(set(answers)), understood(line, texter), node(line, texter))


def test_fifty_deliveries_of_one_consent_are_one_referral(line: Line, texter: Texter) -> None:
    """One reference, in all fifty answers."""
    tells(texter, *TO_CONSENT)
    form = texter.form("1")

    answers = at_once([post(line, form)] * 50)

    (referral,) = line.hotline.referrals.open()
    assert (1, 1) == (len(set(answers)), referrals(line))
    assert referral.reference in answers[0]


def test_two_consents_in_one_instant_are_one_referral(line: Line) -> None:
    """A thumb that pressed twice; the phone sent two texts."""
    for number in range(8):
        texter = line.texter(f"+1202555012{number}")
        tells(texter, *TO_CONSENT)
        at_once([post(line, texter.form("1")), post(line, texter.form("1"))])

        assert number + 1 == referrals(line)


def test_two_texts_of_one_person_in_one_instant_come_one_after_the_other(line: Line) -> None:
    """As if one had come first: no answer is lost and none is mixed."""
    orders = []
    for number, pair in enumerate([("1", "Texas"), ("Texas", "1")], start=30):
        texter = line.texter(f"+120255501{number}")
        tells(texter, "hola", "1")
        first, second = texter.texts(pair[0]), texter.texts(pair[1])
        orders.append(({pair[0]: first, pair[1]: second}, node(line, texter)))

    for number in range(40, 50):
        texter = line.texter(f"+120255501{number}")
        tells(texter, "hola", "1")
        one, two = at_once([post(line, texter.form("1")), post(line, texter.form("Texas"))])

        assert ({"1": one, "Texas": two}, node(line, texter)) in orders


def test_four_texts_of_one_person_in_one_instant_are_four_steps(line: Line, texter: Texter) -> None:
    """A long text arrives in pieces."""
    texter.texts("hola")

    answers = at_once([post(line, texter.form("menu")) for _ in range(4)])

    assert (5, 1) == (understood(line, texter), len(set(answers)))


def test_people_in_one_instant_do_not_see_each_other(line: Line) -> None:
    """Each is where her own texts led."""
    people = [line.texter(f"+120255501{number}") for number in range(10, 40)]
    at_once([post(line, person.form("hola" if n % 2 else "hello")) for n, person in enumerate(people)])

    languages = [before_text(line, person).remembered.session for person in people]

    assert ["es" if n % 2 else "en" for n in range(30)] == [s.language if s else None for s in languages]


# --- machines ------------------------------------------------------------------------------------


def test_one_at_three_menus_is_never_silent(texter: Texter) -> None:
    """Three equal texts in a minute are a person in a hurry; so are thirty."""
    assert all(texter.texts(body) for body in ("hola", "1", "1", "1", "0", "1", "0", "1", "0", "1", "0", "1"))


def test_five_equal_texts_nobody_understands_get_one_last_line_and_then_silence(texter: Texter) -> None:
    """With the number where a person answers; until something is understood."""
    texter.texts("hello")
    answers = [texter.texts("I am away, back Monday") for _ in range(8)]

    assert [True] * 5 + [False] * 3 == [bool(answer) for answer in answers]
    assert [4] == [number for number, answer in enumerate(answers) if "stop answering" in answer]
    assert VOICE in answers[4]

    assert "" != texter.texts("menu")
    assert "" != texter.texts("I am away, back Monday")


def test_an_answering_machine_is_known_before_any_language_is(texter: Texter) -> None:
    """The last line comes in both languages."""
    answers = [texter.texts("mmm hmm") for _ in range(6)]

    assert ([True] * 5, "") == ([bool(answer) for answer in answers[:5]], answers[5])
    assert ("no se entienden" in answers[4], "do not understand" in answers[4]) == (True, True)


@pytest.mark.parametrize(
    "answer",
    [
        "I'm driving. If this is an emergency, please call 911.",
        "We are closed. Call 911 for emergencies.",
        "No puedo contestar ahora. En caso de emergencia llame al 911.",
        "Thanks for contacting us! Reply HELP for help, STOP to cancel.",
    ],
)
def test_what_answering_machines_say_of_emergencies_is_not_answered_for_ever(
    texter: Texter, answer: str
) -> None:
    """Not a crisis, and not a person."""
    texter.texts("hello")
    for _ in range(SAME_TEXTS):
        texter.texts(answer)

    assert "stop answering" in texter.last
    assert "" == texter.texts(answer)


def test_equal_texts_over_a_long_time_are_a_person(line: Line, texter: Texter) -> None:
    """Five within two minutes, no fewer and no slower."""
    texter.texts("hello")
    for _ in range(8):
        assert "stop answering" not in texter.texts("qwerty")
        line.clock.forward(seconds=31)


def test_twelve_texts_nobody_understands_in_an_hour_are_a_machine(line: Line, texter: Texter) -> None:
    """However they differ."""
    texter.texts("hello")
    answers = []
    for number in range(14):
        answers.append(texter.texts(f"{NONSENSE[number % 10]} {'x' * number}"))
        line.clock.forward(minutes=4)

    assert [11] == [number for number, answer in enumerate(answers) if "stop answering" in answer]
    assert ["", ""] == answers[12:]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("STOP please", "no more texts"),
        ("alto", "no more texts"),
        ("HELP", VOICE),
        ("ayuda", VOICE),
        ("ERASE", "gone"),
        ("NOW", "silent"),
        ("they are at my door", "Keep the door shut"),
        ("I want to kill myself", "988"),
        ("he is beating me right now", "911"),
        ("BYE", "thanks"),
        ("menu", "What do you need"),
    ],
)
def test_what_must_be_heard_is_heard_while_the_line_is_silent(texter: Texter, body: str, words: str) -> None:
    """A person may sit beside the machine."""
    texter.texts("hello")
    for _ in range(6):
        texter.texts("I am away, back Monday")
    assert texter.last == ""

    assert words in texter.texts(body)


def test_above_the_ceiling_one_is_told_once(line: Line, texter: Texter) -> None:
    """A hundred understood texts in an hour; help and emergencies pass; after an hour all is well."""
    for _ in range(CEILING):
        assert texter.texts("menu") != ""

    assert "uchos textos" in texter.texts("1") or "Many" in texter.last
    assert VOICE in texter.last
    assert "" == texter.texts("1") == texter.texts("menu")
    assert "" != texter.texts("help")
    assert "" != texter.texts("they are at my door")

    line.clock.forward(hours=1)
    assert "" != texter.texts("menu")


# --- days ----------------------------------------------------------------------------------------


def test_an_answer_after_midnight_is_understood_and_moves_to_the_new_day(
    line: Line, texter: Texter, volatile: Redis
) -> None:
    """Found under yesterday's pepper, written under today's, and gone from where it was."""
    tells(texter, "hola", "1", "1")
    yesterday = {name for name in witness.contents(volatile) if name.startswith("session:")}
    HAPPENINGS["midnight passes"](line)

    answer = texter.texts("Texas")

    today = {name for name in witness.contents(volatile) if name.startswith("session:")}
    assert ("1 Llamar a este", 1, set()) == (answer.splitlines()[1][:15], len(today), yesterday & today)


def test_two_texts_just_after_midnight_do_not_split_a_person(line: Line, texter: Texter) -> None:
    """Both find yesterday's session; only one may take it."""
    tells(texter, "hola", "1")
    HAPPENINGS["midnight passes"](line)

    at_once([post(line, texter.form("menu")) for _ in range(4)])

    assert (4, "start.topics") == (understood(line, texter), node(line, texter))


def test_erase_after_midnight_leaves_nothing_of_yesterday(
    line: Line, texter: Texter, volatile: Redis
) -> None:
    """Neither under the new pepper nor under the old."""
    tells(texter, "hola", "1", "1")
    HAPPENINGS["midnight passes"](line)
    texter.texts("borrar")

    assert not [name for name in witness.contents(volatile) if name.startswith("session:")]


@pytest.mark.parametrize(
    "kept",
    [
        b"{}",
        b"not JSON",
        b"[]",
        b'{"session":{"mood":"new"},"revision":null,"traffic":{"same_at":[],"missed_at":[]}}',
        b'{"session":null,"revision":null,"traffic":{"same_at":[],"missed_at":[],"mood":1}}',
    ],
)
def test_a_session_that_another_version_wrote_is_forgotten(
    texter: Texter, volatile: Redis, kept: bytes
) -> None:
    """A first text again, and never an error for four hours."""
    first = texter.texts("hola")
    (name,) = volatile.keys("session:*")
    volatile.set(name, kept, ex=keys.SESSION_LIFE)

    assert first == texter.texts("hola")
    assert "Diga a la persona" in texter.texts("1")


# --- revisions -----------------------------------------------------------------------------------


@pytest.fixture
def eager(line: Line) -> Line:
    """The same line, looking for a new revision at every turn."""
    ticks = itertools.count(0, 10)
    live = LiveRevision(
        line.hotline.revisions,
        line.hotline.suspensions,
        lambda: float(next(ticks)),
        line.hotline.live.at_hand(),
    )
    return Line(replace(line.hotline, live=live), line.clock, line.identity)


@pytest.fixture
def document(_draft: Sources) -> dict[str, Any]:
    """The document of the live revision, to be changed."""
    return dict(Revision.from_bytes(_draft.revision().to_bytes()).document)


def publish(line: Line, document: dict[str, Any]) -> None:
    """Makes this document live."""
    line.hotline.revisions.publish(Revision(document), "a change", line.clock())


def renamed(document: dict[str, Any], flow: str, old: str, new: str) -> dict[str, Any]:
    """The document with a node under another name, in its flow and in all texts."""
    data = Revision(document).to_bytes().decode()
    nodes = document["flows"][flow]["nodes"]
    changed = Revision.from_bytes(data.encode()).document
    renames = {f"{flow}.{old}": f"{flow}.{new}"}
    flows = {**changed["flows"]}
    flows[flow] = {**flows[flow], "nodes": {(new if name == old else name): n for name, n in nodes.items()}}
    flows = {name: _retargeted(flow_doc, name, flow, old, new) for name, flow_doc in flows.items()}
    texts = {
        language: {_moved(message, *next(iter(renames.items()))): text for message, text in messages.items()}
        for language, messages in changed["texts"].items()
    }
    return {**changed, "flows": flows, "texts": texts}


def _moved(message: str, old: str, new: str) -> str:
    return new + message[len(old) :] if message == old or message.startswith(f"{old}.") else message


def _retargeted(value: Any, inside: str, flow: str, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {name: _retargeted(item, inside, flow, old, new) for name, item in value.items()}
    if isinstance(value, list):
        return [_retargeted(item, inside, flow, old, new) for item in value]
    if value == f"{flow}.{old}":
        return f"{flow}.{new}"
    return new if value == old and inside == flow else value


def test_who_waits_at_a_node_that_is_gone_is_told_and_gets_the_menu(
    eager: Line, document: dict[str, Any]
) -> None:
    """The node has another name now, and its texts too."""
    texter = eager.texter()
    tells(texter, "hello", "1")
    publish(eager, renamed(document, "now", "tell", "instruct"))

    answer = texter.texts("qwerty")

    assert answer.startswith("This part of the line has changed.")
    assert "1 Someone held" in answer
    assert "silent" in texter.texts("1")


def test_an_answer_still_leads_on_from_a_node_that_is_gone(eager: Line, document: dict[str, Any]) -> None:
    """The path is pinned, and what it leads to is still there."""
    texter = eager.texter()
    tells(texter, "hello", "1")
    publish(eager, renamed(document, "now", "tell", "instruct"))

    assert "ZIP" in texter.texts("1")


def test_who_walks_an_old_path_to_a_node_that_is_gone_is_told_too(
    eager: Line, document: dict[str, Any]
) -> None:
    """The path is pinned; where its texts are gone it cannot be walked."""
    texter = eager.texter()
    tells(texter, "hello", "1")
    publish(eager, renamed(document, "referral", "urgent_place", "where"))

    answer = texter.texts("1")

    assert answer.startswith("This part of the line has changed.")
    assert "1 Someone held" in answer


@pytest.mark.parametrize(
    "body", ["1", "qwerty", "menu", "help", "back", "español", "stop", "they are here", ""]
)
def test_no_text_at_a_node_that_is_gone_gets_silence(
    eager: Line, document: dict[str, Any], body: str
) -> None:
    """Whatever is said there."""
    texter = eager.texter()
    tells(texter, "hello", "1", "1", "Texas")
    publish(eager, renamed(document, "referral", "urgent_reach", "how"))

    assert "" != texter.texts(body) or body == "stop"


def test_a_corrected_text_is_live_for_those_who_are_on_the_way(eager: Line, document: dict[str, Any]) -> None:
    """The wrong sentence is gone at once; the place on the path stays."""
    texter = eager.texter()
    tells(texter, "hello", "1", "1")
    document["texts"]["en"]["referral.urgent_reach"]["text"] = "Corrected: how?"
    publish(eager, document)

    assert texter.texts("Texas").startswith("Corrected: how?")


def test_a_corrected_rule_of_a_state_is_live_for_those_who_are_on_the_way(
    eager: Line, document: dict[str, Any]
) -> None:
    """The law changed between the question and the answer."""
    texter, other = eager.texter(), eager.texter("+12025550112")
    for person in (texter, other):
        tells(person, "hello", "2", "2", "1")
    first = tells(other, "Texas")
    document["places"]["TX"] |= {"rule": "BAN", "also": "", "certain": True}
    publish(eager, document)

    assert first != texter.texts("Texas")


def test_the_path_stays_as_it_was_for_those_who_are_on_it(eager: Line, document: dict[str, Any]) -> None:
    """Choices in a new order: 1 is still what stood beside the 1 when the question was asked."""
    texter, later = eager.texter(), eager.texter("+12025550112")
    tells(texter, "hello", "1")
    tell = document["flows"]["now"]["nodes"]["tell"]
    tell["menu"] = dict(reversed(tell["menu"].items()))
    publish(eager, document)

    assert "ZIP" in texter.texts("1")
    assert "ZIP" not in tells(later, "hello", "1", "1")


def test_who_rests_takes_the_new_path_and_its_numbers(eager: Line, document: dict[str, Any]) -> None:
    """What stands beside the 1 is what the 1 means."""
    texter = eager.texter()
    tells(texter, "hello", "call")
    topics = document["flows"]["start"]["nodes"]["topics"]
    topics["menu"] = dict(reversed(topics["menu"].items()))
    publish(eager, document)

    assert "1 Rights, family, my area, more" in texter.texts("menu")
    assert "More topics" in texter.texts("1")


def test_who_waits_at_a_node_with_a_new_name_stays_there(eager: Line, document: dict[str, Any]) -> None:
    """`renamed_from` tells where it went."""
    texter = eager.texter()
    tells(texter, "hello", "1", "1")
    changed = renamed(document, "referral", "urgent_reach", "how")
    changed["flows"]["referral"]["renamed_from"] = {"urgent_reach": "how"}
    tells(texter, "Texas")
    publish(eager, changed)

    assert "1 Call this phone" in texter.texts("qwerty")
    assert "1 Only this one" in texter.texts("1")


def test_a_new_revision_is_noticed_within_two_seconds(line: Line, document: dict[str, Any]) -> None:
    """In a running process, by everybody's next text."""
    texter = line.texter()
    texter.texts("hello")
    document["texts"]["en"]["start.topics"]["text"] = "Corrected menu"
    publish(line, document)
    deadline = time.monotonic() + 2

    while "Corrected menu" not in texter.texts("menu"):
        assert time.monotonic() < deadline
        time.sleep(0.05)


# --- what Twilio has answered --------------------------------------------------------------------


STOPS: Sequence[tuple[str, str]] = (
    *((word, "") for word in ("STOP", "stopall", "Unsubscribe", "CANCEL", "end", "QUIT", "revoke", "OptOut")),
    *((word, "STOP") for word in ("STOP", "alto", "ARRET", "fin", "1", "")),
)


def test_a_stop_that_twilio_answered_gets_no_second_answer_and_ends_the_session(
    line: Line, volatile: Redis
) -> None:
    """Its default words, or whatever word Advanced Opt-Out took for one."""
    for number, (body, kind) in enumerate(STOPS, start=20):
        texter = line.texter(f"+120255501{number}")
        tells(texter, "hola", "1")

        assert "" == texter.texts(body, **({"OptOutType": kind} if kind else {})), body
        assert not [name for name in witness.contents(volatile) if name.startswith("session:")], body


def test_a_stop_that_twilio_answered_makes_the_open_request_call_only(line: Line) -> None:
    """In whatever language it was said."""
    for number, (body, kind) in enumerate((("STOP", ""), ("arret", "STOP"), ("fin", "STOP")), start=20):
        texter = line.texter(f"+120255501{number}")
        tells(texter, *TO_CONSENT, "1")
        texter.texts(body, **({"OptOutType": kind} if kind else {}))

    assert ["stopped"] * 3 == [referral.texting for referral in line.hotline.referrals.open()]


def test_a_stop_over_whatsapp_is_confirmed_by_us(line: Line) -> None:
    """Twilio's default words are those of phone numbers; over WhatsApp it answers only what it says it answered."""
    chat = line.texter("whatsapp:+12025550111")
    tells(chat, "hello", "1")

    assert "no more texts" in chat.texts("STOP")
    assert "" == chat.texts("STOP", OptOutType="STOP")


def test_help_that_twilio_answered_keeps_the_question_open(line: Line, texter: Texter) -> None:
    """Silence from us, and the next number is still an answer."""
    tells(texter, "hola", "1")

    assert ("", "now.tell") == (texter.texts("HELP", OptOutType="HELP"), node(line, texter))


def test_a_start_that_twilio_answered_gets_the_welcome(texter: Texter) -> None:
    """The person is back."""
    tells(texter, "hola", "STOP")

    assert "Amparo" in texter.texts("START", OptOutType="START")


# --- unsigned texts ------------------------------------------------------------------------------


def test_a_text_that_no_lawyer_signed_gives_way_and_its_choices_stay(line: Line) -> None:
    """Where drafts are not served: the honest sentence, the voice number, and the way on."""
    config = replace(line.hotline.config, serve_drafts=False)
    strict = Line(replace(line.hotline, config=config), line.clock, line.identity)
    drafts, texter = line.texter("+12025550112"), strict.texter()
    shown = tells(drafts, "hello", "1")

    answer = tells(texter, "hello", "1")

    assert "A lawyer has not checked this answer yet" in answer
    assert VOICE in answer
    assert (shown.splitlines()[1:], True) == (answer.splitlines()[1:], "silent" not in answer)


def test_a_text_that_a_lawyer_signed_is_served(line: Line, eager: Line, document: dict[str, Any]) -> None:
    """Every fact it rests on has a reviewer."""
    config = replace(line.hotline.config, serve_drafts=False)
    strict = Line(replace(eager.hotline, config=config), line.clock, line.identity)
    for fact in document["register"]["facts"].values():
        fact["reviewer"] = "A. Lawyer"
    publish(strict, document)

    assert "silent" in tells(strict.texter(), "hello", "1")
