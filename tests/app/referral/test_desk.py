"""What an office does with a referral."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.referral.desk import WHATS, Decision, DeskError
from app.referral.life import DECLINES, OUTCOMES, LifeError, Referral
from tests.app.referral.made_up import office
from tests.app.referral.scene import ID, Scene

ANA, BEN = "a" * 16, "b" * 16
ACTS: dict[str, Callable[[Scene, str], Referral]] = {
    "accept": lambda scene, by: scene.desk.accept(ID, by, scene.now),
    "decline": lambda scene, by: scene.desk.decline(ID, by, "full", scene.now),
    "contacted": lambda scene, by: scene.desk.contacted(ID, by, scene.now),
    "tried": lambda scene, by: scene.desk.tried(ID, by, scene.now),
    "close": lambda scene, by: scene.desk.close(ID, by, "gave_advice", scene.now),
}
DECISIONS = (
    Decision("accept"),
    Decision("accept", holder=ANA),
    Decision("decline", "full"),
    Decision("tried"),
    Decision("contacted"),
    Decision("close", "gave_advice"),
    Decision("hand", holder=BEN),
)


def stands(scene: Scene, decision: Decision) -> Referral:
    """A request that stands where this can be decided of it."""
    scene.request(others=("plaza",))
    return scene.deliver() if decision.what in {"accept", "decline"} else scene.taken()


def held(scene: Scene) -> Referral:
    """One that ana has in hand."""
    scene.request()
    scene.deliver()
    return scene.desk.decide(ID, "harbor", Decision("accept", holder=ANA), scene.now)


def kept(scene: Scene) -> dict[bytes, Any]:
    """All that the durable memory holds."""
    return {name: scene.durable.dump(name) for name in scene.durable.keys("*")}


def test_an_office_takes_what_it_was_offered(scene: Scene) -> None:
    """It is written, and the move says which office it was."""
    scene.request()
    scene.deliver()
    taken = scene.desk.accept(ID, "harbor", scene.now)

    assert ("accepted", "harbor") == (taken.state, taken.moves[-1].office)
    assert taken == scene.found()


def test_an_office_that_declines_gives_it_to_the_next(scene: Scene) -> None:
    """At once."""
    scene.request(others=("plaza",))
    scene.deliver()
    passed = scene.desk.decline(ID, "harbor", "conflict", scene.now)

    assert ("requested", "plaza", scene.now) == (passed.state, passed.office, passed.due)


def test_an_office_notes_a_call_and_closes(scene: Scene) -> None:
    """It leaves its inbox."""
    scene.request()
    scene.taken()
    scene.desk.tried(ID, "harbor", scene.now)
    scene.desk.contacted(ID, "harbor", scene.now)
    closed = scene.desk.close(ID, "harbor", "took_the_case", scene.now)

    assert ("closed", "took_the_case") == (closed.state, closed.moves[-1].reason)
    assert [] == list(scene.referrals.inbox("harbor"))


@pytest.mark.parametrize("act", ACTS)
def test_what_stands_with_another_office_is_not_touched(scene: Scene, act: str) -> None:
    """Not even by one the person agreed to, before its turn."""
    scene.offices.save(office("plaza"))
    scene.request(others=("plaza",))
    before = scene.deliver()

    with pytest.raises(DeskError, match="stands with another office"):
        ACTS[act](scene, "plaza")

    assert before == scene.found()


@pytest.mark.parametrize("act", ACTS)
def test_what_is_gone_is_said_to_be_gone(scene: Scene, act: str) -> None:
    """Forgotten two weeks after it ended."""
    with pytest.raises(DeskError, match="there no more"):
        ACTS[act](scene, "harbor")


@pytest.mark.parametrize("act", ACTS)
def test_what_the_person_took_back_cannot_be_worked_on(scene: Scene, act: str) -> None:
    """The error says that it is withdrawn."""
    scene.request()
    scene.deliver()
    scene.wishes.withdraw(ID, scene.now)

    with pytest.raises(LifeError, match="withdrawn"):
        ACTS[act](scene, "harbor")


def test_an_unknown_office_takes_nothing(scene: Scene) -> None:
    """It has no hours to count by."""
    scene.request(office="plaza")

    with pytest.raises(DeskError, match="no office 'plaza'"):
        scene.desk.accept(ID, "plaza", scene.now)


def test_a_second_accept_is_refused(scene: Scene) -> None:
    """Two people of one office at once: the second learns that it is taken."""
    scene.request()
    scene.taken()

    with pytest.raises(LifeError, match="is accepted cannot become accepted"):
        scene.desk.accept(ID, "harbor", scene.now)


def test_trying_again_changes_nothing() -> None:
    """What the desk refuses it refuses for good."""
    assert DeskError("no").permanent


# --- decisions ---


def test_there_is_a_decision_of_each_kind() -> None:
    """So that the next tests leave none out."""
    assert set(WHATS) == {each.what for each in DECISIONS}


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda each: f"{each.what}{each.holder[:1]}")
def test_what_is_foreseen_is_what_comes_of_it_and_is_not_written(scene: Scene, decision: Decision) -> None:
    """Whoever looks before they decide has decided nothing."""
    seen = stands(scene, decision)
    before = kept(scene)
    foreseen = scene.desk.foresee(seen, "harbor", decision, scene.now)

    assert (seen, before) == (scene.found(), kept(scene))
    decided = scene.desk.decide(ID, "harbor", decision, scene.now)
    assert decided == scene.found()
    assert foreseen == replace(decided, version=seen.version) != seen


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda each: f"{each.what}{each.holder[:1]}")
def test_nothing_is_foreseen_or_decided_of_what_stands_with_another(scene: Scene, decision: Decision) -> None:
    """Nor by an office that there is not."""
    seen = stands(scene, decision)
    scene.offices.save(office("mesa"))
    before = kept(scene)

    for by, said in (
        ("mesa", "stands with another office now, not with 'mesa'"),
        ("lantern", "no office 'lantern'"),
    ):
        with pytest.raises(DeskError, match=said):
            scene.desk.foresee(seen, by, decision, scene.now)
        with pytest.raises(DeskError, match=said):
            scene.desk.decide(ID, by, decision, scene.now)
    assert before == kept(scene)


@pytest.mark.parametrize("what", ["accept", "contacted", "tried", "hand"])
@pytest.mark.parametrize("why", ["full", "took_the_case", "because"])
def test_a_decision_that_needs_no_reason_takes_none(what: Any, why: Any) -> None:
    """A reason that nobody would read is a mistake."""
    with pytest.raises(DeskError, match=f"to {what} goes with .*got '{why}'"):
        Decision(what, why)


@pytest.mark.parametrize("what", ["decline", "close"])
@pytest.mark.parametrize("why", ["", "because", "Full", "left_open"])
def test_a_decision_that_needs_a_reason_says_which_there_are(what: Any, why: Any) -> None:
    """A closed list, in which nothing of the person can stand; what the line says of its own is not of it."""
    reasons = {"decline": DECLINES, "close": OUTCOMES}[what]
    with pytest.raises(DeskError, match=f"to {what} goes with one of {', '.join(reasons)}, got '{why}'"):
        Decision(what, why)


@pytest.mark.parametrize(("what", "why"), [("decline", "took_the_case"), ("close", "conflict")])
def test_a_reason_to_decline_is_no_outcome(what: Any, why: Any) -> None:
    """Nor the other way round."""
    with pytest.raises(DeskError, match=f"got '{why}'"):
        Decision(what, why)


@pytest.mark.parametrize("what", ["", "expire", "Accept"])
def test_what_no_office_can_do_is_no_decision(what: Any) -> None:
    """The line, or the person, does the rest."""
    with pytest.raises(DeskError):
        Decision(what)


# --- who has it in hand ---


def test_whoever_takes_it_has_it_in_hand(scene: Scene) -> None:
    """And it is written with it."""
    assert (ANA, "accepted") == (held(scene).holder, scene.found().state)
    assert ANA == scene.found().holder


def test_an_office_that_takes_it_by_itself_names_nobody(scene: Scene) -> None:
    """By the command, or in its own system."""
    scene.request()
    assert "" == scene.taken().holder


def test_it_is_handed_to_a_colleague_and_nothing_else_changes(scene: Scene) -> None:
    """It is no move: the person hears nothing, and no clock runs anew."""
    before = held(scene)
    handed = scene.desk.decide(ID, "harbor", Decision("hand", holder=BEN), scene.now)

    assert replace(before, holder=BEN, version=handed.version) == handed == scene.found()


def test_what_nobody_has_taken_is_handed_to_nobody(scene: Scene) -> None:
    """The words say what comes first."""
    scene.request()
    before = scene.deliver()

    with pytest.raises(LifeError, match="is offered is in nobody's hand: accept it first"):
        scene.desk.decide(ID, "harbor", Decision("hand", holder=ANA), scene.now)
    assert before == scene.found()


@pytest.mark.parametrize("holder", ["ana", "a" * 15, "A" * 16, "a" * 16 + "\n", "+12025550177"])
def test_who_has_it_is_an_account_and_no_name(scene: Scene, holder: str) -> None:
    """Whatever else were written there would stand on a disk."""
    before = held(scene)

    with pytest.raises(LifeError, match="holder must match"):
        scene.desk.decide(ID, "harbor", Decision("hand", holder=holder), scene.now)
    assert before == scene.found()


@pytest.mark.parametrize("decision", [Decision("tried"), Decision("contacted")], ids=lambda each: each.what)
def test_who_works_on_it_goes_on_having_it(scene: Scene, decision: Decision) -> None:
    """Whoever of the office notes the call."""
    held(scene)
    assert ANA == scene.desk.decide(ID, "harbor", decision, scene.now).holder


@pytest.mark.parametrize(
    ("state", "ends"),
    [
        ("declined", lambda scene: scene.desk.decline(ID, "harbor", "could_not_reach", scene.now)),
        ("closed", lambda scene: scene.desk.close(ID, "harbor", "gave_advice", scene.now)),
        ("withdrawn", lambda scene: scene.wishes.withdraw(ID, scene.now)),
        ("requested", lambda scene: scene.wishes.another(ID, "plaza", b"a box", scene.now)),
    ],
)
def test_what_goes_on_or_ends_is_in_nobodys_hand(
    scene: Scene, state: str, ends: Callable[[Scene], object]
) -> None:
    """The next office does not read who had it at the last."""
    held(scene)
    ends(scene)

    assert (state, "") == (scene.found().state, scene.found().holder)


def test_of_two_who_take_it_at_once_the_first_has_it(scene: Scene) -> None:
    """The second reads that it is taken, and changes nothing."""
    before = held(scene)

    with pytest.raises(LifeError, match="is accepted cannot become accepted"):
        scene.desk.decide(ID, "harbor", Decision("accept", holder=BEN), scene.now)
    assert before == scene.found()
