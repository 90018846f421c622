"""The hotline: the only place where flows, messages and the outside meet. `create_app` and `create_inbox` wire, nothing more."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.bootstrap import Hotline

# Twilio's longest webhook is a few kilobytes; anything above this is no text message.
LONGEST_REQUEST = 64 * 1024


def create_app(hotline: Hotline) -> Flask:
    """The web doors of one hotline. Imported here, so that the worker and the commands need not load Flask."""
    from flask import Flask

    from app.web import health, metrics, public, safety, webhooks

    app = Flask(__name__, template_folder="web/templates", static_folder="web/static")
    app.config["MAX_CONTENT_LENGTH"] = LONGEST_REQUEST
    app.extensions["amparo"] = hotline
    safety.init_app(app)
    for door in (webhooks.door, public.door, health.door, metrics.door):
        app.register_blueprint(door)
    return app


def create_inbox(hotline: Hotline) -> Flask:
    """The doors of the staff, in a server process of their own: fifty open pages must not slow one text."""
    from flask import Flask

    from app.web import (
        auth,
        duty,
        gate,
        inbox,
        numbers,
        opening,
        overview,
        passkeys,
        people,
        safety,
        staff_pages,
        writing,
    )

    app = Flask(
        __name__,
        template_folder="web/templates",
        static_folder="web/static",
        static_url_path="/inbox/static",
    )
    app.config["MAX_CONTENT_LENGTH"] = LONGEST_REQUEST
    app.extensions["amparo"] = hotline
    safety.init_app(app, safety.STAFF_HEADERS)
    gate.init_app(app)
    staff_pages.init_app(app)
    doors = (auth, passkeys, inbox, opening, writing, duty, people, overview, numbers)
    for door in (each.door for each in doors):
        app.register_blueprint(door)
    return app


def wsgi() -> Flask:
    """What the web server of the texters runs: the app with the settings of its environment."""
    hotline = _started()
    hotline.warm_up()
    return create_app(hotline)


def inbox_wsgi() -> Flask:
    """What the web server of the staff runs."""
    return create_inbox(_started())


def _started() -> Hotline:
    from app import logs
    from app.bootstrap import bootstrap
    from app.config import Config

    logs.start()
    return bootstrap(Config.from_env(os.environ))
