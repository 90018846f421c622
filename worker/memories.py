"""Where a worker's process finds the two memories."""

from __future__ import annotations

from app.config import Config
from app.host.redis import embedded_url


def durable_url(config: Config) -> str:
    """Where what must not be lost is."""
    return config.redis_url or embedded_url(config.data, "durable")


def volatile_url(config: Config) -> str:
    """Where what must be forgotten is."""
    return config.redis_volatile_url or embedded_url(config.data, "volatile")
