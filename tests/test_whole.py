"""The whole hotline from outside: `amparo run`, real sockets, signed webhooks, Twilio's own client, real SMTP, `age`.

Everything is done through the simulator's control doors and the `amparo` command, as a person at the phone page or
an operator would do it. The durable memory is looked into only where nobody outside may see what it holds.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
import requests

from app.host.redis import embedded_url
from app.referral.errand import Errand
from app.referral.life import Referral
from app.referral.seal import Letter
from app.simulator import mail_sink
from app.simulator.carrier import Carrier
from app.simulator.settings import Settings
from app.simulator.web import create_app
from app.store.memory import connect
from app.store.referrals import Referrals
from tests.app.simulator.doubles import Simulator, eventually, serve
from tests.running import BELL, URGENT, Hotline, Phone, asked
from tests.servers import free_port


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hotline]:
    """One hotline for all of these tests; a test may kill parts of it or start it anew, never change its settings."""
    line = Hotline(tmp_path_factory.mktemp("whole") / "var")
    try:
        line.start()
        yield line
    finally:
        line.close()


@pytest.fixture
def phone(line: Hotline) -> Phone:
    """A phone that never texted the line."""
    return line.phone()


def words_in(text: str) -> list[str]:
    """The words of a text: "ramo" is none of those of "cerramos"."""
    return re.findall(r"\w+", text)


def test_it_says_when_it_is_ready(line: Hotline, capsys: pytest.CaptureFixture[str]) -> None:
    """`/` leads to the phone in the browser. The seconds are shown and not judged: they are the machine's."""
    with capsys.disabled():
        print(f" [ready after {line.seconds:.1f} s]", end="")

    answer = requests.get(f"{line.url}/", allow_redirects=False, timeout=5)

    assert (302, line.simulator.url) == (answer.status_code, answer.headers["Location"].rstrip("/"))


def test_the_doctor_in_another_shell_finds_it_well(line: Hotline) -> None:
    """It finds the servers, the worker and the sweep of the run by its data folder, and no account to ask."""
    seen = line.does("doctor")

    assert (0, "") == (seen.returncode, seen.stderr), seen.stdout
    assert {"A worker is alive.", "The sweep is alive.", "No request is overdue."} <= {
        each.strip().removeprefix("well").strip() for each in seen.stdout.splitlines()
    }
    assert seen.stdout.endswith("\nAll is well.\n")


def test_from_hola_to_a_reference_in_four_texts(phone: Phone) -> None:
    """Once somebody is held, four texts of the person and eight segments of ours lead to a confirmed request."""
    phone.texts(*URGENT[:2])
    after_now = URGENT[2:]
    confirmed = phone.texts(*after_now)

    assert asked(confirmed)
    assert len(after_now) <= 4
    since = [each for each in phone.thread() if each["who"] == "line" and each["text"] != BELL][1:]
    assert sum(each["segments"] for each in since) <= 8
    assert [] == phone.notes()


def test_the_office_is_mailed_and_the_mail_tells_nothing(line: Hotline, phone: Phone) -> None:
    """Urgent, the code and a deadline: no number, no word, no place, no language of the person."""
    asked = phone.asks()
    line.settled(asked.code)

    (mail,) = line.mail(asked.code)

    assert "URGENT" in mail["subject"]
    assert "Please take it before:" in mail["text"]
    told = mail["subject"] + mail["text"]
    digits = re.sub(r"\D", "", told)
    assert phone.number[-7:] not in digits
    assert not re.search(rf"\b{asked.word}\b|texas|\bTX\b|span|espa|detain|immig", told, re.IGNORECASE)


def test_the_office_opens_its_box(line: Hotline, phone: Phone) -> None:
    """`amparo referrals open` shows what the person agreed to; another office's key shows nothing."""
    asked = phone.asks()
    line.settled(asked.code)
    (mail,) = line.mail(asked.code)
    key = line.key_of(mail)

    shown = line.does("referrals", "open", asked.code, "--identity", str(key))
    other = line.does("referrals", "open", asked.code, "--identity", str(_another(key)))

    assert (0, "") == (shown.returncode, shown.stderr)
    facts = dict(re.findall(r"^(.+?): +(.+)$", shown.stdout, re.MULTILINE))
    assert phone.number == facts["Phone"]
    assert asked.word == facts["Say the word"]
    assert ("TX", "yes", "yes") == (facts["Place"], facts["Held now"], facts["Urgent"])
    assert (1, "") == (other.returncode, other.stdout)


@pytest.mark.stock_age
def test_stock_age_opens_the_same(line: Hotline, phone: Phone, tmp_path: Path) -> None:
    """An office needs nothing of ours: Debian's `age` shows what our command shows."""
    asked = phone.asks()
    line.settled(asked.code)
    (mail,) = line.mail(asked.code)
    key, box = str(line.key_of(mail)), str(tmp_path / "box.age")

    saved = line.does("referrals", "save", asked.code, box)
    plain = subprocess.run(["age", "--decrypt", "-i", key, box], capture_output=True, check=True).stdout

    assert (0, "") == (saved.returncode, saved.stderr)
    shown = line.does("referrals", "open", asked.code, "--identity", key)
    assert Letter.from_bytes(plain).to_text() == shown.stdout


def test_the_bell_rings_and_the_code_gives_the_news(line: Hotline, phone: Phone) -> None:
    """When an office takes it; the text that comes by itself names no matter, the code unlocks who, and the word."""
    asked = phone.asks()
    line.settled(asked.code)
    assert 0 == phone.heard(BELL)
    line.takes(asked.code)
    eventually(lambda: phone.heard(BELL) == 1)

    news = phone.texts(asked.code)

    assert asked.word in news
    assert "tiene su pedido" in news
    eventually(lambda: all(each["status"] in {"delivered", "received"} for each in phone.thread()))


def test_the_code_tells_another_phone_nothing(line: Hotline, phone: Phone) -> None:
    """A right code from another phone is answered as one that never was; so is its withdrawal."""
    asked = phone.asks()
    line.settled(asked.code)
    other = line.phone()
    other.texts("hola")

    unknown = other.texts("K2K2K")

    assert asked.word not in words_in(unknown)
    assert unknown == other.texts(asked.code)
    assert unknown == other.texts(f"RETIRAR {asked.code}", "1")
    found = line.referral(asked.code)
    assert found is not None
    assert not found.ended


def test_stop_makes_a_request_call_only(line: Hotline, phone: Phone) -> None:
    """STOP at once: the office is mailed all the same, the phone is not texted; after START the code works."""
    worker = line.child("worker")
    os.kill(worker, signal.SIGSTOP)
    try:
        asked = phone.asks()
        silence = phone.texts("STOP")
    finally:
        os.kill(worker, signal.SIGCONT)

    found = line.takes(asked.code)

    assert "" == silence
    assert ("accepted", "stopped", 0) == (found.state, found.texting, found.bells)
    assert 1 == len(line.mail(asked.code))
    assert 0 == phone.heard(BELL)
    assert ["twilio_stop"] == phone.notes()
    phone.texts("START")
    assert asked.word in phone.texts(asked.code)


def test_withdraw_with_the_code_ends_a_request(line: Hotline, phone: Phone) -> None:
    """The office is told not to call, the box is gone, and the code shows nothing any more."""
    asked = phone.asks()
    line.settled(asked.code)

    phone.texts(f"RETIRAR {asked.code}", "1")

    eventually(lambda: len(line.mail(asked.code)) == 2, 20)
    assert any("was withdrawn" in mail["subject"] for mail in line.mail(asked.code))
    found = line.settled(asked.code)
    assert ("withdrawn", {}, b"") == (found.state, dict(found.boxes), found.number_box)
    gone = line.does("referrals", "save", asked.code, os.devnull)
    assert (1, f"Error: {asked.code} has no box for {found.office}.\n") == (gone.returncode, gone.stderr)
    assert asked.word not in words_in(phone.texts(asked.code))


@pytest.mark.parametrize("delivery", ["lose", "twice"])
def test_a_text_that_comes_twice_asks_once(line: Hotline, phone: Phone, delivery: str) -> None:
    """The answer is lost, or the text is delivered twice: the person reads one code, one office gets one mail."""
    phone.texts(*URGENT[:-1])
    before = _open(line)
    phone.plays(delivery=delivery)

    code = asked(phone.texts(URGENT[-1])).code

    line.takes(code)
    assert {code} == _open(line) - before
    assert 1 == len(line.mail(code))
    assert ["answer_lost" if delivery == "lose" else "same_answer"] == phone.notes()
    eventually(lambda: phone.heard(BELL) == 1)


def test_a_phone_that_opted_out_at_twilio_is_not_rung_again(line: Hotline, phone: Phone) -> None:
    """Twilio's 21610 on the bell is final: the office has the request, and hears that only a call arrives."""
    phone.plays(send="21610")

    asked = phone.asks()

    found = line.takes(asked.code)
    assert ("accepted", ["failed"]) == (found.state, [bell.way for bell in _bells(found)])
    assert ["send_refused"] == phone.notes()
    assert 0 == phone.heard(BELL)
    eventually(lambda: "call, no text arrives" in line.mail(asked.code)[-1]["subject"], 10)


def test_a_bell_whose_answer_was_lost_waits_for_twilios_log(line: Hotline, phone: Phone) -> None:
    """The message arrived, and the connection was cut before we knew: nothing rings a second time on a guess."""
    phone.plays(send="lose")

    asked = phone.asks()
    line.settled(asked.code)
    line.does("referrals", "accept", asked.code)

    eventually(lambda: phone.heard(BELL) == 1, 20)
    found = line.referral(asked.code)
    assert found is not None
    assert ["sending"] == [
        bell.way for bell in _bells(found)
    ]  # the log is asked after 15 s (tests/app/referral/test_handover.py)


@pytest.mark.parametrize("name", ["worker", "worker.sweep", "app:wsgi()", "app:inbox_wsgi()"])
def test_a_killed_process_comes_back(line: Hotline, phone: Phone, name: str) -> None:
    """`kill -9` of the worker, the sweep, the web or the inbox: what was begun goes on, and the office is mailed once."""
    phone.texts(*URGENT[:3])
    killed = line.child(name)
    assert killed
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: line.child(name) not in {0, killed}, 20)
    eventually(lambda: _alive(line), 20)

    code = asked(phone.texts(*URGENT[3:])).code

    line.takes(code)
    assert 1 == len(line.mail(code))
    eventually(lambda: phone.heard(BELL) == 1)


def test_nothing_of_the_menus_reaches_a_disk(line: Hotline, phone: Phone) -> None:
    """No word and no number of a text is in a file of the data folder, or in what the processes print."""
    other = line.phone()
    asked = phone.asks()
    line.settled(asked.code)
    phone.texts("zanahoria violeta")
    other.texts("hello", "a purple carrot")
    other.simulator.do(f"/phones/{other.id}/calls")

    written = _written(line)

    assert b"referral:" in written  # what must not be lost is there, and this test looks at the right files
    forgotten = [phone.number, other.number, "zanahoria", "purple carrot"]
    found = [word for word in forgotten if word.removeprefix("+").encode() in written]
    assert [] == found


def test_a_restart_forgets_the_menus_and_keeps_the_requests(line: Hotline, phone: Phone) -> None:
    """SIGTERM leaves no process; afterwards no key of a person is there, and the code still gives the news."""
    asked = phone.asks()
    line.settled(asked.code)
    other = line.phone()
    other.texts("hola", "1")
    before = _volatile(line)

    assert 0 == line.stop()
    assert [] == line.processes()
    assert [] == [path.name for path in (line.data / "run").iterdir()]
    line.start()

    assert any(name.startswith(b"session:") for name in before)
    after = _volatile(line)
    personal = (b"session:", b"answer:", b"seen:", b"pepper:")
    assert set() == {name for name in after if name.startswith(personal)} - _fresh(before, after)
    again = line.phone(phone.number)
    again.texts("hola")
    eventually(lambda: any(name.startswith(b"rekeyed:") for name in _volatile(line)), 20)
    assert asked.word in again.texts(asked.code)
    assert 0 == again.heard(BELL)


# With credentials that look real, and an address that is not Twilio's: how the hotline is tried from outside.

TOKEN = "not-a-real-token"
ACCOUNT = "AC" + "0" * 31 + "7"
NUMBER = "+12025550177"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[tuple[Hotline, dict[str, str]]]:
    """A hotline that is set up for a Twilio at another address, not started yet; and that address's settings."""
    line = Hotline(tmp_path / "var")
    settings = Settings(free_port(), free_port(), ACCOUNT, TOKEN, NUMBER, line.url, "Amparo", "+12025550142")
    carrier = Carrier(NUMBER)
    sink = mail_sink.start(carrier, settings.smtp_port)
    stop = serve(create_app(settings, carrier), settings.port)
    real = {
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_URL": f"http://localhost:{settings.port}",
        "HOTLINE_NUMBER": NUMBER,
        "VOICE_NUMBER": "+12025550142",
        "SMTP_URL": f"smtp://127.0.0.1:{settings.smtp_port}",
    }
    yield line, real
    line.close()
    stop()
    sink.stop()


@pytest.mark.parametrize("drafts", ["", "yes"])
def test_with_credentials_there_is_no_simulator(
    elsewhere: tuple[Hotline, dict[str, str]], drafts: str
) -> None:
    """The public page, Twilio's address for the bells, and no text that no lawyer signed unless we say so."""
    line, real = elsewhere
    line.settings = {**real, **({"AMPARO_SERVE_DRAFTS": drafts} if drafts else {})}
    line.start()
    line.simulator = Simulator(real["TWILIO_API_URL"], 0)
    _add_partner(line)
    phone = line.phone()

    home = requests.get(f"{line.url}/", allow_redirects=False, timeout=5)
    notes = " ".join(requests.get(f"{line.url}/readyz", timeout=5).json()["notes"])
    now = phone.texts(*URGENT[:2])
    code = asked(phone.texts(*URGENT[2:])).code

    assert 0 == line.child("app.simulator")
    assert (200, True) == (home.status_code, "202-555-0177" in home.text)
    assert ("served because AMPARO_SERVE_DRAFTS is yes" if drafts else "not served") in notes
    assert ("Guarde silencio" in now) is bool(drafts)
    assert "1 Pedir abogado" in now
    line.takes(code)
    assert ["intake@nido.example.org"] == [mail["to"] for mail in line.mail(code)]
    eventually(lambda: phone.heard(BELL) == 1)
    assert 403 == requests.post(f"{line.url}/sms", data={"Body": "hola"}, timeout=5).status_code


def _add_partner(line: Hotline) -> None:
    added = line.does(
        *("directory", "add-partner", "--id", "nido", "--name", "Nido Legal", "--phone", "+12025550188"),
        *("--email", "intake@nido.example.org", "--zone", "America/Chicago", "--states", "nationwide"),
        *(
            "--hours",
            "always",
            "--takes-detained",
            "--whom",
            "any",
            "--make-identity",
            str(line.data / "nido.age"),
        ),
    )
    assert (0, "") == (added.returncode, added.stderr)


def _another(key: Path) -> Path:
    return next(each for each in key.parent.glob("*.age") if each != key)


def _open(line: Hotline) -> set[str]:
    """The codes of all open requests."""
    with connect(embedded_url(line.data, "durable")) as durable:
        return {referral.reference for referral in Referrals(durable).open()}


def _bells(referral: Referral) -> list[Errand]:
    return [errand for errand in referral.errands if errand.channel == "bell"]


def _volatile(line: Hotline) -> dict[bytes, bytes]:
    """Every key of the volatile memory, with its value as the server would dump it."""
    with connect(embedded_url(line.data, "volatile")) as volatile:
        names = cast("list[bytes]", volatile.keys())
        return {name: cast("bytes | None", volatile.dump(name)) or b"" for name in names}


def _fresh(before: dict[bytes, bytes], after: dict[bytes, bytes]) -> set[bytes]:
    """Peppers that were made anew under the name of the day."""
    return {name for name in after if name.startswith(b"pepper:") and after[name] != before.get(name)}


def _alive(line: Hotline) -> bool:
    try:
        return requests.get(f"{line.url}/readyz", timeout=2).ok
    except requests.RequestException:
        return False


def _written(line: Hotline) -> bytes:
    """Everything in files: the data folder, and what was printed."""
    files = [path for path in line.data.rglob("*") if path.is_file()]
    return b"\n".join(path.read_bytes() for path in [*files, line.log])
