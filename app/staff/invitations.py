"""Inviting and joining: somebody gets a code on paper or by telephone, chooses their own secrets, and nobody else knows them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from app.staff.account import Account, Role, StaffError, check
from app.staff.codes import fingerprint, new_code
from app.store.accounts import Accounts
from app.store.invitations import Invitation, Invitations
from app.store.keyrings import Keyrings
from app.store.offices import Offices

GROUPS = 4  # of five letters: 98 bits
GONE = "That code is not right, was used already, or is older than three days. Ask for a new one."


@dataclass(frozen=True)
class Secrets:
    """What somebody chose for themselves: hash of the passphrase, TOTP seed and its used step, fingerprints of recovery codes."""

    passphrase: str
    totp: str
    totp_step: int
    recovery: tuple[str, ...]

    def given_to(self, account: Account) -> Account:
        """The account with these in the place of those it had; its passkeys go with them."""
        return replace(account, **vars(self), passkeys=())


NO_SECRETS = Secrets("", "", 0, ())


class Reception:
    """Lets people in and out. Every method raises StaffError, for whoever asks, and MemoryDown."""

    def __init__(
        self,
        accounts: Accounts,
        invitations: Invitations,
        offices: Offices,
        keyrings: Keyrings,
        clock: Callable[[], datetime],
    ) -> None:
        self._accounts = accounts
        self._invitations = invitations
        self._offices = offices
        self._keyrings = keyrings
        self._clock = clock

    def invite(self, name: str, role: Role, office: str, by: str) -> str:
        """The code with which somebody joins as this; it is shown once and good once, for three days."""
        check(name, role, office)
        if self._accounts.named(name):
            raise StaffError(
                f"there is an account {name} already: take another name, or give it new secrets (amparo staff reset {name})"
            )
        if office and self._offices.get(office) is None:
            raise StaffError(f"there is no office {office}; see amparo directory list")
        return self._coded(Invitation(name, role, office, by))

    def reset(self, name: str, by: str) -> str:
        """The code with which somebody chooses new secrets for the account they have.

        At once all its visits end and the old secrets open nothing: whoever stole them must not come back first.
        """
        account = self._named(name)
        blank = self._accounts.change(account.id, lambda seen: NO_SECRETS.given_to(seen.over())) or account
        if account.passkeys and account.office:
            self._keyrings.change(account.office, lambda ring: ring.without_passkeys(account.id))
        again = Invitation(blank.name, blank.role, blank.office, by, blank.id, blank.epoch)
        return self._coded(again)

    def withdraw(self, name: str) -> None:
        """Takes back the code that this name was given."""
        if not self._invitations.withdraw(name):
            raise StaffError(f"{name} has no code that is still good")

    def _coded(self, invitation: Invitation) -> str:
        code = new_code(GROUPS)
        self._invitations.add(fingerprint(code), invitation)
        return code

    def look(self, mark: str) -> Invitation:
        """The invitation of a code's fingerprint, which stays good."""
        found = self._invitations.get(mark)
        if found is None or not self._is_good(found):
            raise StaffError(GONE)
        return found

    def _is_good(self, invitation: Invitation) -> bool:
        """False for new secrets of an account that was shut out, or given another code, since."""
        account = self._accounts.get(invitation.account) if invitation.account else None
        if account is None:
            return not invitation.account
        return not account.disabled and account.epoch == invitation.epoch

    def join(self, mark: str, chosen: Secrets) -> Account:
        """The account that now exists, or has new secrets; the invitation is used up first, so that it serves one."""
        self.look(mark)
        used = self._invitations.use(mark)
        if used is None:
            raise StaffError(GONE)
        if used.account:
            changed = self._accounts.change(used.account, lambda seen: chosen.given_to(seen.over()))
            if changed is None:
                raise StaffError("That account is there no more. Ask for a new invitation.")
            return changed
        blank = Account(secrets.token_hex(8), used.name, used.role, used.office, self._clock(), "", "")
        account = chosen.given_to(blank)
        if not self._accounts.add(account):
            raise StaffError("Somebody has joined under that name. Ask for a new invitation.")
        return account

    def shut_out(self, name: str, *, out: bool) -> Account:
        """Shuts an account out, with every visit it has and its part of the office's key, or lets it in again."""
        account = self._named(name)
        changed = self._accounts.change(account.id, lambda seen: replace(seen.over(), disabled=out))
        if out and account.office:
            self._keyrings.change(account.office, lambda ring: ring.without(account.id))
        return changed or account

    def end_visits(self, identity: str) -> Account | None:
        """Ends all visits of an account, in every browser."""
        return self._accounts.change(identity, lambda seen: seen.over())

    def _named(self, name: str) -> Account:
        account = self._accounts.named(name)
        if account is None:
            raise StaffError(f"there is no account {name}; see amparo staff list")
        return account
