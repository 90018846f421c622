"""`amparo directory add-partner` and `amparo directory match`, typed into a shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from click import Context
from click.testing import CliRunner, Result
from redis import Redis

from app.commands import main
from app.directory.office import Office
from app.directory.sample import load_sample
from app.referral.life import Referral
from app.sealing import make_identity, recipient_of
from app.store.offices import Offices
from app.store.referrals import Referrals
from tests.app.referral.made_up import OFFICE_KEY, office, referral
from tests.servers import Servers

KEY = recipient_of(OFFICE_KEY)
PAGE = Path(__file__).parents[3] / "docs/partners.md"
PLAZA = {
    "name": "Plaza Legal Aid",
    "phone": "+12025550188",
    "email": "intake@plaza.example.org",
    "zone": "America/Chicago",
    "states": "IL, WI",
    "hours": "mon-fri 09:00-17:00",
}


@pytest.fixture
def amparo(servers: Servers, durable: Redis, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A shell with the settings of a running hotline."""
    for name, value in servers.env.items():
        monkeypatch.setenv(name, value)
    return CliRunner()


def add(amparo: CliRunner, identity: str = "plaza", *flags: str, **options: str) -> Result:
    """What is typed: the options with their values, then flags."""
    words = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", value)]
    return amparo.invoke(main, ["directory", "add-partner", "--id", identity, *words, *flags])


def plaza(durable: Redis) -> Office:
    """The office as it is kept."""
    found = Offices(durable).get("plaza")
    assert found is not None
    return found


def matched(amparo: CliRunner, *words: str) -> Result:
    """Whom it would be offered to."""
    return amparo.invoke(main, ["directory", "match", *words])


def test_a_partner_is_added_with_all_it_told_us(amparo: CliRunner, durable: Redis) -> None:
    """As a person at the office would put it, and shown again as a whole."""
    told = {
        "counties": "IL:Cook, IL:St Clair County",
        "issues": "im-00,IM-02",
        "whom": "lsc",
        "capacity": "12",
        "lead_email": "lead@plaza.example.org",
        "duty_phone": "+12025550189",
    }
    done = add(amparo, "plaza", "--takes-detained", recipient=KEY, **PLAZA, **told)
    shown = amparo.invoke(main, ["directory", "show", "plaza"]).output
    kept = plaza(durable)

    assert 0 == done.exit_code, done.output
    assert ("IL:Cook County", "IL:St. Clair County") == kept.counties
    assert (("IM-00-00-00-00", "IM-02-00-00-00"), "lsc", 12) == (kept.issues, kept.whom, kept.capacity)
    assert ("lead@plaza.example.org", "+12025550189") == (kept.lead, kept.duty_phone)
    told_again = ("IL:Cook County", "IM-02-00-00-00", "45 CFR 1626", "12", "lead@plaza", "+12025550189")
    assert [] == [part for part in told_again if part not in shown]


def test_what_is_not_given_stays_as_it_is(amparo: CliRunner, durable: Redis) -> None:
    """So that one word pauses an office, and one opens it again."""
    add(amparo, "plaza", "--takes-detained", recipient=KEY, whom="any", capacity="12", **PLAZA)
    before = plaza(durable)
    paused = add(amparo, capacity="0")
    at_rest = plaza(durable)
    opened = add(amparo, capacity="12")

    told = "plaza is paused: it is offered nothing until its --capacity is more than 0, or none\n  capacity:       12 -> 0\n"
    assert (0, told) == (paused.exit_code, paused.output)
    assert (0, 0) == (opened.exit_code, at_rest.capacity)
    assert before == plaza(durable)


def test_what_is_otherwise_than_it_was_is_said(amparo: CliRunner) -> None:
    """Whoever typed the id of the wrong office sees it at once."""
    add(amparo, "plaza", recipient=KEY, **PLAZA)
    done = add(amparo, "plaza", "--takes-detained", hours="always", duty_phone="+12025550189")
    again = add(amparo, "plaza", recipient=recipient_of(make_identity()))

    assert [
        "takes detained: no -> yes",
        "hours:          mon 09:00-17:00, tue 09:00-17:00, wed 09:00-17:00, thu 09:00-17:00, fri 09:00-17:00 -> always",
        "duty phone:     nothing -> +12025550189",
    ] == [line.strip() for line in done.output.splitlines() if line.startswith("  ")]
    assert "  it has another key" in again.output


@pytest.mark.parametrize(
    ("option", "value", "name", "kept"),
    [
        ("counties", "", "counties", ()),
        ("lead_email", "", "lead_email", ""),
        ("duty_phone", "", "duty_phone", ""),
        ("interpreters", "", "interpreters", ()),
        ("capacity", "none", "capacity", None),
        ("states", "nationwide", "states", ()),
        ("hours", "always", "hours", ()),
    ],
)
def test_what_was_told_can_be_taken_back(
    amparo: CliRunner, durable: Redis, option: str, value: str, name: str, kept: object
) -> None:
    """With an empty value, or the word for none."""
    told = {"lead_email": "lead@plaza.example.org", "duty_phone": "+12025550189", "capacity": "12"}
    counties = {} if option == "states" else {"counties": "IL:Cook"}
    add(amparo, recipient=KEY, interpreters="any", **PLAZA, **told, **counties)
    done = add(amparo, **{option: value})

    assert (0, kept) == (done.exit_code, getattr(plaza(durable), name)), done.output


def test_visits_to_the_held_can_end(amparo: CliRunner, durable: Redis) -> None:
    """And saying nothing of it does not end them."""
    add(amparo, "plaza", "--takes-detained", recipient=KEY, whom="any", **PLAZA)
    add(amparo, phone="+12025550187")
    still = plaza(durable).takes_detained
    add(amparo, "plaza", "--no-detained")

    assert (True, False) == (still, plaza(durable).takes_detained)


def test_a_new_key_takes_the_place_of_the_old(amparo: CliRunner, durable: Redis, tmp_path: Path) -> None:
    """Given, or made here; without either the key stays."""
    other = recipient_of(make_identity())
    add(amparo, recipient=KEY, whom="any", **PLAZA)
    keys = [plaza(durable).recipients]
    for given in ({}, {"recipient": other}, {"make_identity": str(tmp_path / "plaza.age")}):
        add(amparo, **given)
        keys.append(plaza(durable).recipients)

    made = recipient_of((tmp_path / "plaza.age").read_text())
    assert [(KEY,), (KEY,), (other,), (made,)] == keys


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"recipient": KEY}, "a new office needs --name, --phone, --email, --zone, --states, --hours too"),
        ({**PLAZA}, "--recipient age1..., or --make-identity FILE: one of the two"),
        ({**PLAZA, "recipient": KEY, "make_identity": "plaza.age"}, "one of the two"),
        (
            {**PLAZA, "recipient": KEY, "counties": "IL:Coook"},
            "IL has no county 'Coook'. Did you mean Cook County",
        ),
        (
            {**PLAZA, "recipient": KEY, "counties": "Cook"},
            "The county 'Cook' needs its state: such as TX, or TX:Harris County.",
        ),
        ({**PLAZA, "recipient": KEY, "counties": "IL:Qqqq"}, "IL has no county 'Qqqq'.\n"),
        ({**PLAZA, "recipient": KEY, "counties": "TX:Harris"}, "counties must be of one of its states"),
        ({**PLAZA, "recipient": KEY, "issues": "detention"}, "got 'detention'"),
        ({**PLAZA, "recipient": KEY, "capacity": "few"}, "capacity must be a whole number from 0, or none"),
        ({**PLAZA, "recipient": KEY, "lead_email": "nobody"}, "lead_email must"),
        ({**PLAZA, "recipient": KEY, "duty_phone": "555-0100"}, "duty_phone must"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    amparo: CliRunner, durable: Redis, options: dict[str, str], said: str
) -> None:
    """In a sentence that says how to mend it."""
    done = add(amparo, **options)

    assert (1, True) == (done.exit_code, said in done.output), done.output
    assert () == Offices(durable).all()


def test_whom_has_four_answers(amparo: CliRunner) -> None:
    """A fifth is refused with the four."""
    done = add(amparo, whom="citizens", recipient=KEY, **PLAZA)

    assert (2, True) == (done.exit_code, "'any', 'lsc', 'survivors', 'untold'" in done.output)


@pytest.mark.parametrize(
    ("told", "warned"),
    [
        ({}, "We were not told whom plaza can take: it is not offered deportation or detention."),
        ({"whom": "lsc"}, "plaza is under 45 CFR 1626: it is not offered deportation or detention."),
        ({"issues": "IM-00,IM-02"}, "We were not told whom plaza can take: it is not offered deportation."),
        ({"issues": "IM-00,IM-01,IM-02"}, ""),
        ({"issues": "IM-05"}, ""),
        ({"whom": "any"}, ""),
        ({"whom": "survivors"}, ""),
    ],
)
def test_what_an_office_is_not_offered_is_said(amparo: CliRunner, told: dict[str, str], warned: str) -> None:
    """With the words that would change it."""
    done = add(amparo, recipient=KEY, **PLAZA, **told)

    assert (0, True) == (done.exit_code, done.stderr.startswith(warned))
    assert bool(warned) is ("add-partner --id plaza --issues IM-00,IM-01,IM-02" in done.stderr)
    assert bool(warned) is bool(done.stderr)


def test_a_made_up_office_can_be_paused_and_stays_made_up(
    amparo: CliRunner, durable: Redis, tmp_path: Path
) -> None:
    """Nobody real is sent there because somebody tried a command."""
    load_sample(Offices(durable), tmp_path)
    done = add(amparo, "mesa", capacity="0")
    mesa = Offices(durable).get("mesa")

    assert mesa is not None
    assert (0, True, 0) == (done.exit_code, mesa.made_up, mesa.capacity)


def test_a_made_up_office_that_gets_a_key_must_be_told_whole(
    amparo: CliRunner, durable: Redis, tmp_path: Path
) -> None:
    """Its made-up number would be given to people."""
    load_sample(Offices(durable), tmp_path)
    half = add(amparo, "mesa", recipient=KEY)
    whole = add(amparo, "mesa", recipient=KEY, whom="any", **PLAZA)
    mesa = Offices(durable).get("mesa")

    assert (1, True, 0) == (half.exit_code, "a new office needs" in half.output, whole.exit_code)
    assert mesa is not None
    assert (False, (KEY,), "Plaza Legal Aid") == (mesa.made_up, mesa.recipients, mesa.name)


def test_the_match_says_why_each_office_is_asked_or_not(amparo: CliRunner, durable: Redis) -> None:
    """Everything that a person at legal aid would ask."""
    offices = Offices(durable)
    weekdays = "mon-fri 09:00-17:00"
    for each in (
        office("harbor", interpreters=("any",)),
        office(
            "mesa",
            zone="America/Denver",
            states=("TX",),
            counties=("TX:Harris County",),
            spoken=("mam",),
            issues=("IM-02-00-00-00",),
            hours=weekdays,
            capacity=5,
        ),
        office("brazos", states=("TX",), counties=("TX:Travis County",)),
        office("capitol", whom="untold"),
        office("delta", issues=("IM-05-00-00-00",)),
        office("elm", whom="lsc", states=("TX",)),
        office("full", capacity=1),
        office("lantern", states=("NY",)),
        office("nido", whom="survivors"),
        office("paused", capacity=0),
        office("quiet", takes_detained=False),
    ):
        offices.save(each)
    for identity, at, reference in (("r" * 32, "full", "7K2MX"), ("s" * 32, "mesa", "8K2MX")):
        Referrals(durable).request((identity,), _made(identity, at), lambda reference=reference: reference)

    words = (
        "--place tx --county harris --held --urgent --spoken mam --at 2026-11-27T02:00 --zone America/Chicago"
    )
    done = matched(amparo, *words.split())

    assert 0 == done.exit_code, done.output
    assert _EXPECTED.splitlines() == done.output.splitlines()


_EXPECTED = """\
TX, Harris County; IM-02-00-00-00; held; urgent; mam; Fri 27 Nov 2026 02:00 America/Chicago
1  harbor  Harbor Legal Aid
   serves every state, takes all of IM-00-00-00-00, goes to people who are held, is always answered, has an \
interpreter for mam, has 0 open
2  mesa  Mesa Legal Aid
   serves Harris County, names IM-02-00-00-00, goes to people who are held, opens Fri 27 Nov 2026 09:00 \
America/Denver, speaks mam, has 1 open of 5
-  brazos  Brazos Legal Aid
   takes nobody from Harris County
-  capitol  Capitol Legal Aid
   has not told us whom it can take, and its issues do not name this
-  delta  Delta Legal Aid
   does not take IM-02-00-00-00
-  elm  Elm Legal Aid
   is under 45 CFR 1626, and its issues do not name this
-  full  Full Legal Aid
   has all it can bear, 1 open of 1
-  lantern  Lantern Legal Aid
   takes nobody from TX
-  nido  Nido Legal Aid
   takes survivors of violence and trafficking only
-  paused  Paused Legal Aid
   is paused
-  quiet  Quiet Legal Aid
   does not go to people who are held
"""


def _made(identity: str, at: str) -> Callable[[str], Referral]:
    return lambda drawn: referral(identity, drawn, office=at)


def test_a_match_without_words_asks_for_now_and_anywhere(amparo: CliRunner, durable: Redis) -> None:
    """A place that is not known is served by those that serve every state."""
    Offices(durable).save(office("harbor"))
    Offices(durable).save(office("mesa", states=("TX",)))
    told = matched(amparo).output.splitlines()

    assert (True, True) == (told[0].startswith("place not known; IM-00-00-00-00; en; "), "UTC" in told[0])
    assert ["1  harbor  Harbor Legal Aid", "-  mesa  Mesa Legal Aid"] == [told[1], told[3]]
    assert "   takes nobody from a place that is not known" == told[4]


def test_an_empty_directory_can_take_nothing(amparo: CliRunner, durable: Redis) -> None:
    """And says so."""
    assert matched(amparo, "--place", "TX").output.endswith("\nNo office can take it.\n")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--place", "Texas"), 1, "--place must be a code such as TX, got 'TEXAS'."),
        (("--place", "TX", "--county", "Haris"), 1, "TX has no county 'Haris'. Did you mean Harris County"),
        (("--place", "MO", "--county", "St Louis"), 1, "Did you mean St. Louis County or St. Louis city?"),
        (("--county", "Harris"), 1, "The county 'Harris' needs its state"),
        (("--issue", "detention"), 1, "--issue must be a LIST code such as IM-02, got 'detention'."),
        (("--zone", "Chicago"), 1, "--zone must be such as America/Chicago, got 'Chicago'."),
        (("--at", "tonight"), 2, "Invalid value for '--at'"),
    ],
)
def test_a_question_that_cannot_be_is_refused(
    amparo: CliRunner, words: tuple[str, ...], code: int, said: str
) -> None:
    """In a sentence."""
    done = matched(amparo, *words)

    assert (code, True) == (done.exit_code, said in done.output), done.output


def test_a_memory_that_is_down_is_a_sentence(amparo: CliRunner, servers: Servers) -> None:
    """For both commands."""
    servers.durable.kill()

    assert "Is the hotline running" in matched(amparo).output
    assert "Is the hotline running" in add(amparo, recipient=KEY, **PLAZA).output


EXAMPLES = re.findall(r"^```\n\$ amparo (.+)\n([^`]*)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(("typed", "kept"), [("Spanish,MAM", ("es", "mam")), ("es quc", ("es", "kiche"))])
def test_a_language_may_be_typed_by_its_name(
    amparo: CliRunner, durable: Redis, typed: str, kept: tuple[str, ...]
) -> None:
    """The code that people's requests hold is kept: another spelling would match nobody."""
    add(amparo, recipient=KEY, **PLAZA)
    done = add(amparo, spoken=typed, interpreters="any")

    assert (0, kept, ("any",)) == (done.exit_code, plaza(durable).spoken, plaza(durable).interpreters)


def test_a_language_that_nobody_knows_is_refused(amparo: CliRunner, durable: Redis) -> None:
    """For an office, and for a match."""
    add(amparo, recipient=KEY, **PLAZA)
    added, asked = add(amparo, spoken="klingon"), matched(amparo, "--spoken", "klingon")

    assert (1, 1) == (added.exit_code, asked.exit_code)
    assert "'klingon' is no language that is known" in added.output
    assert ("en", "es") == plaza(durable).spoken


def test_a_key_that_was_made_here_is_to_be_handed_over(
    amparo: CliRunner, durable: Redis, tmp_path: Path
) -> None:
    """The command says where it lies."""
    done = add(amparo, make_identity=str(tmp_path / "plaza.age"), **PLAZA)

    assert (0, True) == (done.exit_code, f"Its key is in {tmp_path / 'plaza.age'}" in done.output)


def test_the_page_for_partners_has_two_examples() -> None:
    """So that the next test has something to find."""
    assert 2 == len(EXAMPLES)


@pytest.mark.parametrize(("typed", "printed"), EXAMPLES)
def test_the_examples_of_the_page_are_what_is_printed(
    amparo: CliRunner, durable: Redis, tmp_path: Path, typed: str, printed: str
) -> None:
    """With the three made-up offices."""
    load_sample(Offices(durable), tmp_path)

    assert printed == amparo.invoke(main, shlex.split(typed)).output


def test_the_page_for_partners_names_every_option() -> None:
    """A question that is not explained is not answered."""
    command = main.get_command(Context(main), "directory").get_command(Context(main), "add-partner")
    page = PAGE.read_text(encoding="utf-8")

    assert [] == [option.opts[0] for option in command.params if f"`{option.opts[0]}" not in page]


def test_the_command_of_the_page_for_partners_adds_the_office(amparo: CliRunner, durable: Redis) -> None:
    """As it stands there, with a key."""
    (typed,) = re.findall(
        r"^ +amparo (directory add-partner .+?)\n +```", PAGE.read_text(), re.MULTILINE | re.DOTALL
    )
    done = amparo.invoke(main, shlex.split(typed.replace("\\\n", "").replace("age1...", KEY)))

    assert (0, ("IL:Cook County",), 12) == (done.exit_code, plaza(durable).counties, plaza(durable).capacity)
