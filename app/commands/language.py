"""A language, as somebody at the line types it."""

from __future__ import annotations

import click

from app.directory.languages import code_of


def read_language(text: str) -> str:
    """The code of a language by its code or its English name: es for "Spanish", kiche for "quc".

    Raises:
        click.ClickException: it is neither.
    """
    code = code_of(text)
    if code is None:
        raise click.ClickException(
            f"{text!r} is no language that is known. Write its code, such as es, ht, mam, kiche; or any."
        )
    return code
