"""What somebody who can write to the queue would like to have run: it leaves a file behind."""

from __future__ import annotations

import os
from pathlib import Path


def touch(*_: object) -> None:
    """Leaves the file that POISON_FILE names."""
    Path(os.environ["POISON_FILE"]).touch()
