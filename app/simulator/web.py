"""Wires the simulator's doors into one Flask application."""

from __future__ import annotations

from flask import Flask

from app.simulator import control, guards, pages, twilio_api
from app.simulator.carrier import Carrier
from app.simulator.exchange import Exchange
from app.simulator.settings import Settings

LARGEST_REQUEST = 64 * 1024


def create_app(settings: Settings, carrier: Carrier) -> Flask:
    """The whole simulator as a WSGI application."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    guards.init_app(app)
    exchange = Exchange(settings, carrier)
    app.register_blueprint(pages.blueprint(settings, carrier))
    app.register_blueprint(control.blueprint(settings, carrier, exchange))
    app.register_blueprint(twilio_api.blueprint(settings, carrier, exchange))
    return app
