"""The hotline behind the request at hand."""

from __future__ import annotations

from typing import cast

from flask import current_app

from app.bootstrap import Hotline


def hotline() -> Hotline:
    """The hotline this app was created with."""
    return cast("Hotline", current_app.extensions["amparo"])
