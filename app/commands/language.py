"""A language, as somebody at the line types it."""

from __future__ import annotations

import click

from app.directory.hsds.values import language_code


def read_language(text: str) -> str:
    """The code of a language by its code or its English name: es for "Spanish", kiche for "quc".

    Raises:
        click.ClickException: it is neither. Kept as typed, it would match nobody, and nobody would see why.
    """
    known = [code for _, code in language_code(text, "") if code]
    if len(known) != 1:
        raise click.ClickException(
            f"{text!r} is no language that is known. Write its code, such as es, ht, mam, kiche; or any."
        )
    return known[0]
