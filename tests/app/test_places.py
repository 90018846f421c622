"""Which state a text names."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checking.values import LONGEST
from app.places import Finder, zips
from flows.heard import fold, hear
from messages.places import read_places
from tests.flows.words import ROOT, read


@cache
def finder() -> Finder:
    """The finder of the product, with the names in messages/places.yaml."""
    rows = read(ROOT / "messages" / "places.yaml")
    return Finder({code: (row["en"], row["es"], *row.get("accept", ())) for code, row in rows.items()})


def found(text: str) -> str | None:
    """The state in a text as it is typed."""
    return finder().find(hear(text).text)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        *(("77002", "TX"), ("77002-1234", "TX"), ("mi zip es 77002", "TX"), ("02134", "MA"), ("20001", "DC")),
        *(
            ("20101", "VA"),
            ("06390", "NY"),
            ("06830", "CT"),
            ("٧٧٠٠٢", "TX"),
            ("00000", None),
            ("1234", None),
        ),
        *(("12025550142", None), ("512-555-0134", None), ("my bond is 5000", None)),
    ],
)
def test_a_zip_code_is_a_place(said: str, state: str | None) -> None:
    """ZIP and ZIP+4, also where two states share the first digits; a phone number is none."""
    assert state == found(said)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        *(("Texas", "TX"), ("TEJAS", "TX"), ("tx", "TX"), ("Nueva York", "NY"), ("nueva jersey", "NJ")),
        *(
            ("carolina del norte", "NC"),
            ("Carolina del Sur", "SC"),
            ("D.C.", "DC"),
            ("Washington, D.C.", "DC"),
        ),
        *(
            ("washington", "WA"),
            ("West Virginia", "WV"),
            ("virginia", "VA"),
            ("la Florida", "FL"),
            ("Luisiana", "LA"),
        ),
        *(
            ("texs", "TX"),
            ("califronia", "CA"),
            ("masachusetts", "MA"),
            ("conneticut", "CT"),
            ("pennsilvania", "PA"),
        ),
        *(("tenesse", "TN"), ("arkanzas", "AR"), ("vivo en ohio", "OH"), ("i live in oregon", "OR")),
        *(
            ("what is the law in texas", "TX"),
            ("me and my kids are in georgia", "GA"),
            ("texas o california", None),
        ),
        *(("no se", None), ("not sure", None), ("menu", None), ("", None), ("1", None), ("mexico", None)),
    ],
)
def test_a_state_is_named_in_either_language(said: str, state: str | None) -> None:
    """Names, abbreviations, small errors, and a name within a sentence; two states are none."""
    assert state == found(said)


WORDS = (
    "me",
    "in",
    "or",
    "ok",
    "hi",
    "oh",
    "de",
    "la",
    "pa",
    "al",
    "co",
    "ma",
    "va",
    "id",
    "ill",
    "miss",
    "del",
    "mass",
)


@pytest.mark.parametrize("word", WORDS)
def test_an_ordinary_word_is_a_state_only_alone(word: str) -> None:
    """The word "me" is Maine as a whole text, and nothing within a sentence."""
    assert found(word) is not None
    assert found(f"esta {word} carcel") is None
    assert found(f"i think {word} they said") is None


@pytest.mark.parametrize("code", ["PR", "GU", "VI", "AS", "MP"])
def test_territories_are_places(code: str) -> None:
    """They have a code, though no rule of ours."""
    assert code == found(code)


def test_territories_have_zip_codes() -> None:
    """Their ZIP codes are known; those of the forces abroad are no state's."""
    assert ("PR", "GU", "MP", "AS", "VI") == tuple(map(found, ("00901", "96910", "96950", "96799", "00802")))
    assert found("09001") is None


@pytest.mark.parametrize(
    ("said", "state"),
    [
        *(
            ("Houston", "TX"),
            ("detenido en Houston", "TX"),
            ("he is in houston tx", "TX"),
            ("Houston, TX", "TX"),
        ),
        *(("esta en la carcel de Cook County", "IL"), ("broward county", "FL"), ("harris county tx", "TX")),
        *(
            ("ice tiene a mi esposo en adelanto", "CA"),
            ("detenido en eloy", "AZ"),
            ("esta en los angeles", "CA"),
        ),
        *(
            ("el paso", "TX"),
            ("st louis", "MO"),
            ("ft worth", "TX"),
            ("new york city", "NY"),
            ("jersey city", "NJ"),
        ),
        *(
            ("springfield", None),
            ("portland", None),
            ("columbia", None),
            ("kansas city", None),
            ("aurora", None),
        ),
        *(("springfield il", "IL"), ("portland or", "OR"), ("kansas city ks", "KS"), ("elizabeth nj", "NJ")),
        *(("paris texas", "TX"), ("lumpkin georgia", "GA"), ("oklahoma city", "OK"), ("en charlotte", "NC")),
    ],
)
def test_a_city_is_a_place_if_one_state_owns_its_name(said: str, state: str | None) -> None:
    """A name that many states have needs its state beside it."""
    assert state == found(said)


@pytest.mark.parametrize(
    "said",
    [
        *(
            "la migra esta en el centro",
            "esta en la carcel",
            "she is in jail",
            "in prison",
            "estoy en la corte",
        ),
        *(
            "en mi pueblo",
            "esta en casa",
            "mi amiga charlotte",
            "she is in custody",
            "help me",
            "at the door",
        ),
        *(
            "me llevaron a la carcel",
            "a friend in need",
            "he is ill",
            "i miss my mom",
            "un adelanto de dinero",
        ),
    ],
)
def test_ordinary_words_are_no_towns(said: str) -> None:
    """There is a town for every word; a sentence is not about them."""
    assert found(said) is None


@given(st.text(max_size=60))
def test_any_text_is_safe(text: str) -> None:
    """No text raises, and what is found is a code of two letters."""
    state = found(text)
    assert state is None or fold(state).isalpha()


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("Texas", "TX"),
        ("nueva york", "NY"),
        ("77002", "TX"),
        ("90210-1234", "CA"),
        ("Califronia", "CA"),
        ("pensilvania", "PA"),
        ("hi", None),
        ("ok", None),
        ("me", None),
        ("main", None),
        ("tx", None),
        ("texas jail", None),
        ("houston", None),
        ("00000", None),
    ],
)
def test_a_place_alone_is_known_where_nobody_asked_for_one(said: str, state: str | None) -> None:
    """At a menu "hi" is no Hawaii and "main" no Maine; a sentence asks something else."""
    assert state == finder().named(hear(said).text)


@pytest.mark.parametrize(
    ("said", "county"),
    [
        ("60629", "Cook County"),
        ("i live in 60629", "Cook County"),
        ("70112", "Orleans Parish"),
        ("Illinois", None),
        ("60629 or 77002", None),
        ("00000", None),
    ],
)
def test_a_zip_tells_its_county(said: str, county: str | None) -> None:
    """One ZIP, one county; of two nobody knows which."""
    assert county == finder().county(hear(said).text)


def test_the_longest_county_that_is_asked_for_is_counted_with() -> None:
    """Where the rule is left to the jails; the text must fit with it."""
    places = read_places(ROOT / "messages" / "places.yaml")
    asked = {code for code, place in places.items() if place.stricter in {"NONE", "PART"} and not place.jails}
    longest = max(
        (county for code, county in zips().counties.items() if zips().state(code) in asked), key=len
    )

    assert len(longest) <= len(LONGEST["county"])
