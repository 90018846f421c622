"""The second factor: a code of an authenticator app (TOTP), or one of the recovery codes. Pure, but for new secrets.

Source: RFC 6238; a code is good once, and never before one that was used (5.2).
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import datetime

import pyotp

from app.staff.account import Account, StaffError
from app.staff.codes import fingerprint, new_code

STEP = 30  # seconds
# A phone's clock may be a step ahead or behind.
DRIFT = (0, -1, 1)
RECOVERY_CODES = 8
RECOVERY_GROUPS = 3  # 15 letters, 74 bits


def new_seed() -> str:
    """A new secret for an authenticator app, in base32."""
    return pyotp.random_base32()


def new_recovery() -> tuple[str, ...]:
    """Codes for the day on which the phone is gone: shown once, each good once."""
    return tuple(new_code(RECOVERY_GROUPS) for _ in range(RECOVERY_CODES))


def step_of(seed: str, typed: str, now: datetime) -> int | None:
    """The step of the clock that this code belongs to; None if it is no code of this time. Spaces do not matter."""
    code = "".join(typed.split())
    if not (code.isascii() and code.isdigit() and len(code) == 6):
        return None
    clock = pyotp.TOTP(seed, interval=STEP)
    steps = (int(now.timestamp()) // STEP + drift for drift in DRIFT)
    return next((step for step in steps if hmac.compare_digest(clock.at(step * STEP), code)), None)


def first_step(seed: str, typed: str, now: datetime) -> int:
    """The step of the first code that a new app shows.

    Raises:
        StaffError: it is no code of this seed and time.
    """
    step = step_of(seed, typed, now) if seed else None
    if step is None:
        raise StaffError("That code is not right. Wait for the app's next one, and type it here.")
    return step


def passed(account: Account, typed: str, now: datetime) -> Account | None:
    """The account after this code was used, so that it is not used again; None if it opens nothing.

    A recovery code is used up.
    """
    step = step_of(account.totp, typed, now) if account.totp else None
    if step is not None:
        return replace(account, totp_step=step, wrong=0) if step > account.totp_step else None
    mark = fingerprint(typed)
    if mark not in account.recovery:
        return None
    return replace(account, recovery=tuple(each for each in account.recovery if each != mark), wrong=0)


def picture(seed: str, name: str, line: str) -> str:
    """The seed as a QR code for an authenticator app: an SVG without a style, a script or an address of elsewhere."""
    # Here, because every process of the line imports this, and only who joins sees a picture.
    import segno

    uri = pyotp.TOTP(seed, interval=STEP).provisioning_uri(name=name, issuer_name=line)
    return segno.make(uri, error="m").svg_inline(scale=5, border=3, light="#fff", title="QR code")


def in_groups(seed: str) -> str:
    """The seed as somebody types it who cannot take a picture of the code."""
    return " ".join(seed[at : at + 4] for at in range(0, len(seed), 4))
