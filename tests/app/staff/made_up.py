"""Made-up people of the staff that the tests share."""

from __future__ import annotations

from typing import Any

from app.staff.account import Account
from tests.app.referral.made_up import NOW

# The seed of RFC 6238, appendix B: the letters 12345678901234567890 in base32.
SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
HASH = "$argon2id$made-up"


def account(name: str = "ana", **changes: Any) -> Account:
    """Somebody of Harbor Legal Aid, unless changed; the id follows the name."""
    values: dict[str, Any] = {
        "id": name.encode().hex().ljust(16, "0")[:16],
        "name": name,
        "role": "staff",
        "office": "harbor",
        "since": NOW,
        "passphrase": HASH,
        "totp": SEED,
    }
    return Account(**{**values, **changes})
