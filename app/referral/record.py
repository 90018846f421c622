"""A referral as one line of JSON, and back. The boxes in it are sealed already."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from app.referral.errand import Errand
from app.referral.life import LifeError, Move, Ranking, Referral, UnreadableError
from app.referral.thread import Said

_SEALED = ("box", "out")


def to_json(referral: Referral) -> str:
    """One line of JSON; `from_json` reads it back."""
    record = {each.name: getattr(referral, each.name) for each in fields(referral)}
    record["boxes"] = {office: b64encode(box).decode("ascii") for office, box in referral.boxes.items()}
    record["number_box"] = b64encode(referral.number_box).decode("ascii")
    record["timers"] = dict(referral.timers)
    for name in ("moves", "errands", "ranking"):
        record[name] = [asdict(each) for each in record[name]]
    record["thread"] = [
        {**asdict(said), **{name: b64encode(getattr(said, name)).decode("ascii") for name in _SEALED}}
        for said in referral.thread
    ]
    return json.dumps(record, separators=(",", ":"), sort_keys=True, default=datetime.isoformat)


def from_json(text: str | bytes) -> Referral:
    """The referral that `to_json` wrote.

    Raises:
        UnreadableError: the text is not such a record (it is not shown: it holds sealed boxes).
    """
    try:
        return _referral(json.loads(text))
    except (LifeError, ValueError, KeyError, TypeError, AttributeError, Base64Error) as error:
        raise UnreadableError(f"a stored referral cannot be read ({type(error).__name__})") from error


def _referral(record: Mapping[str, Any]) -> Referral:
    return Referral(
        **{
            **record,
            "created": datetime.fromisoformat(record["created"]),
            "boxes": {office: _bytes(box) for office, box in record["boxes"].items()},
            "number_box": _bytes(record["number_box"]),
            "others": tuple(record["others"]),
            "ranking": tuple(Ranking(each["office"], tuple(each["reasons"])) for each in record["ranking"]),
            "moves": tuple(Move(**_timed(move, "time")) for move in record["moves"]),
            "errands": tuple(
                Errand(**_timed(errand, "due", "first", "begun")) for errand in record["errands"]
            ),
            "thread": tuple(
                Said(**{**_timed(said, "at"), **{name: _bytes(said[name]) for name in _SEALED}})
                for said in record.get("thread", ())  # records of before had none
            ),
            "timers": {timer: datetime.fromisoformat(at) for timer, at in record["timers"].items()},
        }
    )


def _timed(record: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {**record, **{name: datetime.fromisoformat(record[name]) for name in names if record[name]}}


def _bytes(text: str) -> bytes:
    return b64decode(text, validate=True)
