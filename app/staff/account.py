"""A person of a legal service, or of the line, who may sign in: one frozen record. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, get_args

Role = Literal[
    "staff",  # takes and answers the requests of an office
    "lead",  # the same, and sees to the office: its settings, its people, who opened what
    "coordinator",  # sees what waits at every office; no contents
    "operator",  # changes what the line says; no requests
    "admin",  # lets people in and out; no requests
]
ROLES: tuple[Role, ...] = get_args(Role)
OF_AN_OFFICE: frozenset[Role] = frozenset({"staff", "lead"})

NAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")
ID = re.compile(r"[0-9a-f]{16}")
# Of at most 1023 bytes. Source: WebAuthn Level 3, 7.1.
CREDENTIAL = re.compile(r"[A-Za-z0-9_-]{1,1364}")
LONGEST_NAME = 40


class StaffError(Exception):
    """What somebody of the staff cannot do, in words for them; `permanent`: trying again changes nothing.

    `wait`: after how many seconds it may be tried again.
    """

    def __init__(self, message: str, permanent: bool = True, wait: int = 0) -> None:
        self.permanent = permanent
        self.wait = wait
        super().__init__(message)


@dataclass(frozen=True)
class Passkey:
    """What is kept of a passkey: nothing of it opens anything. `id` and `public_key` are base64url.

    `sign_count` is how often it says it was used, or always 0. With `prf` it can close and open files as well.
    """

    id: str
    public_key: str = field(repr=False)
    sign_count: int
    name: str
    transports: tuple[str, ...] = ()
    prf: bool = False

    def __post_init__(self) -> None:
        if not CREDENTIAL.fullmatch(self.id):
            raise StaffError("a passkey's id must be letters of base64url, at most 1364")
        if not (0 < len(self.name) <= LONGEST_NAME and self.name.isprintable()):
            raise StaffError(
                f"A passkey's name has 1 to {LONGEST_NAME} letters. Choose one, such as: work laptop."
            )


@dataclass(frozen=True)
class Account:
    """Who may sign in. Neither the passphrase nor a recovery code can be read from it; the TOTP seed can.

    `totp_step` is the last step of the clock whose code was used: that code, and any before it, opens nothing again.
    `wrong` counts second secrets in a row that were not right. A visit of an earlier `epoch` is over: so all visits are ended everywhere. `version` rises with every write.
    """

    id: str
    name: str
    role: Role
    office: str
    since: datetime
    passphrase: str = field(repr=False)
    totp: str = field(repr=False)
    totp_step: int = 0
    recovery: tuple[str, ...] = field(default=(), repr=False)
    wrong: int = 0
    disabled: bool = False
    epoch: int = 0
    version: int = 0
    passkeys: tuple[Passkey, ...] = ()

    def __post_init__(self) -> None:
        if not ID.fullmatch(self.id):
            raise StaffError(f"id must be 16 hex digits, got {self.id!r}")
        check(self.name, self.role, self.office)
        if self.since.tzinfo is None:
            raise StaffError(f"since must have a time zone, got {self.since!r}")

    def over(self) -> Account:
        """This account with all its visits ended."""
        return replace(self, epoch=self.epoch + 1)

    def passkey(self, identity: str) -> Passkey | None:
        """The passkey of this id, if it is one of this account."""
        return next((each for each in self.passkeys if each.id == identity), None)

    def with_passkey(self, passkey: Passkey) -> Account:
        """This account with one more passkey, or with what is new of one that it has."""
        by_id = {each.id: each for each in self.passkeys} | {passkey.id: passkey}
        return replace(self, passkeys=tuple(by_id.values()))

    def without_passkey(self, identity: str) -> Account:
        """This account without a passkey."""
        return replace(self, passkeys=tuple(each for each in self.passkeys if each.id != identity))

    def to_json(self) -> str:
        """One line of JSON; `from_json` reads it back."""
        return json.dumps({**asdict(self), "since": self.since.isoformat()}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> Account:
        """The account that `to_json` wrote.

        Raises:
            StaffError: the text is not such a record (it is not shown: it holds secrets).
        """
        try:
            record: dict[str, Any] = json.loads(text)
            since = datetime.fromisoformat(record["since"])
            passkeys = tuple(
                Passkey(**{**each, "transports": tuple(each["transports"])})
                for each in record.get("passkeys", ())
            )
            recovery = tuple(record["recovery"])
            return cls(**{**record, "since": since, "recovery": recovery, "passkeys": passkeys})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StaffError(f"a stored account cannot be read ({type(error).__name__})") from error


def check(name: str, role: str, office: str) -> None:
    """Refuses a name, role and office that do not go together.

    Raises:
        StaffError: which of them, and how it must be.
    """
    if not NAME.fullmatch(name):
        raise StaffError(
            f"a sign-in name must be 2 to 32 small letters, digits, dots or dashes and begin with a letter, such as ana.r; got {name!r}"
        )
    if role not in ROLES:
        raise StaffError(f"role must be one of {', '.join(ROLES)}; got {role!r}")
    if bool(office) != (role in OF_AN_OFFICE):
        belongs = "belongs to an office" if role in OF_AN_OFFICE else "belongs to no office"
        raise StaffError(f"the role {role} {belongs}; got {office or 'none'}")


def by_name(accounts: Iterable[Account]) -> tuple[Account, ...]:
    """The accounts as a list shows them: those of no office first, then office by office."""
    return tuple(sorted(accounts, key=lambda each: (each.office, each.name)))
