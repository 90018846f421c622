"""The page without JavaScript, the mail, the guards, and the process itself."""

from __future__ import annotations

import os
import signal
import smtplib
import subprocess
import sys
import time
from email.message import EmailMessage

import pytest
import requests

from app.simulator.settings import Settings, SettingsError
from tests.app.simulator.doubles import ACCOUNT, LINE, TOKEN, Hotline, Simulator, eventually
from tests.servers import free_port


def test_mail_is_caught_and_shown(simulator: Simulator) -> None:
    """From, to, subject and text."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "amparo@example.org", "intake@example.org", "Remisión AB12"
    mail.set_content("Una remisión espera.\n\nRef: AB12\n")
    with smtplib.SMTP("127.0.0.1", simulator.smtp_port) as smtp:
        smtp.send_message(mail)

    eventually(lambda: bool(simulator.everything()["mail"]))
    (caught,) = simulator.everything()["mail"]
    assert (caught["from"], caught["to"]) == ("amparo@example.org", "intake@example.org")
    assert (caught["subject"], caught["text"]) == ("Remisión AB12", "Una remisión espera.\n\nRef: AB12")
    assert "Remisión AB12" in requests.get(simulator.url, timeout=5).text


def test_the_forms_work_without_javascript(simulator: Simulator) -> None:
    """A post leads back to the same phone, in the same language, with the answer in it."""
    page = requests.post(
        simulator.url + "/phones/2/texts", data={"body": "<b>hola</b>", "lang": "es"}, timeout=5
    )

    assert page.history[0].status_code == 303
    assert page.url == simulator.url + "/?phone=2&lang=es#write"
    assert '<html lang="es">' in page.text
    assert "&lt;b&gt;hola&lt;/b&gt;" in page.text
    assert "Hello" in page.text


def test_a_problem_is_told_on_the_page(simulator: Simulator) -> None:
    """In the page's language."""
    page = requests.post(
        simulator.url + "/phones/1/texts", data={"body": "a" * 1601, "lang": "es"}, timeout=5
    )

    assert "1,600 caracteres" in page.text


@pytest.mark.parametrize(("accepts", "lang"), [("es-MX,es;q=0.9", "es"), ("en-US", "en"), ("fr", "en")])
def test_the_page_speaks_the_browsers_language(simulator: Simulator, accepts: str, lang: str) -> None:
    """English where it has neither."""
    page = requests.get(simulator.url, headers={"Accept-Language": accepts}, timeout=5)

    assert f'<html lang="{lang}">' in page.text


@pytest.mark.parametrize(
    ("lang", "says"),
    [("en", "as it was checked on 2026-11-23"), ("es", "como se revisó el 2026-11-23")],
)
def test_the_page_says_at_which_day_the_law_stands_still(simulator: Simulator, lang: str, says: str) -> None:
    """A visitor of next year sees what was checked, and knows when."""
    assert says in requests.get(f"{simulator.url}/?lang={lang}", timeout=5).text


def test_a_wrong_day_is_named() -> None:
    """As any other setting."""
    env = {
        **dict.fromkeys(("SIMULATOR_PORT", "SMTP_SINK_PORT"), "8001"),
        **{"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "HOTLINE_NUMBER": LINE},
        **{"PUBLIC_URL": "http://localhost:8000", "SIMULATOR_FACTS_AS_OF": "Monday"},
    }
    with pytest.raises(SettingsError, match="SIMULATOR_FACTS_AS_OF must be a day such as 2026-11-23"):
        Settings.from_env(env)


def test_every_answer_has_a_strict_policy(simulator: Simulator) -> None:
    """No inline script or style, and no frame."""
    answer = requests.get(simulator.url, timeout=5)

    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert " style=" not in answer.text


@pytest.mark.parametrize("path", ["/", "/phones.json", "/healthz", "/static/phone.js"])
def test_a_foreign_host_name_is_refused(simulator: Simulator, path: str) -> None:
    """A name that was rebound to 127.0.0.1 gets nothing."""
    assert requests.get(simulator.url + path, headers={"Host": "evil.example"}, timeout=5).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost:1"},
        {"Origin": "null"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    ],
)
@pytest.mark.parametrize(
    "path", ["/phones", "/phones/1/texts", "/phones/1/calls", "/phones/1/tricks", "/line", "/reset"]
)
def test_another_sites_page_changes_nothing(simulator: Simulator, path: str, headers: dict[str, str]) -> None:
    """Neither its forms nor its scripts."""
    before = simulator.everything()["revision"]

    assert (
        requests.post(simulator.url + path, data={"body": "x"}, headers=headers, timeout=5).status_code == 403
    )
    assert simulator.everything()["revision"] == before


def test_our_own_page_may(simulator: Simulator) -> None:
    """The same origin, as a browser writes it."""
    headers = {"Origin": simulator.url, "Sec-Fetch-Site": "same-origin"}

    assert requests.post(simulator.url + "/line", data={}, headers=headers, timeout=5).status_code == 200


def test_phones_can_be_added_but_no_real_number(simulator: Simulator) -> None:
    """555-01xx numbers and short senders only."""
    assert simulator.do("/phones")["address"] == "+12025550115"
    assert simulator.do("/phones", channel="whatsapp")["address"] == "whatsapp:+12025550116"
    assert simulator.do("/phones", number="72345")["address"] == "72345"
    for number in ("+12024561414", "+12025550111", "nobody at all"):
        answer = requests.post(simulator.url + "/phones", json={"number": number}, timeout=5)
        assert answer.status_code == 400


def test_a_phone_or_trick_that_does_not_exist_is_refused(simulator: Simulator) -> None:
    """404 and 400, in words."""
    missing = requests.post(simulator.url + "/phones/99/texts", json={"body": "x"}, timeout=5)
    unknown = requests.post(simulator.url + "/phones/1/tricks", json={"send": "21999"}, timeout=5)

    assert (missing.status_code, "99" in missing.json()["error"]) == (404, True)
    assert (unknown.status_code, "21999" in unknown.json()["error"]) == (400, True)


def test_a_wrong_setting_is_named() -> None:
    """Nothing starts with half the settings."""
    with pytest.raises(SettingsError, match="SIMULATOR_PORT"):
        Settings.from_env({})


def test_the_process_starts_quietly_and_ends_on_sigterm(hotline: Hotline) -> None:
    """Started as the supervisor starts it; not a number nor a text in what it prints."""
    port = free_port()
    env = {
        **os.environ,
        "SIMULATOR_PORT": str(port),
        "SMTP_SINK_PORT": str(free_port()),
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "HOTLINE_NUMBER": LINE,
        "PUBLIC_URL": hotline.url,
        "LINE_NAME": "Amparo",
        "VOICE_NUMBER": "+12025550142",
    }
    command = [sys.executable, "-m", "app.simulator"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        started = Simulator(f"http://127.0.0.1:{port}", 0)
        eventually(lambda: answers(started.url), 20)
        started.texts("a secret text")
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=5)

    assert (process.returncode, output) == (0, b"")
    assert time.monotonic() - began < 2


def answers(url: str) -> bool:
    try:
        return requests.get(url + "/healthz", timeout=1).ok
    except requests.ConnectionError:
        return False
