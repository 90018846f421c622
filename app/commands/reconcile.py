"""`amparo reconcile`: is every confirmed referral at its office, being worked for, or ended?"""

from __future__ import annotations

import sys

import click

from app import reconcile as books
from app.clock import utc_now
from app.commands import ground
from app.reconcile import Gap
from app.store.ledger import Ledger
from app.store.referrals import Referrals


@click.command()
@click.option("--mend", is_flag=True, help="Put what is owed something back into the outbox.")
def reconcile(mend: bool) -> None:
    """Hold all records against all lists; exit 1 if they do not agree. No names, only the start of opaque ids."""
    durable = ground.durable(ground.settings())
    ledger = Ledger(durable)
    with ground.plainly():
        found = books.reconcile(ledger, utc_now())
        for gap in found:
            click.echo(str(gap))
        if mend and found:
            count = books.mend(found, Referrals(durable))
            click.echo(f"Put back into the outbox: {count}.")
            found = books.reconcile(ledger, utc_now())
    click.echo(_verdict(found, mend))
    sys.exit(1 if found else 0)


def _verdict(found: tuple[Gap, ...], mended: bool) -> str:
    if not found:
        return "Nothing is lost: all records and lists agree."
    count = "1 place does" if len(found) == 1 else f"{len(found)} places do"
    lost = any(gap.reason == "nobody_works_for_it" for gap in found)
    more = " To put the lost ones back to work: amparo reconcile --mend" if lost and not mended else ""
    return f"{count} not agree.{more}"
