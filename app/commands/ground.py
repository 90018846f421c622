"""What every command stands on: settings, memories, and errors in plain sentences."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import click
from redis import Redis

from app.config import Config, ConfigError
from app.directory.office import OfficeError
from app.host.redis import durable_url, volatile_url
from app.publishing import PublishError
from app.referral.life import LifeError
from app.sources import SourceError
from app.store.lockdown import LockedError
from app.store.memory import MemoryDown, connect
from app.store.referrals import ReferralError


def settings() -> Config:
    """The settings of this shell.

    Raises:
        click.ClickException: one sentence for every setting that is wrong.
    """
    try:
        return Config.from_env(os.environ)
    except ConfigError as error:
        raise click.ClickException("\n".join(error.faults)) from error


def durable(config: Config) -> Redis:
    """The durable memory."""
    return connect(durable_url(config))


def volatile(config: Config) -> Redis:
    """The volatile memory."""
    return connect(volatile_url(config))


@contextmanager
def plainly() -> Iterator[None]:
    """Turns what can go wrong into a sentence and exit code 1."""
    try:
        yield
    except (SourceError, PublishError) as error:
        raise click.ClickException(str(error)) from error
    except LockedError as error:
        raise click.ClickException(
            "The line is locked, and no request can be changed until it is lifted. Who may: amparo lockdown status"
        ) from error
    except (LifeError, ReferralError, OfficeError) as error:
        raise click.ClickException(f"{error}. See amparo reconcile.") from error
    except MemoryDown as error:
        raise click.ClickException(
            "The memory does not answer. Is the hotline running (make run), in this folder and with these settings?"
        ) from error


# A short name of a person at the line or an office.
_NAME = re.compile(r"[a-z][a-z0-9._-]{0,31}")


class Name(click.ParamType[str]):
    """A short name: what is compared must not differ by a capital or a blank."""

    name = "name"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name, folded; a usage error if it is none."""
        folded = value.strip().casefold()
        if not _NAME.fullmatch(folded):
            self.fail(
                f"{value!r} must be a short name of letters, digits, . _ or -, such as ana.", param, ctx
            )
        return folded
