"""What is heard in a text, whatever it is made of."""

from collections import Counter
from itertools import chain
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.heard import (
    COMMANDS,
    Heard,
    Vocabulary,
    Words,
    command_of,
    fold,
    hear,
    is_opt_out,
    language_named,
    language_shown,
    near,
    number_of,
    reference_in,
    words_of,
)
from tests.flows.words import ROOT, read, vocabulary, words_in

RESERVED = {
    *("stop", "end", "cancel", "quit", "revoke", "optout", "unsubscribe", "stopall"),
    *("start", "yes", "unstop", "help", "info"),
}
ANY_TEXT = st.text(st.characters(), max_size=200)  # lone surrogates too


class TestFolding:
    """Two ways to write one thing become one text."""

    @pytest.mark.parametrize(
        ("said", "folded"),
        [
            ("  STOP!!! ", "stop"),
            ("Sí", "si"),
            ("¿Qué hago?", "que hago"),
            ("NIÑO", "nino"),
            ("don't", "dont"),
            ("don’t", "dont"),
            ("K'iche'", "kiche"),
            ("D.C.", "dc"),
            ("s.t.o.p.", "stop"),
            ("ＳＴＯＰ", "stop"),
            ("1️⃣", "1"),
            ("🔟", "10"),
            ("١٢", "12"),
            ("४", "4"),
            ("①", "1"),
            ("#2)", "2"),
            ("12:30", "12:30"),
            ("77002–1234", "77002-1234"),
            ("yes/no", "yes no"),
            ("la\nmigra\testa", "la migra esta"),
            ("\u200eal\u00adto\u200f", "alto"),
            ("dừng", "dung"),
            ("중지", "중지"),
            ("Ärger straße", "arger strasse"),
            ("🛑", ""),
            ("\ud83d", ""),
            ("", ""),
        ],
    )
    def test_writing_does_not_matter(self, said: str, folded: str) -> None:
        """Case, accents, scripts of digits, keycaps and punctuation are forgotten."""
        assert folded == fold(said)

    @given(ANY_TEXT)
    def test_folding_twice_changes_nothing(self, text: str) -> None:
        """Folding is idempotent on any text at all."""
        assert fold(text) == fold(fold(text))


class TestHearing:
    """Nothing that can be sent can break the line."""

    @given(ANY_TEXT)
    @settings(max_examples=2 * settings.default.max_examples)
    def test_any_text_is_heard(self, text: str) -> None:
        """No text raises anywhere, and what is kept has no control characters."""
        heard = hear(text)
        _hear_everything(heard)
        assert heard.said.isprintable() or not heard.said.isascii()
        assert not set(heard.said) & {"\0", "\n", "\u202e"}

    @pytest.mark.parametrize("text", ["a b " * 5000, "si " * 3000, "\ufdfa" * 3000, "\0" * 2000, "😭" * 1600])
    def test_a_long_text_is_cut(self, text: str) -> None:
        """Sixteen hundred characters are heard, and no more."""
        heard = hear(text)
        _hear_everything(heard)
        assert len(heard.said) <= 1600
        assert len(heard.text) <= 1600

    def test_what_was_said_stays_readable(self) -> None:
        """The cleaned text keeps its case and accents."""
        assert Heard("Sí, ¡GRACIAS!", "si gracias") == hear("\u202eSí,\0 \n ¡GRACIAS!\u200b")


def _hear_everything(heard: Heard) -> None:
    for read_it in (number_of, command_of, language_named, language_shown, is_opt_out):
        read_it(heard, vocabulary())
    reference_in(heard)


class TestNumbers:
    """A number is understood however it is written, and only where nothing else is said."""

    @pytest.mark.parametrize(
        ("said", "number"),
        [
            *(
                (text, 1)
                for text in ("1", "1.", "1)", "(1)", "#1", "1️⃣", "١", "１", "one", "ONE", "uno", "Uno.")
            ),
            *(
                (text, 2)
                for text in ("option 2", "opcion 2", "opción dos", "la 2", "2 please", "2 por favor")
            ),
            *((text, 3) for text in ("the third", "tercera", "numero 3", "number three", "3ra")),
            ("0", 0),
            ("12", 12),
            *(
                (text, None)
                for text in ("77002", "1 2", "1 or 2", "uno dos", "hola", "", "?", "1a", "1-2", "12:30")
            ),
        ],
    )
    def test_numbers(self, said: str, number: int | None) -> None:
        """Digits of any script, words, and politeness around them."""
        assert number == number_of(hear(said), vocabulary())

    @given(
        st.integers(0, 99), st.sampled_from(["{}", "{}.", "({})", "#{}", " {} )", "option {}", "Opción {}."])
    )
    def test_every_number_in_every_dress(self, number: int, dress: str) -> None:
        """No number up to 99 is lost in what people put around it."""
        assert number == number_of(hear(dress.format(number)), vocabulary())


class TestCommands:
    """Commands are exact words, in both languages."""

    @pytest.mark.parametrize(
        ("said", "command"),
        [
            *(
                ("Menú", "menu"),
                ("inicio", "menu"),
                ("atrás", "back"),
                ("BACK", "back"),
                ("regresar", "back"),
            ),
            *(("abogada", "lawyer"), ("Licenciado", "lawyer"), ("LAWYER", "lawyer"), ("llamar", "call")),
            *(
                ("BORRAR", "erase"),
                ("erase", "erase"),
                ("adiós", "bye"),
                ("BYE", "bye"),
                ("novedades", "news"),
            ),
            *(("withdraw", "withdraw"), ("withdraw K7M2P", "withdraw"), ("retirar k7m 2p", "withdraw")),
            *(
                ("ahora", "now"),
                ("Lòt lang", "languages"),
                ("otro idioma", "languages"),
                ("mam", "languages"),
            ),
            *(
                ("K'iche'", "languages"),
                ("START", "start"),
                ("help", "help"),
                ("AYUDA", "help"),
                ("?", "help"),
            ),
            *(("no sé", "unsure"), ("not sure", "unsure"), ("idk", "unsure"), ("saltar", "skip")),
            *(("sí", "agree"), ("Yes", "agree"), ("ok", "agree"), ("acepto", "agree"), ("dale", "agree")),
            *(("no", "refuse"), ("no acepto", "refuse"), ("NOPE", "refuse")),
            *(
                (text, None)
                for text in ("meun", "si tengo una pregunta", "call my lawyer now", "", "stop", "🙂", "!")
            ),
        ],
    )
    def test_commands(self, said: str, command: str | None) -> None:
        """The whole text is the command, or there is none."""
        assert command == command_of(hear(said), vocabulary())

    def test_no_word_means_two_things(self) -> None:
        """No folded word stands for two commands, or for a command and an opt-out, in any language."""
        meanings: dict[str, set[str]] = {}
        for language in ("en", "es"):
            held = words_in(language)
            for name, words in {**held["commands"], "stop": held["stop"]}.items():
                for word in words:
                    meanings.setdefault(fold(word) or word, set()).add(name)
        assert {} == {word: names for word, names in meanings.items() if len(names) > 1}

    def test_the_carriers_words_are_theirs(self) -> None:
        """Twilio's reserved words stand only under stop, start, help and agree."""
        for language in ("en", "es"):
            commands = words_in(language)["commands"]
            for name in set(commands) - {"start", "help", "agree"}:
                assert set() == RESERVED & set(map(fold, commands[name])), name

    def test_there_are_words_for_every_command(self) -> None:
        """Each language has a word for each command."""
        for language in ("en", "es"):
            assert set(COMMANDS) == set(words_in(language)["commands"])


class TestLanguages:
    """A language is named, or proved by how somebody speaks."""

    @pytest.mark.parametrize(
        ("said", "language"),
        [
            ("Español", "es"),
            ("spanish please", "es"),
            ("en español por favor", "es"),
            ("ENGLISH", "en"),
            ("mam", None),
        ],
    )
    def test_a_language_is_named(self, said: str, language: str | None) -> None:
        """The name of a language, in either language."""
        assert language == language_named(hear(said), vocabulary())

    @pytest.mark.parametrize(
        ("said", "language"),
        [
            *(
                (text, "es")
                for text in ("Hola", "buenos días", "AYUDA", "hola necesito ayuda", "se llevaron a mi papa")
            ),
            *(
                (text, "en")
                for text in ("hello", "Hi!", "help", "i need a lawyer", "my brother was detained last year")
            ),
            *(
                (text, None)
                for text in ("1", "menu", "ok", "Texas", "77002", "ICE", "hola hello", "", "asdf")
            ),
        ],
    )
    def test_a_language_is_shown(self, said: str, language: str | None) -> None:
        """A greeting or a phrase proves it; a number, a place or a word of both does not."""
        assert language == language_shown(hear(said), vocabulary())


TABLE = read(ROOT / "tests" / "flows" / "utterances.yaml")


def _texts(kinds: Any) -> list[str]:
    return list(chain.from_iterable(texts for kind in kinds for texts in TABLE[kind].values()))


class TestOptOut:
    """Whoever asks for no more texts is heard, and nobody else is silenced."""

    def test_who_asks_us_to_stop_is_heard(self) -> None:
        """Words of every language, phrases, any punctuation."""
        assert [] == [said for said in _texts({"stop"}) if not is_opt_out(hear(said), vocabulary())]

    def test_nobody_else_is_silenced(self) -> None:
        """Not one of the texts that mean something else is an opt-out."""
        assert [] == [said for said in _texts(set(TABLE) - {"stop"}) if is_opt_out(hear(said), vocabulary())]

    @given(
        st.sampled_from(sorted(vocabulary().stops)),
        st.sampled_from(["{}", "{}!!!", " «{}». ", "{}\n", "\u200f{}"]),
    )
    def test_every_exact_word_in_every_dress(self, word: str, dress: str) -> None:
        """Punctuation and invisible marks do not hide an opt-out word, in any case."""
        assert is_opt_out(hear(dress.format(word)), vocabulary())
        assert is_opt_out(hear(dress.format(word.upper())), vocabulary())

    @given(
        st.sampled_from(sorted(vocabulary().stops)),
        st.sampled_from(["how do i {} ice", "puede ice {} a mi hijo"]),
    )
    def test_no_word_within_a_question(self, word: str, question: str) -> None:
        """The same words within a sentence are only words."""
        assert not is_opt_out(hear(question.format(word)), vocabulary())

    def test_a_typing_error_is_no_opt_out(self) -> None:
        """Opt-out words are never guessed at."""
        assert not any(
            is_opt_out(hear(said), vocabulary()) for said in ("stpo", "shop", "atop", "alta", "bala", "paro")
        )


class TestNear:
    """A small typing error is offered back."""

    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("detianer", "detainer"),
            ("lawer", "lawyer"),
            ("ABOGDO", "abogado"),
            ("recrods", "records"),
            ("doro", "door"),
            ("cat", None),
            ("lawyers office", None),
            ("", None),
        ],
    )
    def test_near(self, typed: str, found: str | None) -> None:
        """One edit for four letters and more, two for nine; a swap is one."""
        assert found == near(typed, ["detainer", "lawyer", "abogado", "records", "door", "car", ""])

    def test_two_that_are_as_near_are_not_guessed(self) -> None:
        """Between two equally near words there is no choice."""
        assert near("bords", ["words", "lords"]) is None


class TestReferences:
    """The code of a referral, however it is copied."""

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            *(
                (text, "K7M2P")
                for text in ("K7M2P", "k7m2p", "K7M 2P", "k7m-2p", "K7-M2P", "k 7 m 2 p", " K7M2P. ")
            ),
            *((text, "K7M2P") for text in ("code K7M2P", "mi código es k7m2p", "codigo: K7M-2P", "K 7M2P")),
            ("code kmp 27", "KMP27"),
            ("K7-2MP", "K72MP"),
            *(
                (text, None)
                for text in ("77002", "kmprt", "K7M2", "K7M2P3", "k0m2p", "kim2p", "3 days", "kmp 27", "")
            ),
            *((text, None) for text in ("tx 77002", "tengo 3 hijos", "apt 12 b 3 main street")),
        ],
    )
    def test_references(self, said: str, code: str | None) -> None:
        """Five letters and digits, both, none that are misread; a number and a word are no code."""
        assert code == reference_in(hear(said))


class TestWords:
    """The lists refuse what would never be heard."""

    @pytest.mark.parametrize("language", ["", "EN", "english"])
    def test_a_language_has_a_code(self, language: str) -> None:
        """The value is shown."""
        with pytest.raises(ValueError, match=f"got '{language}'"):
            Words(language)

    def test_an_unknown_command_is_refused(self) -> None:
        """A misspelt command would silently never be heard."""
        with pytest.raises(ValueError, match="no command 'menuu'"):
            Words("en", commands={"menuu": ("menu",)})

    def test_an_unknown_kind_of_urgent_is_refused(self) -> None:
        """So would a misspelt kind."""
        with pytest.raises(ValueError, match="no kind of urgent 'dangr'"):
            Words("en", urgent={"dangr": ("help",)})

    def test_choices_are_heard_in_every_language(self) -> None:
        """The words of a choice are those of all languages, folded."""
        here = Vocabulary((Words("en", choices={"a.b": ("Copy",)}), Words("es", choices={"a.b": ("Cópia",)})))
        assert frozenset({"copy", "copia"}) == words_of("a.b", here)
        assert frozenset() == words_of("a.c", here)

    def test_no_word_is_written_twice(self) -> None:
        """A doubled word is a mistake waiting to be mended in one place only."""
        for language in ("en", "es"):
            held = words_in(language)
            for name in ("names", "greetings", "stop", "stop_phrases", "calm", "fillers", "sensitive"):
                assert [] == [word for word, times in Counter(held[name]).items() if times > 1], (
                    language,
                    name,
                )
