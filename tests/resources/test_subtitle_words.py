"""What the house remembers of a title's words, on a real PostgreSQL: corrections, translations, texts, and names."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from ops.errors import UsageError
from ops.subtitles.corrections import Correction
from ops.translation.alignment import Alignment
from ops.translation.gates import Fault, Judgement
from ops.translation.keys import Remembered
from resources.catalogue import Catalogue
from resources.database import Database
from resources.ledger import Ledger
from resources.store.model import ArtifactKey
from resources.subtitles.corrections import Corrections
from resources.subtitles.memory import TranslationMemory
from resources.subtitles.speakers import SpeakerNames
from resources.subtitles.spoken import declare_language
from resources.subtitles.texts import HandedText, HandedTexts, TextKind
from resources.subtitles.touched import touched_since
from tests.resources.test_ledger import manifest

MADE = ("speech", "transcript", "subtitles/eng_Latn", "subtitles/fra_Latn", "subtitles/spa_Latn")
CUE = "3fa2c1d09b1e-0.0"


@pytest.fixture
def title(database: Database) -> str:
    """A title in three languages, all of them fresh."""
    with database.connection() as connection:
        connection.execute("TRUNCATE translations")
    title = Catalogue(database).deliver("sintel", sha256=sha256(b"s").hexdigest(), uri="/sintel", size_bytes=1).title
    for asset in MADE:
        key = ArtifactKey.of_asset(title, asset)
        Ledger(database).ready(key, input_hash="h", manifest=manifest(key))
    return title


def stale(database: Database, title: str) -> set[str]:
    return {row.key.asset for row in Ledger(database).rows(title) if row.input_hash == ""}


def corrected(text: str, *, base: str = "Helo.", code: str = "fra_Latn", cue: str = CUE) -> Correction:
    return Correction(code, cue, base, text)


# -- corrections
# ---------------------------------------------------------------------------------------------------------------------


def test_a_correction_is_kept_and_makes_its_language_stale_and_no_other(database: Database, title: str):
    corrections = Corrections(database)

    assert corrections.hand_in(title, [corrected("Hello.")], who="ada", spoken="eng_Latn") == 1

    [kept] = corrections.of(title, "fra_Latn")
    assert (kept.text, kept.base_text, kept.who) == ("Hello.", "Helo.", "ada")
    assert stale(database, title) == {"subtitles/fra_Latn"}


def test_a_correction_of_what_is_spoken_makes_the_transcript_stale_with_it(database: Database, title: str):
    Corrections(database).hand_in(title, [corrected("Hello.", code="eng_Latn")], who="ada", spoken="eng_Latn")

    assert stale(database, title) == {"subtitles/eng_Latn", "transcript"}


def test_of_two_corrections_over_the_same_text_the_newer_stands_and_the_same_again_changes_nothing(
    database: Database, title: str
):
    corrections = Corrections(database)
    for text, changed in (("Hello.", 1), ("Hello!", 1), ("Hello!", 0)):
        assert corrections.hand_in(title, [corrected(text)], who="ada", spoken=None) == changed
    assert [each.text for each in corrections.of(title, "fra_Latn")] == ["Hello!"]

    corrections.hand_in(title, [corrected("Hello, you!", base="Hello!")], who="bob", spoken=None)
    assert [each.text for each in corrections.of(title, "fra_Latn")] == ["Hello!", "Hello, you!"]


def test_what_is_taken_back_is_gone_and_makes_the_language_stale(database: Database, title: str):
    corrections = Corrections(database)
    corrections.hand_in(title, [corrected("Hello.", code="eng_Latn")], who="ada", spoken=None)

    assert corrections.take_back(title, "eng_Latn", CUE, spoken="eng_Latn") == 1
    assert corrections.take_back(title, "eng_Latn", CUE, spoken="eng_Latn") == 0
    assert corrections.of(title, "eng_Latn") == []
    assert stale(database, title) == {"subtitles/eng_Latn", "transcript"}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (corrected("Hi.", code="xxx_Latn"), "xxx_Latn"),
        (corrected("x" * 1001), "too long"),
        (Correction("fra_Latn", CUE, "Helo.", "Hello.", start_s=-1.0), "no time"),
        (Correction("fra_Latn", CUE, "Helo.", "Hello.", end_s=float("nan")), "no time"),
        (Correction("fra_Latn", CUE, "Helo.", "Hello.", at_s=float("inf")), "no time"),
    ],
)
def test_of_a_list_with_one_impossible_correction_none_is_kept(
    database: Database, title: str, wrong: Correction, told: str
):
    with pytest.raises(UsageError, match=told):
        Corrections(database).hand_in(title, [corrected("Hello."), wrong], who="ada", spoken=None)

    assert Corrections(database).of(title, "fra_Latn") == []
    assert stale(database, title) == set()


@given(text=st.text(max_size=60))
@example_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_kept_as_it_was_written_but_for_what_no_database_takes(database: Database, title: str, text: str):
    corrections = Corrections(database)
    corrections.hand_in(title, [corrected(f"Hello. \\u0000 {text}")], who="ada", spoken=None)

    kept = corrections.of(title, "fra_Latn")[-1].text
    assert kept == f"Hello. \\u0000 {text}".replace("\0", "").encode("utf-8", "ignore").decode()


def test_the_titles_that_were_corrected_or_named_lately_are_told(database: Database, title: str):
    assert touched_since(database, None) == {}

    Corrections(database).hand_in(title, [corrected("Hello.")], who="ada", spoken=None)
    SpeakerNames(database).call(title, "Ishtar", [(1.0, 2.0)], who="ada")

    assert touched_since(database, None) == {title: {"fra_Latn", None}}
    with database.connection() as connection:
        [(now,)] = connection.execute("SELECT clock_timestamp()").fetchall()
    assert touched_since(database, now) == {}


# -- translations
# ---------------------------------------------------------------------------------------------------------------------


def remembered(text: str) -> Remembered:
    return Remembered(text, Judgement((), {"length_ratio": 1.0}, True), notes=("spaces",))


def test_a_translation_is_remembered_and_the_first_one_stands(database: Database, title: str):
    memory, key = TranslationMemory(database), "a" * 64
    memory.keep("fra_Latn", {key: remembered("Bonjour.")})
    memory.keep("fra_Latn", {key: remembered("Salut."), "b" * 64: remembered("Oui.")})

    known = memory.known([key, "b" * 64, "c" * 64])

    assert {name: each.text for name, each in known.items()} == {key: "Bonjour.", "b" * 64: "Oui."}
    assert known[key] == remembered("Bonjour.")


@pytest.mark.parametrize("text", ["\0", "a\0b \\u0000", "\ud800", "\\", '"', "", "🎵 ꯍꯦꯜꯂꯣ"])
def test_whatever_an_engine_writes_is_remembered(database: Database, title: str, text: str):
    memory = TranslationMemory(database)

    memory.keep("fra_Latn", {"d" * 64: remembered(text)})

    kept = memory.known(["d" * 64])["d" * 64].text
    assert kept == text.replace("\0", "\ufffd").replace("\ud800", "?")


def test_what_no_title_has_used_for_long_is_forgotten(database: Database, title: str):
    memory = TranslationMemory(database)
    memory.keep("fra_Latn", {"a" * 64: remembered("Bonjour."), "b" * 64: remembered("Oui.")})
    with database.connection() as connection:
        connection.execute("UPDATE translations SET used_at = now() - interval '90 days'")
    memory.known(["a" * 64])

    assert memory.forget_unused(days=30) == 1
    assert set(memory.known(["a" * 64, "b" * 64])) == {"a" * 64}


def failing(text: str, gates: int, alignment: Alignment | None = None) -> Remembered:
    return Remembered(text, Judgement((Fault.NUMBERS,), {}, False), gates=gates, alignment=alignment)


def test_what_failed_by_other_gates_is_replaced_and_by_the_same_gates_is_not(database: Database, title: str):
    memory, key = TranslationMemory(database), "e" * 64
    for gates, text in ((1, "9 mois."), (1, "8 mois."), (2, "7 mois.")):
        memory.keep("fra_Latn", {key: failing(text, gates)})
        assert memory.known([key])[key].text == ("7 mois." if gates == 2 else "9 mois.")

    memory.keep("fra_Latn", {key: replace(remembered("Sept mois."), gates=3)})
    memory.keep("fra_Latn", {key: failing("6 mois.", 4)})

    assert memory.known([key])[key].text == "Sept mois."


def test_an_alignment_is_put_to_the_text_that_it_is_of(database: Database, title: str):
    memory, key = TranslationMemory(database), "f" * 64
    first, second = Alignment(2, ((0, 100), (1, 100))), Alignment(2, ((1, 100), (0, 100)))
    memory.keep("fra_Latn", {key: remembered("Bonjour toi.")})

    memory.keep("fra_Latn", {key: replace(remembered("Salut toi."), alignment=first)})
    assert memory.known([key])[key] == remembered("Bonjour toi.")
    memory.keep("fra_Latn", {key: replace(remembered("Bonjour toi."), alignment=first)})
    memory.keep("fra_Latn", {key: replace(remembered("Bonjour toi."), alignment=second)})

    assert memory.known([key])[key] == replace(remembered("Bonjour toi."), alignment=first)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_none_is_remembered_as_none(database: Database, title: str, number: float):
    memory, key = TranslationMemory(database), "a" * 64
    odd = Remembered("Oui.", Judgement((), {"forward": number, "compression": 1.0}), 1, "first", number, number, number)

    memory.keep("fra_Latn", {key: odd})

    kept = memory.known([key])[key]
    assert (kept.log_prob, kept.forward, kept.backward) == (None, None, None)
    assert kept.judgement.scores == {"compression": 1.0}


def test_asking_writes_no_row_that_was_used_today(database: Database, title: str):
    memory = TranslationMemory(database)
    memory.keep("fra_Latn", {"a" * 64: remembered("Bonjour."), "b" * 64: remembered("Oui.")})
    with database.connection() as connection:
        connection.execute("UPDATE translations SET used_at = now() - interval '2 days' WHERE key LIKE 'b%'")

    def versions() -> dict[str, str]:
        with database.connection() as connection:
            return dict(connection.execute("SELECT key, xmin::text FROM translations").fetchall())

    before = versions()
    memory.known(["a" * 64, "b" * 64])
    after = versions()

    assert before["a" * 64] == after["a" * 64]
    assert before["b" * 64] != after["b" * 64]


# -- texts, languages and names
# ---------------------------------------------------------------------------------------------------------------------


def test_a_text_that_is_handed_in_takes_the_place_of_the_one_before(database: Database, title: str):
    texts = HandedTexts(database)
    first, second = (HandedText(TextKind.SUBTITLES, "fra_Latn", "film.fr.srt", each) for each in (b"1", b"2"))
    script = HandedText(TextKind.SCRIPT, "", "film.txt", b"3")

    assert texts.lie_beside(title, [first, script]) == ["film.fr.srt", "film.txt"]
    assert texts.lie_beside(title, [first, script]) == []
    assert texts.lie_beside(title, [second, script]) == ["film.fr.srt"]
    assert {text.content for text in texts.of(title)} == {b"2", b"3"}
    assert stale(database, title) == {"transcript", "subtitles/fra_Latn"}


def test_a_text_that_lies_there_no_more_is_forgotten(database: Database, title: str):
    texts = HandedTexts(database)
    french, script = (
        HandedText(TextKind.SUBTITLES, "fra_Latn", "film.fr.srt", b"1"),
        HandedText(TextKind.SCRIPT, "", "film.txt", b"3"),
    )
    texts.lie_beside(title, [french, script])

    assert texts.lie_beside(title, [script]) == ["film.fr.srt"]
    assert [text.name for text in texts.of(title)] == ["film.txt"]


def test_of_two_texts_in_one_language_the_first_counts_however_often_it_is_asked(database: Database, title: str):
    texts = HandedTexts(database)
    plain, told = (HandedText(TextKind.SUBTITLES, "eng_Latn", f"film.{tag}.srt", b"1") for tag in ("en", "en.sdh"))

    assert texts.lie_beside(title, [plain, told]) == ["film.en.srt"]
    assert texts.lie_beside(title, [plain, told]) == []


def test_a_declared_language_makes_the_transcript_stale_once(database: Database, title: str):
    assert declare_language(database, title, "deu_Latn")
    assert stale(database, title) == {"transcript"}
    assert not declare_language(database, title, "deu_Latn")
    assert Catalogue(database).title(title).language == "deu_Latn"
    with pytest.raises(UsageError):
        declare_language(database, title, "xxx_Latn")


def test_a_voice_keeps_its_name_and_another_name_of_it_takes_its_place(database: Database, title: str):
    names = SpeakerNames(database)
    names.call(title, "  Ishtar \t of  Ur ", [(1.0, 2.0)], who="ada")
    assert names.of(title) == {"Ishtar of Ur": [(1.0, 2.0)]}
    assert stale(database, title) == {"speech"}

    names.call(title, "Sintel", [(1.0, 2.0)], who="bob")
    assert names.of(title) == {"Sintel": [(1.0, 2.0)]}
    names.call(title, "Sintel", [(5.0, 6.5)], who="bob")
    assert names.of(title) == {"Sintel": [(5.0, 6.5)]}

    assert names.forget(title, "Sintel") and not names.forget(title, "Sintel")
    assert names.of(title) == {}


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\0b", "\x1b[31m"])
def test_what_is_no_name_is_refused(database: Database, title: str, name: str):
    with pytest.raises(UsageError, match="is no name"):
        SpeakerNames(database).call(title, name, [(1.0, 2.0)], who="ada")


def test_a_voice_that_says_nothing_has_no_name(database: Database, title: str):
    with pytest.raises(UsageError, match="says nothing"):
        SpeakerNames(database).call(title, "Ishtar", [], who="ada")
