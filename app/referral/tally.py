"""What of a referral's life is counted by month and office, so that an office can tell what it did. Pure, and no contents."""

from __future__ import annotations

from datetime import UTC

from app.referral.life import DECLINES, OUTCOMES, Move, Referral, State

# A smaller count might be somebody.
SMALLEST_COUNT = 10

# Every name there is, in the order in which a page shows them.
TALLIED: tuple[str, ...] = (
    "offered",
    "accepted",
    "accepted_late",
    "not_taken",
    "contacted",
    "withdrawn",
    *(f"declined.{reason}" for reason in DECLINES),
    *(f"closed.{outcome}" for outcome in (*OUTCOMES, "left_open")),
)


def tallied(seen: Referral, new: Referral) -> tuple[str, ...]:
    """What each move since `seen` counts as for its office, one name a move; "" for a move that is not counted."""
    moves = new.moves[len(seen.moves) :]
    before = (seen.state, *(move.state for move in moves))
    return tuple(_name(seen, state, move) for state, move in zip(before, moves, strict=False))


def as_shown(count: int) -> str:
    """A count as it may be shown to anybody: none, or so many; a small one is not told."""
    return f"<{SMALLEST_COUNT}" if 0 < count < SMALLEST_COUNT else str(count)


def month_of(move: Move) -> str:
    """The id under which a move is counted: the month of its time in UTC, and its office."""
    return f"{move.time.astimezone(UTC):%Y%m}-{move.office}"


def _name(seen: Referral, before: State, move: Move) -> str:
    match move.actor, move.state:
        case _, "offered" | "contacted" | "withdrawn":
            return move.state
        case _, "accepted":
            return "accepted_late" if _late(seen, move) else "accepted"
        case _, "closed":
            return f"closed.{move.reason}"
        case "office", "declined" | "requested":
            return f"declined.{move.reason}"
        case "line", "requested" | "expired" if (before, move.reason) == ("offered", "not_taken"):
            return "not_taken"
        case _:
            return ""


def _late(seen: Referral, move: Move) -> bool:
    """True after the time to take it. The line stops that clock when it notices, and writes `stuck` instead."""
    return seen.stuck == "late" or move.time > seen.timers.get("take_by", move.time)
