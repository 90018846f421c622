"""The simulator's settings: read once from the environment, and a bad value stops the start by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit


class SettingsError(Exception):
    """Says which setting is missing or wrong; nothing starts."""


@dataclass(frozen=True)
class Settings:
    """Who the line is, where the hotline listens, and which credentials it is known by."""

    port: int
    smtp_port: int
    account_sid: str
    auth_token: str
    hotline_number: str
    public_url: str
    line_name: str
    voice_number: str
    messaging_service_sid: str = ""
    api_key: str = ""
    api_secret: str = ""
    # The day at which the facts' clock stands still in the demonstration; None says nothing about it.
    facts_as_of: date | None = None
    # Seconds between two states of a message that was sent: long enough to be seen, short enough for a test.
    pace: float = 0.25

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Reads the settings that the supervisor set.

        Raises:
            SettingsError: names the first setting that is missing or wrong.
        """
        return cls(
            port=_port(env, "SIMULATOR_PORT"),
            smtp_port=_port(env, "SMTP_SINK_PORT"),
            account_sid=_matching(env, "TWILIO_ACCOUNT_SID", r"AC[0-9a-fA-F]{32}", "AC and 32 hex digits"),
            auth_token=_matching(env, "TWILIO_AUTH_TOKEN", r"\S+", "one word"),
            hotline_number=_matching(env, "HOTLINE_NUMBER", r"\+\d{8,15}", "a number such as +12025550100"),
            public_url=_url(env, "PUBLIC_URL"),
            line_name=env.get("LINE_NAME") or "Amparo",
            voice_number=env.get("VOICE_NUMBER") or "",
            messaging_service_sid=env.get("TWILIO_MESSAGING_SERVICE_SID") or "",
            api_key=env.get("TWILIO_API_KEY") or "",
            api_secret=env.get("TWILIO_API_SECRET") or "",
            facts_as_of=_day(env, "SIMULATOR_FACTS_AS_OF"),
        )


def _matching(env: Mapping[str, str], name: str, pattern: str, wanted: str) -> str:
    value = env.get(name, "")
    if not re.fullmatch(pattern, value):
        raise SettingsError(f"{name} must be {wanted}")
    return value


def _port(env: Mapping[str, str], name: str) -> int:
    value = env.get(name, "")
    if not re.fullmatch(r"\d{1,5}", value) or not 0 < int(value) < 65536:
        raise SettingsError(f"{name} must be a port from 1 to 65535, got {value!r}")
    return int(value)


def _day(env: Mapping[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(env[name]) if env.get(name) else None
    except ValueError as error:
        raise SettingsError(f"{name} must be a day such as 2026-11-23, got {env[name]!r}") from error


def _url(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "").rstrip("/")
    if urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname:
        raise SettingsError(f"{name} must be an address such as http://localhost:8000, got {value!r}")
    return value
