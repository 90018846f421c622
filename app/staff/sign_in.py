"""Signing in: two secrets, one after the other, and a wait for whoever guesses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from app.staff import factors, passkeys, passphrase
from app.staff.account import Account, StaffError
from app.store.accounts import Accounts
from app.store.tries import Tries

WRONG = "That name and passphrase do not go together."
WRONG_CODE = "That code is not right, or was used already. Wait for the next one."
OVER = "This account is shut out, or had too many wrong codes. Ask whoever invited you for a new one."
# In a row: then only new secrets help. NIST SP 800-63B-4, 3.2.2, allows a hundred.
MOST_WRONG = 50


class SignIn:
    """Compares secrets. Every method raises StaffError, for the person; MemoryDown: nobody is let in; LockedError."""

    def __init__(self, accounts: Accounts, tries: Tries, clock: Callable[[], datetime]) -> None:
        self._accounts = accounts
        self._tries = tries
        self._clock = clock

    def first(self, name: str, typed: str, address: str) -> Account:
        """The account whose name and passphrase these are. What was wrong is not said, nor whether there is such a name."""
        plain = name.strip().casefold()
        self._count(plain, address)
        account = self._accounts.named(plain)
        if not passphrase.is_right(account.passphrase if account else None, typed) or account is None:
            raise StaffError(WRONG, permanent=False)
        if account.disabled:
            raise StaffError(OVER)
        return account

    def second(self, half: Account, code: str, address: str) -> Account:
        """The account after a code was typed; it is used up in the same write."""
        return self._in(half, address, WRONG_CODE, lambda seen: factors.passed(seen, code, self._clock()))

    def touched(self, half: Account, answer: passkeys.Answer, address: str) -> Account:
        """The account after a passkey was shown in the place of a code."""
        return self._in(half, address, passkeys.WRONG, lambda seen: passkeys.passed(seen, answer))

    def _in(
        self, half: Account, address: str, wrong: str, factor: Callable[[Account], Account | None]
    ) -> Account:
        """The account after its second factor was shown; `factor` gives none if it was not right.

        `half` is the account as it was when the first secret was shown: if somebody has ended its visits since, it is over.
        """
        self._count(half.name, address)

        def passed(seen: Account) -> Account | None:
            if seen.disabled or seen.epoch != half.epoch or seen.wrong >= MOST_WRONG:
                raise StaffError(OVER)
            return factor(seen)

        account = self._accounts.change(half.id, passed)
        if account is None:
            self._accounts.change(half.id, lambda seen: replace(seen, wrong=seen.wrong + 1))
            raise StaffError(wrong, permanent=False)
        self._tries.succeeded(account.name, address)
        return account

    def _count(self, name: str, address: str) -> None:
        wait = self._tries.count(name, address)
        if wait:
            minutes = -(-wait // 60)
            raise StaffError(
                f"Too many tries. Wait {minutes} {'minute' if minutes == 1 else 'minutes'}, then try again.",
                permanent=False,
                wait=wait,
            )
