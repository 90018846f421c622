"""An age identity in a file of this machine, as age-keygen writes it: the worker's, or an office's."""

from __future__ import annotations

import os
from pathlib import Path

from app.sealing import make_identity, recipient_of


def make_keyfile(path: Path) -> str:
    """Writes a new identity that only its owner may read, whole or not at all; its recipient.

    Raises:
        FileExistsError: there is a file already: it may be the only key to somebody's letters.
        OSError: it cannot be written.
    """
    identity = make_identity()
    recipient = recipient_of(identity)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123 - the mode
        file.write(f"# public key: {recipient}\n{identity}\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # refuses to take another's place, which a rename would not
    finally:
        draft.unlink()
    _keep_name(path.parent)
    return recipient


def _keep_name(folder: Path) -> None:
    """Brings the folder's list of names to the disk too: without it a power cut could take the new file away."""
    listed = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(listed)
    finally:
        os.close(listed)


def recipient_in(path: Path) -> str:
    """The recipient of the identity in a file.

    Raises:
        OSError: it cannot be read.
        UnicodeDecodeError, SealError: it holds no identity.
    """
    return recipient_of(path.read_text(encoding="utf-8"))
