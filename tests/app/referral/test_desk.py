"""What an office does with a referral."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.referral.desk import DeskError
from app.referral.life import LifeError, Referral
from tests.app.referral.made_up import office
from tests.app.referral.scene import ID, Scene

ACTS: dict[str, Callable[[Scene, str], Referral]] = {
    "accept": lambda scene, by: scene.desk.accept(ID, by, scene.now),
    "decline": lambda scene, by: scene.desk.decline(ID, by, "full", scene.now),
    "contacted": lambda scene, by: scene.desk.contacted(ID, by, scene.now),
    "tried": lambda scene, by: scene.desk.tried(ID, by, scene.now),
    "close": lambda scene, by: scene.desk.close(ID, by, "gave_advice", scene.now),
}


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
