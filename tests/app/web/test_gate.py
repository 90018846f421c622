"""Who may open what: every route, every method, every role, and the other organisation's people."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from app.staff.account import OF_AN_OFFICE, ROLES, Role
from app.store.lockdown import Lock
from app.web import gate
from app.web.safety import STAFF_HEADERS
from tests.app.web.staff import ORIGIN, Browser, Inbox
from tests.servers import Servers
from tests.texter import Line

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

# What each role may open: this table is written by hand, so that a declaration that slips is found.
OFFICE = {
    "inbox.requests",
    "inbox.part",
    "inbox.one",
    "inbox.ask",
    "inbox.decide",
    "inbox.sealed",
    "opening.key",
    "opening.mine",
    "opening.own",
    "opening.passkey",
    "opening.let_in",
    "opening.reseal",
    "opening.box",
    "writing.thread",
    "writing.lines",
    "writing.size",
    "writing.preview",
    "writing.send",
    "duty.page",
}
NUMBERS = {"numbers.page", "numbers.spreadsheet"}
PEOPLE = {"people.page", "people.invite", "people.ask", "people.do"}
LEAD = {"inbox.audit", "opening.make", "duty.save", "duty.away"} | NUMBERS | PEOPLE
OWN = {
    "auth.home",
    "auth.account",
    "auth.sign_out",
    "auth.sign_out_everywhere",
    "passkeys.asked_to_make",
    "passkeys.made",
    "passkeys.remove",
}
MAY: dict[Role, set[str]] = {
    "staff": OWN | OFFICE,
    "lead": OWN | OFFICE | LEAD,
    "coordinator": OWN | NUMBERS | {"overview.page"},
    "operator": OWN,
    "admin": OWN | PEOPLE,
}
EVERYBODY = {"static", "alive._alive", "auth.sign_in", "auth.first", "auth.join", "auth.begin"}
HALF_WAY = {
    "half": {"auth.code", "auth.second", "passkeys.asked_to_show", "passkeys.shown"},
    "joining": {"auth.choose", "auth.chosen", "auth.app", "auth.joined"},
}
REFERENCE = "7K2MX"


@pytest.fixture
def inbox(line: Line) -> Inbox:
    """The staff's doors."""
    return Inbox(line)


def routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and a path, for each route and each of its methods."""
    adapter = app.url_map.bind("line.example.org", url_scheme="https")
    values = {"reference": REFERENCE, "what": "accept", "filename": "mark.svg"}
    values |= {"name": "someone", "deed": "out", "identity": "aWQ"}
    for rule in app.url_map.iter_rules():
        path = adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})
        # Two routes may share a path, and its OPTIONS belongs to one of them.
        yield from ((adapter.match(path, method)[0], method, path) for method in sorted(rule.methods or ()))


def asks(browser: Browser, method: str, path: str) -> int:
    """The status of one request with everything a form needs but the right to send it."""
    found = re.search(r'name="proof" value="([^"]*)"', browser.opens("/inbox/you").page)
    data = {"proof": found[1]} if found else {}
    answer = browser.client.open(
        path,
        method=method,
        base_url=ORIGIN,
        headers={"Origin": ORIGIN},
        data=data if method == "POST" else None,
    )
    return answer.status_code


def test_every_route_says_who_may_open_it(inbox: Inbox) -> None:
    """One that does not is open to nobody."""
    silent = [
        rule.endpoint
        for rule in inbox.app.url_map.iter_rules()
        if not gate.access_of(inbox.app, rule.endpoint)
    ]
    assert [] == silent


def test_a_route_that_says_nothing_is_open_to_nobody(inbox: Inbox) -> None:
    """Somebody forgot: the lead of the office does not get in either."""
    inbox.app.view_functions["forgotten"] = lambda: "secret"
    inbox.app.url_map.add(inbox.app.url_rule_class("/inbox/forgotten", endpoint="forgotten"))
    page = inbox.with_("lea", "lead").opens("/inbox/forgotten")
    assert 403 == page.status
    assert "secret" not in page.page


def test_the_declarations_are_those_of_the_table(inbox: Inbox) -> None:
    """Endpoint by endpoint, role by role."""
    for endpoint, _, _ in routes(inbox.app):
        access = gate.access_of(inbox.app, endpoint)
        assert access is not None
        by_table = {role for role in ROLES if endpoint in MAY[role]}
        stages = {stage for stage, of in HALF_WAY.items() if endpoint in of}
        assert (set(access.roles), access.stage is None) == (by_table, endpoint in EVERYBODY), endpoint
        assert not stages or access.stage in stages, endpoint


@pytest.mark.parametrize("role", ROLES)
def test_every_role_at_every_route(inbox: Inbox, role: Role) -> None:
    """A page that is not for a role is 403, whatever the method; one that is, never is."""
    inbox.has("someone", role)
    for endpoint, method, path in routes(inbox.app):
        if endpoint in EVERYBODY:
            continue
        status = asks(inbox.with_("someone"), method, path)
        half_way = any(endpoint in of for of in HALF_WAY.values())
        if endpoint in MAY[role]:
            assert status not in {401, 403, 500}, (endpoint, method)
        elif half_way:
            assert status in {303, 401, 200}, (endpoint, method)
        else:
            # A HEAD or an OPTIONS tells no more than a GET would.
            assert status == 403, (endpoint, method)


def test_nobody_at_every_route(inbox: Inbox) -> None:
    """Without a visit every page leads to the sign-in, and nothing is done."""
    for endpoint, method, path in routes(inbox.app):
        if endpoint in EVERYBODY:
            continue
        answer = inbox.browser().client.open(path, method=method, base_url=ORIGIN, headers={"Origin": ORIGIN})
        assert answer.status_code in {303, 401}, (endpoint, method)
        assert answer.headers.get("Location", "/inbox/sign-in") == "/inbox/sign-in"


@pytest.mark.parametrize("role", sorted(OF_AN_OFFICE))
def test_another_organisation_sees_nothing_of_it(inbox: Inbox, role: Role) -> None:
    """A request of Mesa Legal Aid is as little there for the Harbor Night Line's people as one that never was."""
    reference = inbox.asks()
    theirs, never = [], []
    for endpoint, method, path in routes(inbox.app):
        if REFERENCE in path and method != "OPTIONS":
            browser = inbox.with_("mara", role, "harbor")
            theirs.append((endpoint, method, asks(browser, method, path.replace(REFERENCE, reference))))
            never.append((endpoint, method, asks(browser, method, path)))

    assert {404} == {status for _, _, status in theirs}
    assert theirs == never
    assert reference not in inbox.with_("mara").opens("/inbox/requests").page
    assert reference in inbox.with_("ana").opens("/inbox/requests").page


def test_what_watches_the_process_is_answered_whatever_state_the_line_is_in(
    inbox: Inbox, servers: Servers
) -> None:
    """A supervisor that took a locked line for a dead one would end the texters' door with it."""
    inbox.hotline.lockdown.lock(Lock(inbox.line.clock(), "eva", "test"))
    alive = [inbox.browser().opens("/healthz").status]
    for server in (servers.volatile, servers.durable):
        server.kill()
        alive.append(inbox.browser().opens("/healthz").status)
    assert [200, 200, 200] == alive


@pytest.mark.parametrize("path", ["/inbox", "/inbox/", "/inbox//requests", "//evil.example/inbox"])
def test_no_redirection_leads_to_a_host_that_somebody_named(inbox: Inbox, path: str) -> None:
    """Nor from https to http: addresses that we send are without a host."""
    client = inbox.app.test_client()
    for host in ("https://line.example.org", "https://evil.example"):
        answer = client.get(path, base_url=host)
        assert answer.headers.get("Location", "/").startswith("/")
        assert not answer.headers.get("Location", "/").startswith("//")


def test_what_another_office_decided_is_not_told(inbox: Inbox) -> None:
    """A conflict of interest is about the other office's clients; and nobody learns whom it mailed."""
    reference = inbox.asks(others=True)
    mara = inbox.with_("mara", "lead", "mesa")
    at = f"/inbox/requests/{reference}"
    mara.opens(f"{at}/decline").sends(f"{at}/decline", why="conflict")
    inbox.line.works()

    page = inbox.with_("hal", "lead", "harbor").opens(at).page

    assert "Another office was asked before." in page
    assert "conflict" not in page
    assert "mesa" not in page.casefold()


def test_headers_stand_on_every_answer(inbox: Inbox) -> None:
    """Pages, files, redirections and errors alike; and no page may be kept."""
    paths = [path for _, method, path in routes(inbox.app) if method == "GET"]
    browser = inbox.with_("ana")
    for path in [*paths, "/inbox/nothing", "/", "/inbox/requests/%00", "/inbox/requests/ZZZZZ/accept"]:
        with browser.client.get(path, base_url=ORIGIN) as answer:
            wrong = {name for name, value in STAFF_HEADERS.items() if answer.headers.get(name) != value}
        assert wrong <= ({"Cache-Control"} if "/static/" in path else set()), path


def test_an_error_is_a_page_that_says_what_to_do(inbox: Inbox) -> None:
    """With the way back, and nothing of what went wrong inside."""

    def break_down() -> str:
        raise ValueError("a person's text")

    inbox.app.view_functions["inbox.audit"] = gate.open_to("staff")(break_down)
    page = inbox.with_("ana").opens("/inbox/audit")
    assert 500 == page.status
    assert "Something went wrong here" in page.page
    assert "person's text" not in page.page
