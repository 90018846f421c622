"""An office's keyring: whom its requests are sealed to, and who of its people can open them. Pure, and no secret in clear.

The office's identity is made in a browser and never leaves one in clear. Each member has an identity of their own, wrapped
under their opening passphrase (which the server never sees), and the office's identity sealed to that. So somebody joins,
leaves, or changes a passphrase without anybody else's.
"""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from app.sealing import is_recipient
from app.staff.account import CREDENTIAL, ID, StaffError

# The first line of an age file, and of its two kinds that we take. Source: age-encryption.org/v1.
_SCRYPT = b"age-encryption.org/v1\n-> scrypt "
_X25519 = b"age-encryption.org/v1\n-> X25519 "
# To a passkey the browser seals by an extension, whose name is not settled yet.
_ANY = b"age-encryption.org/v1\n-> "
LONGEST = 4096  # letters: a wrapped identity has some 350, a sealed one some 400


@dataclass(frozen=True)
class Member:
    """One person's part: their recipient, their identity wrapped, and the office's identity sealed to them; or not yet.

    `passkeys` is their identity once more for each passkey of theirs that opens it, by the passkey's id.
    """

    recipient: str
    wrapped: str = field(repr=False)
    office: str = field(default="", repr=False)
    passkeys: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        _recipient(self.recipient)
        _age_file(self.wrapped, _SCRYPT)
        if self.office:
            _age_file(self.office, _X25519)
        for identity, box in self.passkeys.items():
            if not CREDENTIAL.fullmatch(identity):
                raise StaffError("a key is sealed to a passkey's id, and this is none")
            _age_file(box, _ANY)
        object.__setattr__(self, "passkeys", MappingProxyType(dict(self.passkeys)))


@dataclass(frozen=True)
class NewKey:
    """A key of the office as a browser made it: in the place of which one (`before`), and to whom its identity is sealed.

    `sealed` is by account, `paper` to the key on paper; `former` is the identity before, sealed to the new recipient.
    """

    before: str
    recipient: str
    escrow: str
    paper: str = field(repr=False)
    former: str = field(repr=False)
    sealed: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Keyring:
    """Whom an office's requests are sealed to now, and its members by account.

    `escrow` is the recipient of the key on paper, and `paper` the office's identity sealed to it. `former` are the keys before,
    the newest last, each sealed to the one that came after: who has the key of now opens what was sealed before.
    `version` rises with every write.
    """

    recipient: str = ""
    escrow: str = ""
    paper: str = field(default="", repr=False)
    former: tuple[str, ...] = field(default=(), repr=False)
    members: Mapping[str, Member] = field(default_factory=dict)
    version: int = 0

    def __post_init__(self) -> None:
        for recipient in filter(None, (self.recipient, self.escrow)):
            _recipient(recipient)
        for sealed in filter(None, (self.paper, *self.former)):
            _age_file(sealed, _X25519)
        for account in self.members:
            if not ID.fullmatch(account):
                raise StaffError(f"a member must be an account's id, got {account!r}")
        object.__setattr__(self, "members", MappingProxyType(dict(self.members)))

    @property
    def made(self) -> bool:
        """True once the office has a key."""
        return bool(self.recipient)

    def opens(self, account: str) -> bool:
        """True if this member can open what is sealed to the office."""
        member = self.members.get(account)
        return member is not None and bool(member.office)

    def with_key(self, key: NewKey) -> Keyring:
        """This keyring with a new key of the office; who of the members has no part of it waits for one.

        Raises:
            StaffError: somebody made another key meanwhile, or the one before is not handed on.
        """
        if key.before != self.recipient:
            raise StaffError("Somebody has made another key meanwhile. Load the page again.")
        if self.made and not key.former:
            raise StaffError("The key before must be sealed to the new one. Load the page again.")
        members = {
            account: replace(member, office=key.sealed.get(account, ""))
            for account, member in self.members.items()
        }
        return replace(
            self,
            recipient=key.recipient,
            escrow=key.escrow,
            paper=key.paper,
            former=(*self.former, key.former) if key.former else self.former,
            members=members,
        )

    def with_member(self, account: str, member: Member) -> Keyring:
        """This keyring with a member's part, new or changed."""
        return replace(self, members={**self.members, account: member})

    def let_in(self, account: str, recipient: str, sealed: str) -> Keyring:
        """This keyring after somebody sealed the office's identity to a colleague.

        Raises:
            StaffError: the colleague has another recipient by now, or none.
        """
        member = self.members.get(account)
        if member is None or member.recipient != recipient:
            raise StaffError("Your colleague has made another key meanwhile. Load the page again.")
        return self.with_member(account, replace(member, office=sealed))

    def with_passkey(self, account: str, recipient: str, passkey: str, box: str) -> Keyring:
        """This keyring after a member sealed their identity to a passkey of theirs.

        Raises:
            StaffError: the member has another key by now, or none; or this is no sealed identity.
        """
        member = self.members.get(account)
        if member is None or member.recipient != recipient:
            raise StaffError("You have made another key meanwhile. Load the page again.")
        return self.with_member(account, replace(member, passkeys={**member.passkeys, passkey: box}))

    def without_passkeys(self, account: str, passkey: str = "") -> Keyring:
        """This keyring without what a member sealed to this passkey, or to any."""
        member = self.members.get(account)
        if member is None:
            return self
        kept = {name: box for name, box in member.passkeys.items() if passkey not in {"", name}}
        return self.with_member(account, replace(member, passkeys=kept))

    def without(self, account: str) -> Keyring:
        """This keyring without a member."""
        return replace(self, members={name: each for name, each in self.members.items() if name != account})

    def to_json(self) -> str:
        """One line of JSON; `from_json` reads it back."""
        record = {
            "recipient": self.recipient,
            "escrow": self.escrow,
            "paper": self.paper,
            "former": self.former,
            "members": {
                account: {**vars(member), "passkeys": dict(member.passkeys)}
                for account, member in self.members.items()
            },
            "version": self.version,
        }
        return json.dumps(record, separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str | bytes) -> Keyring:
        """The keyring that `to_json` wrote.

        Raises:
            StaffError: the text is not such a record.
        """
        try:
            record = json.loads(text)
            members = {account: Member(**member) for account, member in record["members"].items()}
            return cls(**{**record, "former": tuple(record["former"]), "members": members})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StaffError(f"a stored keyring cannot be read ({type(error).__name__})") from error


def _recipient(text: str) -> None:
    if not is_recipient(text):
        raise StaffError("a recipient must be age1... and 58 letters and digits")


def _age_file(text: str, begins: bytes) -> None:
    """Refuses what is no age file of this kind: the browser makes nothing else."""
    try:
        good = len(text) <= LONGEST and b64decode(text, validate=True).startswith(begins)
    except (binascii.Error, ValueError):
        good = False
    if not good:
        raise StaffError("a wrapped key must be an age file in base64")
