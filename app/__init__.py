"""The hotline: the only place where flows, messages and the outside meet. `create_app` wires, nothing more."""

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


def wsgi() -> Flask:
    """What the web server runs: the app with the settings of its environment."""
    from app import logs
    from app.bootstrap import bootstrap
    from app.config import Config

    logs.start()
    hotline = bootstrap(Config.from_env(os.environ))
    hotline.warm_up()
    return create_app(hotline)
