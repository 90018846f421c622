"""`amparo hooks ...`: the offices' own systems, their secrets, and what they did not take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import click

from app.clock import in_utc, utc_now
from app.commands import ground
from app.config import Config
from app.directory.endpoint import (
    ROTATION,
    WHY,
    Endpoint,
    EndpointError,
    SealedSecret,
    Why,
    new_secret,
    target_of,
)
from app.host.keyfile import recipient_in
from app.outside.guard import Guard, GuardError
from app.referral import course
from app.referral.life import Referral
from app.referral.notices import opaque_name
from app.sealing import SealError
from app.store.endpoints import Endpoints
from app.store.hooks import FailedHook, FailedHooks
from app.store.lockdown import LockedError
from app.store.offices import Offices
from app.store.referrals import Referrals

PATIENCE = 10.0  # seconds for the address of a name


@click.group()
def hooks() -> None:
    """The offices' own systems that are told of referrals (docs/webhooks.md)."""


@hooks.command(name="set")
@click.argument("office")
@click.argument("url")
def set_(office: str, url: str) -> None:
    """Tell OFFICE's system at URL of its referrals, from now on; shows the secret once."""
    config = ground.settings()
    with _plainly():
        if Offices(ground.durable(config)).get(office) is None:
            raise click.ClickException(f"There is no office {office!r}. `amparo directory list` names them.")
        _refuse_where_no_hook_may_go(config, url)
        secret = new_secret()
        endpoint = Endpoint(office, url, (_sealed(config, secret),))
        _store(config).save(endpoint)
    click.echo(
        f"{office} is told of its referrals at {endpoint.target.shown} (the path is kept, and never shown)"
    )
    _show(secret)


@hooks.command()
@click.argument("office")
def rotate(office: str) -> None:
    """Make a new secret; the old one signs beside it for a day."""
    config, now = ground.settings(), utc_now()
    secret = new_secret()
    with _plainly():
        _changed(config, office, lambda seen: seen.rotated(_sealed(config, secret), now))
    click.echo(f"{office} has a new secret. The old one signs as well until {in_utc(now + ROTATION)}.")
    _show(secret)


@hooks.command()
@click.argument("office")
def disable(office: str) -> None:
    """Send nothing more to OFFICE's system; its secret is kept."""
    _turn(office, "operator")
    click.echo(f"Nothing more is sent to the system of {office}. It is still mailed.")


@hooks.command()
@click.argument("office")
def enable(office: str) -> None:
    """Send to OFFICE's system again."""
    _turn(office, "")
    click.echo(
        f"The system of {office} is told of its referrals again. `amparo hooks failed` shows what it missed."
    )


@hooks.command()
@click.argument("office")
def remove(office: str) -> None:
    """Forget OFFICE's system, its address and its secret."""
    with _plainly():
        store = _store(ground.settings())
        if store.get(office) is None:
            raise click.ClickException(f"{office} has no system to forget: amparo hooks list")
        store.remove(office)
    click.echo(f"The system of {office} is forgotten.")


@hooks.command(name="list")
def list_() -> None:
    """List the systems that are told of referrals. No secrets, no paths."""
    now = utc_now()
    with _plainly():
        found = _store(ground.settings()).all()
    for endpoint in found:
        click.echo(f"{endpoint.office}  {endpoint.target.shown}  {_state(endpoint, now)}")
    if not found:
        click.echo("No office has a system that is told of referrals: amparo hooks set --help")


@hooks.command()
def failed() -> None:
    """List what no system took: message id, office, kind, since when, last answer. No contents."""
    with _plainly():
        found = FailedHooks(ground.durable(ground.settings())).failed()
    for each in found:
        click.echo(f"{each.message_id}  {each.office}  {each.kind}  {in_utc(each.since)}  {_answer(each)}")
    if not found:
        click.echo("No hook has failed.")


@hooks.command()
@click.argument("message_id")
def replay(message_id: str) -> None:
    """Send again what no system took; MESSAGE_ID stands in `amparo hooks failed`."""
    config = ground.settings()
    with _plainly():
        found = FailedHooks(ground.durable(config)).get(message_id)
        if found is None:
            raise click.ClickException(
                f"No failed hook has the id {message_id!r}. `amparo hooks failed` lists them."
            )
        endpoint = _store(config).get(found.office)
        if endpoint is None or endpoint.disabled:
            why = (
                f"amparo hooks enable {found.office}" if endpoint else f"amparo hooks set {found.office} URL"
            )
            raise click.ClickException(f"Nothing is sent to the system of {found.office} now. First: {why}")
        _call_again(config, found)
    click.echo(
        f"{found.kind} goes to {found.office} at {endpoint.target.shown} again, as soon as the worker comes to it, "
        "with the same id and as the referral stands then. If it fails once more, it is listed again."
    )


def _call_again(config: Config, failed: FailedHook) -> None:
    """Puts the errand back among what is owed: the worker finds it there."""
    durable, now = ground.durable(config), utc_now()

    def again(seen: Referral) -> Referral | None:
        names = (each.name for each in seen.errands if opaque_name(seen.id, each.name) == failed.message_id)
        name = next(names, None)
        return course.call_again(seen, name, now) if name else None

    listed = FailedHooks(durable)
    # Before it is owed: the worker may fail at once, and what it lists then must stay.
    listed.forget(failed.message_id)
    try:
        found = Referrals(durable).change(failed.referral, again)
    except LockedError:
        listed.note_failed(failed)
        raise
    if found is None:
        raise click.ClickException(
            "The referral of this hook is over, or went on: there is nothing to send any more."
        )


def _refuse_where_no_hook_may_go(config: Config, url: str) -> None:
    """What would be refused at sending is refused here, where somebody can mend it."""
    target = target_of(url)
    try:
        Guard(config.allow_private_webhooks).addresses(target, PATIENCE)
    except OSError as error:
        raise click.ClickException(
            f"{target.host} has no address that can be found: is it typed right?"
        ) from error


def _sealed(config: Config, secret: str) -> SealedSecret:
    """The secret, sealed to the worker: its public half is in the same file as its identity."""
    path = config.worker_identity_file
    try:
        return SealedSecret.of(secret, config.worker_recipient or recipient_in(path))
    except (OSError, UnicodeDecodeError, SealError) as error:
        raise click.ClickException(
            f"The worker's key {path} cannot be read ({type(error).__name__}). Run this where the worker runs, "
            "after the first `amparo run`, as the same user."
        ) from error


def _turn(office: str, why: Why) -> None:
    with _plainly():
        _changed(ground.settings(), office, lambda seen: replace(seen, disabled_why=why))


def _changed(config: Config, office: str, change: Callable[[Endpoint], Endpoint]) -> None:
    if _store(config).change(office, change) is None:
        raise click.ClickException(
            f"{office} has no system that is told of referrals: amparo hooks set --help"
        )


def _state(endpoint: Endpoint, now: datetime) -> str:
    if endpoint.disabled_why:
        return f"disabled: {WHY[endpoint.disabled_why]}"
    old = [each.until for each in endpoint.secrets if each.until and now < each.until]
    return f"on, an old secret signs as well until {in_utc(max(old))}" if old else "on"


def _answer(hook: FailedHook) -> str:
    return f"answered {hook.status}" if hook.status else hook.why or "gave no answer"


def _show(secret: str) -> None:
    click.echo(
        f"\n    {secret}\n\n"
        "This is shown once. Hand it over by a safe way, never by mail. The office's developer checks every hook with it\n"
        "and with a Standard Webhooks library (Python: standardwebhooks), as docs/webhooks.md shows:\n\n"
        "    Webhook(secret).verify(body, headers)\n"
    )


def _store(config: Config) -> Endpoints:
    return Endpoints(ground.durable(config))


@contextmanager
def _plainly() -> Iterator[None]:
    try:
        with ground.plainly():
            yield
    except (EndpointError, GuardError) as error:
        raise click.ClickException(f"{error}.") from error
