"""Twilio's door: what is signed is answered politely, and what is not changes nothing."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import NoReturn
from urllib.parse import urlencode
from xml.etree import ElementTree
from xml.parsers import expat

import pytest
from redis import Redis
from twilio.request_validator import RequestValidator
from werkzeug.test import EnvironBuilder, TestResponse

from app.referral.notices import opaque_name
from app.store import keys
from app.store.deliveries import RANK
from app.store.lockdown import Lock
from app.web.safety import HEADERS
from tests.app import witness
from tests.servers import Servers
from tests.texter import ACCOUNT, HOTLINE, PUBLIC_URL, TOKEN, Line, Texter, new_sid, said

SECRET_TEXT = "my cousin was taken at the bakery"
FORM_TYPE = "application/x-www-form-urlencoded"
LONGEST_REQUEST = 64 * 1024


def signature(form: object, url: str = f"{PUBLIC_URL}/sms", token: str = TOKEN) -> str:
    """Twilio's signature of this form under this address."""
    return str(RequestValidator(token).compute_signature(url, form))


def posted(
    line: Line,
    form: dict[str, str],
    sign: str | None,
    headers: dict[str, str] | None = None,
    path: str = "/sms",
) -> TestResponse:
    """One request with this signature, or none."""
    given = {} if sign is None else {"X-Twilio-Signature": sign}
    return line.client.post(path, data=form, headers={**given, **(headers or {})})


def posted_raw(line: Line, body: bytes, content_type: str = FORM_TYPE) -> TestResponse:
    """These very bytes, signed over what a form reader makes of them."""
    form = EnvironBuilder(method="POST", data=body, content_type=content_type).get_request().form
    return line.client.post(
        "/sms", data=body, content_type=content_type, headers={"X-Twilio-Signature": signature(form)}
    )


def with_body(texter: Texter, percent_encoded: str) -> bytes:
    """The form of one text whose body is these percent-encoded bytes."""
    form = texter.form("")
    del form["Body"]
    return f"{urlencode(form)}&Body={percent_encoded}".encode()


@pytest.fixture
def memories(durable: Redis, volatile: Redis) -> Callable[[], object]:
    """What is in both memories now."""
    return lambda: (witness.contents(durable), witness.contents(volatile))


# --- signed, or not ------------------------------------------------------------------------------


def test_a_signed_text_is_answered(texter: Texter) -> None:
    """The case that the others differ from."""
    assert "Amparo" in texter.texts("hola")


FORGERIES: dict[str, Callable[[dict[str, str]], tuple[str | None, dict[str, str]]]] = {
    "wrong token": lambda form: (signature(form, token="another"), {}),
    "truncated": lambda form: (signature(form)[:-4], {}),
    "empty": lambda _: ("", {}),
    "missing": lambda _: (None, {}),
    "not base64": lambda _: ("\u00ff\u00fe???", {}),
    "of another form": lambda form: (signature({**form, "Body": "hola"}), {}),
    "of http": lambda form: (signature(form, PUBLIC_URL.replace("https", "http") + "/sms"), {}),
    "of another port": lambda form: (signature(form, PUBLIC_URL + ":8443/sms"), {}),
    "of another path": lambda form: (signature(form, PUBLIC_URL + "/sms/"), {}),
    "unknown algorithm": lambda form: (
        base64.b64encode(hmac.new(TOKEN.encode(), urlencode(form).encode(), sha256).digest()).decode(),
        {"X-Twilio-Webhooks-Signature-Settings": "alg=HMAC_MD5"},
    ),
    "of the Host header": lambda form: (
        signature(form, "https://evil.example.org/sms"),
        {"Host": "evil.example.org"},
    ),
    "of X-Forwarded headers": lambda form: (
        signature(form, "https://evil.example.org/sms"),
        {"X-Forwarded-Host": "evil.example.org", "X-Forwarded-Proto": "https"},
    ),
}


def test_what_twilio_did_not_sign_changes_nothing_and_is_not_written_down(
    line: Line, texter: Texter, memories: Callable[[], object], capfd: pytest.CaptureFixture[str]
) -> None:
    """403, both memories as they were, and nothing of the text or the number in the log."""
    texter.texts("hola")
    before = memories()
    form = texter.form(SECRET_TEXT)

    with witness.log() as written:
        answers = {name: posted(line, form, *forge(form)) for name, forge in FORGERIES.items()}

    shown = written.getvalue() + "".join(capfd.readouterr())
    shown += "".join(answer.text for answer in answers.values())
    assert dict.fromkeys(FORGERIES, 403) == {name: answer.status_code for name, answer in answers.items()}
    assert before == memories()
    assert not [secret for secret in (SECRET_TEXT, "bakery", texter.number[1:]) if secret in shown]


def test_a_true_signature_holds_whatever_the_proxy_says(line: Line, texter: Texter) -> None:
    """Only PUBLIC_URL counts."""
    for headers in (
        {"Host": "evil.example.org"},
        {"Host": "line.example.org:8443"},
        {"X-Forwarded-Host": "evil.example.org", "X-Forwarded-Proto": "http"},
    ):
        form = texter.form("menu")
        assert said(posted(line, form, signature(form), headers=headers)), headers


def test_a_query_string_belongs_to_the_signed_address(line: Line, texter: Texter) -> None:
    """With the very bytes of the query; without it, or written otherwise, it is another address."""
    form = texter.form("hola")
    whole = signature(form, f"{PUBLIC_URL}/sms?via=a%20b")

    assert "Amparo" in said(posted(line, form, whole, path="/sms?via=a%20b"))
    assert [403, 403, 403] == [
        posted(line, form, whole).status_code,
        posted(line, form, whole, path="/sms?via=a+b").status_code,
        posted(line, form, signature(form), path="/sms?via=a%20b").status_code,
    ]


def test_a_signed_text_that_is_not_ours_is_refused(
    line: Line, texter: Texter, memories: Callable[[], object]
) -> None:
    """Another account's, or one without a sid to know it by."""
    before = memories()
    sids = ["SM123", "XX" + "0" * 32, "SM" + "0" * 32 + "\n", "SM" + "g" * 32, ""]
    changes = [{"AccountSid": "AC" + "1" * 32}, {"AccountSid": ""}, *({"MessageSid": sid} for sid in sids)]

    for changed in changes:
        answer = line.post("/sms", {**texter.form(SECRET_TEXT), **changed})
        assert (403, before) == (answer.status_code, memories()), changed


def test_a_field_given_twice_is_refused(line: Line, texter: Texter, memories: Callable[[], object]) -> None:
    """The signature cannot tell `a, a` from `a`."""
    before = memories()

    for name in ("AccountSid", "Body", "From", "MessageSid", "NumMedia", "OptOutType"):
        form = texter.form("hola", OptOutType="")
        answer = posted_raw(line, urlencode([*form.items(), (name, form[name])]).encode())
        assert (403, before) == (answer.status_code, memories()), name


def _without_sender(form: dict[str, str]) -> dict[str, str]:
    """The sender becomes part of the text."""
    sender = form.pop("From")
    return {**form, "Body": f"{form['Body']}From{sender}"}


def _sender_in_a_name(form: dict[str, str]) -> dict[str, str]:
    """A sender that stood in the text, and the true one in the name of a field that nobody knows."""
    return {**form, "Body": "STOP", "From": "+12025550177", f"From{form['From']}": ""}


@pytest.mark.parametrize(
    ("body", "forge"),
    [("hola", _without_sender), ("STOPFrom+12025550177", _sender_in_a_name)],
    ids=["sender in the text", "sender in a name"],
)
def test_a_signature_is_not_stretched_over_another_form(
    line: Line,
    texter: Texter,
    memories: Callable[[], object],
    body: str,
    forge: Callable[[dict[str, str]], dict[str, str]],
) -> None:
    """Twilio signs names and values without a boundary: these two forms have one signature."""
    form = texter.form(body)
    forged = forge(dict(form))
    before = memories()

    assert signature(form) == signature(forged)
    assert (403, before) == (posted(line, forged, signature(form)).status_code, memories())


# --- what is no text -----------------------------------------------------------------------------


def test_more_than_64_kilobytes_is_refused(
    line: Line, texter: Texter, memories: Callable[[], object]
) -> None:
    """413, before anything is read of it."""
    before = memories()
    form = {**texter.form("hola"), "Filler": "x" * LONGEST_REQUEST}

    assert (413, before) == (line.post("/sms", form).status_code, memories())


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data", ""])
def test_what_is_no_form_is_refused(line: Line, texter: Texter, content_type: str) -> None:
    """415: Twilio's form signature does not cover such a body."""
    body = urlencode(texter.form("hola")).encode()
    kind = f"{content_type}; boundary=x" if content_type.startswith("multipart") else content_type
    answers = [
        line.client.post("/sms", data=body, content_type=kind, headers={"X-Twilio-Signature": sign})
        for sign in (signature({}), signature(texter.form("hola")))
    ]

    assert [415, 415] == [answer.status_code for answer in answers]


def test_two_thousand_fields_are_a_text_like_any_other(line: Line, texter: Texter) -> None:
    """Twilio adds fields without notice."""
    form = {**texter.form("hola"), **{f"Extra{number}": "x" for number in range(2000)}}

    assert "Amparo" in said(line.post("/sms", form))


def test_only_post_is_taken(line: Line) -> None:
    """405 for everything else."""
    for path in ("/sms", "/sms/status", "/sms/status/abcdefgh", "/voice"):
        for method in ("GET", "PUT", "DELETE", "PATCH"):
            answer = line.client.open(path, method=method)
            assert (405, "OPTIONS, POST") == (answer.status_code, answer.headers.get("Allow")), path


# --- odd texts -----------------------------------------------------------------------------------

ODD = {
    "empty": "",
    "spaces": "%20%09%0A%20",
    "1600 characters": "a" * 1600,
    "1600 emoji": "%F0%9F%86%98" * 1600,
    "more than Twilio takes": "palabra+" * 2000,
    "control characters": "%01%02%07%08%0B%0C%0E%1B%1F%7F",
    "C1 controls": "%C2%80%C2%85%C2%9F",
    "NUL": "ho%00la",
    "not UTF-8": "%ff%fe",
    "lone surrogate": "%ED%A0%80x",
    "surrogate pair as six bytes": "%ED%A0%BD%ED%B8%80",
    "U+FFFE and U+FFFF": "%EF%BF%BE%EF%BF%BF",
    "right-to-left marks": "%E2%80%8F%E2%80%AEtexto%E2%80%AC",
    "zero-width": "h%E2%80%8Bo%E2%80%8Cl%E2%80%8Da%EF%BB%BF",
    "emoji": "%F0%9F%91%A8%E2%80%8D%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7",
    "combining marks": "e" + "%CC%81" * 500,
    "XML": "%3C%2FMessage%3E%3CRedirect%3Ex%3C%2FRedirect%3E%5D%5D%3E%26amp%3B",
    "a template": "%7B%7Bconfig%7D%7D+%7Bline%7D+%25s+%24%7Bx%7D",
    "a formula": "%3DHYPERLINK%28%22http%3A%2F%2Fx%22%29",
    "base64": "aG9sYQ%3D%3D",
    "one bracket": "%",
}


@pytest.mark.parametrize(
    "before",
    [(), ("hola",), ("hola", "1", "1"), ("hola", "1", "1", "Texas", "1", "3")],
    ids=["as the first text", "at a menu", "at the place", "at the word to ask for"],
)
def test_an_odd_text_gets_a_polite_answer(line: Line, before: tuple[str, ...]) -> None:
    """200, well-formed XML as a strict parser judges it, and words that lead on."""
    for number, (name, odd) in enumerate(ODD.items(), start=20):
        texter = line.texter(f"+120255501{number}")
        for text in before:
            texter.texts(text)

        answer = posted_raw(line, with_body(texter, odd))

        expat.ParserCreate().Parse(answer.data, True)
        assert (200, "text/xml") == (answer.status_code, answer.mimetype), name
        assert 0 < len(said(answer)) <= 1600, name


PICTURE = {"NumMedia": "1", "MediaUrl0": "https://media.example.org/0", "MediaContentType0": "image/jpeg"}
VOICE_NOTE = PICTURE | {"MediaContentType0": "audio/ogg"}


@pytest.mark.parametrize("media", [PICTURE, VOICE_NOTE], ids=["picture", "voice note"])
def test_a_picture_alone_is_told_that_it_cannot_be_opened(texter: Texter, media: dict[str, str]) -> None:
    """And the question is asked again; as a first text it gets the welcome."""
    assert "Amparo" in texter.texts("", **media)

    texter.texts("hello")
    assert "pictures or voice notes" in texter.texts("", **media)


def test_an_odd_count_of_pictures_is_no_crash(texter: Texter) -> None:
    """NumMedia is whatever Twilio says."""
    for count in ("", "x", "-1", "1" * 40):
        assert texter.texts("menu", NumMedia=count), count


def test_fields_nobody_knows_change_nothing(line: Line) -> None:
    """The same words with them and without."""
    more = {"ButtonPayload": "x", "ProfileName": "Somebody", "Latitude": "1.5", "ReferralBody": "x"}

    assert line.texter("+12025550120").texts("hola") == line.texter("+12025550121").texts("hola", **more)


# --- who is no person ----------------------------------------------------------------------------


NOBODY = (
    "72345",
    "AMAZON",
    HOTLINE,
    f"whatsapp:{HOTLINE}",
    "",
    "+",
    "+1202555",
    "12025550111",
    "+1202555011x",
    "+12025550111\n",
    "+0012025550111",
    "whatsapp:",
    "messenger:12345678",
    "+12025550111,+12025550112",
    "anonymous",
    "+\u0661\u0662\u0660\u0662\u0665\u0665\u0665\u0660\u0661\u0661\u0661",
)


def test_who_is_no_person_gets_silence(line: Line, texter: Texter, memories: Callable[[], object]) -> None:
    """A short code, a name, an echo of ourselves or nonsense: 200, nothing kept, nothing said."""
    before = memories()

    for sender in NOBODY:
        answer = line.post("/sms", {**texter.form("hola"), "From": sender})
        assert ("", before) == (said(answer), memories()), sender


def test_whatsapp_is_a_phone_like_any_other(line: Line) -> None:
    """A conversation of its own, apart from the texts of the same number."""
    chat, phone = line.texter("whatsapp:+12025550111"), line.texter("+12025550111")
    chat.texts("hola")

    assert ("Diga", "Amparo") == (chat.texts("1")[:4], phone.texts("hola")[:6])


def test_a_number_abroad_is_answered(line: Line) -> None:
    """Families text from home."""
    assert "Amparo" in line.texter("+502123456789").texts("hola")


# --- calls and callbacks -------------------------------------------------------------------------


def call_form() -> dict[str, str]:
    """The fields of a call that we need."""
    return {"CallSid": "CA" + "0" * 32, "AccountSid": ACCOUNT, "From": "+12025550111", "To": HOTLINE}


def test_a_call_hears_spanish_then_english_and_where_a_person_answers(line: Line) -> None:
    """What this line is, 911, and the voice number, in both."""
    answer = line.post("/voice", call_form())
    says = ElementTree.fromstring(answer.data).findall("Say")  # noqa: S314 - our own answer

    assert ["es-MX", "en-US"] == [say.get("language") for say in says]
    assert all("911" in (say.text or "") and "202-555-0142" in (say.text or "") for say in says)
    assert "computadora" in (says[0].text or "")
    assert "computer" in (says[1].text or "")


def test_a_call_that_is_not_ours_is_refused(line: Line) -> None:
    """As a text is."""
    changes = ({"CallSid": "CA1"}, {"CallSid": ""}, {"AccountSid": "AC" + "1" * 32})

    refused = [line.post("/voice", {**call_form(), **changed}).status_code for changed in changes]

    assert [403, 403, 403] == refused
    assert 403 == posted(line, call_form(), None, path="/voice").status_code


def status_of(line: Line, delivery: str, status: str, **more: str) -> int:
    """One signed callback; the answer's status."""
    form = {"MessageSid": new_sid(), "AccountSid": ACCOUNT, "MessageStatus": status, **more}
    return line.post(f"/sms/status/{delivery}", form).status_code


def test_a_status_is_kept_under_our_own_id(line: Line) -> None:
    """With Twilio's error code."""
    assert 200 == status_of(line, "d1234567", "undelivered", ErrorCode="30003")
    assert ("undelivered", "30003") == line.hotline.deliveries.read("d1234567")


def test_a_text_never_steps_back(line: Line) -> None:
    """Callbacks come late and twice, in every order."""
    statuses = [status for status in RANK if status not in {"accepted", "scheduled"}]
    pairs = [(last, late) for last in statuses for late in statuses if RANK[late] <= RANK[last]]

    for number, (last, late) in enumerate(pairs):
        status_of(line, f"delivery{number}", last, ErrorCode="1")
        status_of(line, f"delivery{number}", late, ErrorCode="2")
        assert (last, "1") == line.hotline.deliveries.read(f"delivery{number}"), late


def test_a_status_that_twilio_does_not_have_is_refused(line: Line, memories: Callable[[], object]) -> None:
    """400, and nothing kept."""
    before = memories()

    for status in ("", "vanished", "DELIVERED", "sent "):
        assert (400, before) == (status_of(line, "d1234567", status), memories()), status


def test_a_status_of_a_text_nobody_knows_is_fine(line: Line) -> None:
    """Twilio should stop asking; a callback without our id is answered too."""
    form = {"MessageSid": new_sid(), "AccountSid": ACCOUNT, "MessageStatus": "sent"}

    assert (200, 200) == (status_of(line, "nobody", "sent"), line.post("/sms/status", form).status_code)


def waiting(line: Line) -> tuple[str, str]:
    """A referral whose person was texted that there is news, and the name of that text."""
    referral = a_referral(line)
    line.works()
    line.hotline.desk.accept(referral, "mesa", line.clock())
    line.works()
    found = line.hotline.referrals.get(referral)
    bell = next(errand for errand in (found.errands if found else ()) if errand.kind == "news")
    delivery = opaque_name(referral, bell.delivery)
    line.hotline.deliveries.expect(delivery, referral)
    for job in line.hotline.volatile.scan_iter("rq:*"):
        line.hotline.volatile.delete(job)
    return referral, delivery


def a_referral(line: Line) -> str:
    """The id of a request that somebody has just made."""
    texter = line.texter("+12025550177")
    for text in ("hola", "1", "1", "Texas", "1", "1"):
        texter.texts(text)
    (referral,) = line.hotline.referrals.open()
    return referral.id


def test_a_text_that_failed_is_due_again(line: Line) -> None:
    """By what its code means; a worker gets a hint, and a repetition is no second failure."""
    referral, delivery = waiting(line)

    status_of(line, delivery, "sent")
    assert 0 == line.hotline.jobs.waiting()

    for _ in range(3):
        assert 200 == status_of(line, delivery, "undelivered", ErrorCode="30003")
    found = line.hotline.referrals.get(referral)
    assert ["due"] == [errand.way for errand in (found.errands if found else ()) if errand.kind == "news"]
    assert 1 == line.hotline.jobs.waiting()


@pytest.mark.parametrize(
    ("code", "paged"), [("30007", True), ("30029", True), ("30030", True), ("30003", False)]
)
def test_a_failure_that_an_operator_must_see_is_written_down(line: Line, code: str, paged: bool) -> None:
    """The code, and nothing of the person."""
    _, delivery = waiting(line)

    with witness.log() as written:
        status_of(line, delivery, "failed", ErrorCode=code)

    assert paged == ("look at the account" in written.getvalue() and f'"code": {code}' in written.getvalue())


def test_a_text_that_arrived_wakes_nobody(line: Line) -> None:
    """Nor does one about a referral that is gone, or about none."""
    referral, arrived = waiting(line)
    status_of(line, arrived, "delivered")
    line.hotline.durable.delete(keys.REFERRAL(referral))
    line.hotline.deliveries.expect("d7654321", referral)
    for delivery in ("d7654321", "d0000000"):
        assert 200 == status_of(line, delivery, "failed", ErrorCode="30008")

    assert 0 == line.hotline.jobs.waiting()


def test_a_failure_while_the_durable_memory_is_down_is_answered_and_logged(
    line: Line, servers: Servers
) -> None:
    """Twilio is not asked to repeat what it will not repeat."""
    _, delivery = waiting(line)
    servers.durable.kill()

    with witness.log() as written:
        assert 200 == status_of(line, delivery, "failed", ErrorCode="30008")
    assert "a status could not be kept" in written.getvalue()


def test_a_failure_that_comes_as_the_line_is_locked_is_answered(line: Line) -> None:
    """Though this process has not heard of the lock yet."""
    referral, delivery = waiting(line)
    before = line.hotline.referrals.get(referral)
    line.hotline.live.current()
    line.hotline.lockdown.lock(Lock(line.clock(), "eva", "a raid"))

    assert 200 == status_of(line, delivery, "failed", ErrorCode="30008")
    assert before == line.hotline.referrals.get(referral)


def test_an_unsigned_status_changes_nothing(line: Line, memories: Callable[[], object]) -> None:
    """As an unsigned text."""
    before = memories()
    form = {"MessageSid": new_sid(), "AccountSid": ACCOUNT, "MessageStatus": "sent"}

    assert (403, before) == (
        posted(line, form, "x", path="/sms/status/d1234567").status_code,
        memories(),
    )


# --- every answer --------------------------------------------------------------------------------


class Broken:
    """A memory that fails in a way nobody thought of, with the person's text in the error."""

    def read(self, address: str, sid: str) -> NoReturn:
        raise ZeroDivisionError(f"{address} {SECRET_TEXT}")

    def note(self, delivery: str, status: str, code: str) -> NoReturn:
        raise ZeroDivisionError(SECRET_TEXT)


@pytest.fixture
def broken(line: Line) -> Line:
    """A line with a fault in it."""
    fault = Broken()
    hotline = replace(line.hotline, sessions=fault, deliveries=fault)  # type: ignore[arg-type] # what breaks is the point
    return Line(hotline, line.clock, line.identity)


def test_a_crash_shows_nothing_and_writes_nothing_of_the_text(
    broken: Line, capfd: pytest.CaptureFixture[str]
) -> None:
    """The fixed text instead of silence; the log has the place of the fault and no body, number or sid."""
    texter = broken.texter()
    form = texter.form(SECRET_TEXT)

    with witness.log() as written:
        answer = broken.post("/sms", form)

    shown = written.getvalue() + "".join(capfd.readouterr())
    assert broken.hotline.down_text == said(answer)
    assert "ZeroDivisionError" in shown
    assert not [
        secret for secret in ("bakery", "cousin", texter.number[1:], form["MessageSid"]) if secret in shown
    ]


def test_every_answer_has_the_headers(line: Line, broken: Line, texter: Texter) -> None:
    """Errors as well."""
    texter.texts("hola")
    form = texter.form("hola")
    answers = {
        200: texter.posts("1"),
        403: posted(line, form, None),
        404: line.client.get("/nowhere"),
        405: line.client.get("/sms"),
        413: line.post("/sms", {**form, "Filler": "x" * LONGEST_REQUEST}),
        415: line.client.post("/sms", json=form),
        500: broken.post("/sms/status/d1234567", {"AccountSid": ACCOUNT, "MessageStatus": "sent"}),
    }

    assert list(answers) == [answer.status_code for answer in answers.values()]
    for answer in answers.values():
        assert HEADERS.items() <= dict(answer.headers).items()
        assert not {"Set-Cookie", "X-Powered-By"} & set(answer.headers.keys())
