"""What is noted of what staff did: who, what, about which request, when. Never contents. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal, get_args

Did = Literal[
    "signed_in",
    "opened",
    "took",
    "declined",
    "contacted",
    "tried",
    "wrote_to",
    "read",
    "closed",
    "handed_over",
    "changed_office",
    "exported",
    "invited",
    "joined",
    "disabled",
    "enabled",
    "ended_visits",
    "chose_secrets",
    "reset",
    "withdrew",
    "used_recovery",
    "wrong_code",
    "made_key",
    "made_own_key",
    "let_open",
    "resealed",
    "added_passkey",
    "removed_passkey",
    "let_passkey_open",
]
DONE: tuple[Did, ...] = get_args(Did)

IN_WORDS: dict[Did, str] = {
    "signed_in": "signed in",
    "opened": "fetched the sealed details of",
    "took": "took",
    "declined": "declined",
    "contacted": "noted a call that reached the person of",
    "tried": "noted a call that reached nobody for",
    "wrote_to": "wrote to the person of",
    "read": "read what was written about",
    "closed": "closed",
    "handed_over": "handed over",
    "changed_office": "changed the settings of",
    "exported": "took the figures of",
    "invited": "invited",
    "joined": "joined as",
    "disabled": "shut out",
    "enabled": "let in again",
    "ended_visits": "ended all visits of",
    "chose_secrets": "chose new secrets as",
    "reset": "gave a code for new secrets to",
    "withdrew": "took back the code of",
    "used_recovery": "signed in with a recovery code",
    "wrong_code": "or somebody with that passphrase showed a wrong code or passkey",
    "made_key": "made a new key for",
    "made_own_key": "chose an opening passphrase",
    "let_open": "gave the office's key to",
    "resealed": "sealed anew, to the new key,",
    "added_passkey": "added a passkey to sign in with",
    "removed_passkey": "removed a passkey",
    "let_passkey_open": "let a passkey open the key",
}


@dataclass(frozen=True)
class Entry:
    """One line: who did what, about what (a reference, a name, an office), at which office or none."""

    at: datetime
    who: str
    did: Did
    about: str = ""
    office: str = ""

    def __post_init__(self) -> None:
        if self.did not in DONE:
            raise ValueError(f"did must be one of {', '.join(DONE)}, got {self.did!r}")

    @property
    def in_words(self) -> str:
        """What was done, as a sentence without its subject."""
        return f"{IN_WORDS[self.did]} {self.about}".rstrip()

    def to_json(self) -> str:
        """One line of JSON; `from_json` reads it back."""
        return json.dumps({**asdict(self), "at": self.at.isoformat()}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> Entry:
        """What `to_json` wrote."""
        record = json.loads(text)
        return cls(**{**record, "at": datetime.fromisoformat(record["at"])})
