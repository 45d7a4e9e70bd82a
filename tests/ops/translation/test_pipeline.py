"""A title into many languages: only what is new is translated, what fails is mended or flagged, nothing is lost."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from ops.errors import StoreError
from ops.translation import keys
from ops.translation.gates import Fault
from ops.translation.pipeline import translate_title
from ops.translation.result import LanguageResult
from ops.translation.sentence import Sentence
from ops.translation.sentences import sentences_of
from ops.translation.terms import Term, Terms
from tests.ops.translation.doubles import DIALOGUE, KilledPhraseBook, Notebook, PhraseBook, dialogue, words_saying

LANGUAGES = ["spa_Latn", "fra_Latn", "deu_Latn"]
"""Those that most people read first."""
BLADE = "The blade on the table has a dark past."
WINTER = "The winter lasted for 7 months that year."
RIVER = "We ate what the river gave us, and we waited for the sun."
MOUNTAINS = "Why did you travel alone through the mountains?"
DAY = "I have looked for him ever since that day."


def translated(sentences, translator: PhraseBook, memory: Notebook, **more) -> dict[str, LanguageResult]:
    given = {"source": "eng_Latn", "targets": LANGUAGES, "translator": translator, "memory": memory} | more
    return {result.language: result for result in translate_title(sentences, **given)}


def text_of(result: LanguageResult, sentences, text: str) -> str:
    return result.texts[next(each.id for each in sentences if each.text == text)]


def test_every_sentence_of_every_language_is_what_a_person_would_say():
    sentences = dialogue()

    results = translated(sentences, PhraseBook(), Notebook())

    for language in LANGUAGES:
        told = [" ".join(text.split()) for text in results[language].texts.values()]
        assert told == [known[language] for known in DIALOGUE.values()]
        assert all(judgement.passed for judgement in results[language].judgements.values())


def test_all_languages_are_asked_in_one_call_with_one_sentence_a_row():
    translator = PhraseBook()

    translated(dialogue(), translator, Notebook())

    first = translator.asked[0]
    assert first.targets == tuple(LANGUAGES)
    assert first.texts == tuple(DIALOGUE)
    assert sum(call.targets == tuple(LANGUAGES) for call in translator.asked) == 1


def test_a_second_run_translates_nothing_and_gives_the_same_bytes():
    memory = Notebook()
    first = translated(dialogue(), PhraseBook(), memory)
    translator = PhraseBook()

    second = translated(dialogue(), translator, memory)

    assert translator.asked == []
    assert {code: each.texts for code, each in second.items()} == {code: each.texts for code, each in first.items()}
    assert {each.remembered for each in second.values()} == {len(DIALOGUE)}


def test_a_changed_line_is_the_one_row_that_is_translated_again():
    memory = Notebook()
    before = translated(dialogue(), PhraseBook(), memory)
    translator = PhraseBook()
    changed = dialogue((RIVER, "We ate what the forest gave us, and we waited for the sun."))

    after = translated(changed, translator, memory)

    for language in LANGUAGES:
        assert translator.asked_first(language) == ["We ate what the forest gave us, and we waited for the sun."]
        assert after[language].remembered == len(DIALOGUE) - 1
        same = before[language].texts.keys() & after[language].texts.keys()
        assert len(same) == len(DIALOGUE) - 1
        assert all(before[language].texts[name] == after[language].texts[name] for name in same)


def test_a_line_that_another_leans_on_takes_that_one_along_and_no_third():
    memory = Notebook()
    translated(dialogue(), PhraseBook(), memory)
    translator = PhraseBook()

    translated(dialogue((DAY, "I have looked for her ever since that day.")), translator, memory)

    assert translator.asked_first("deu_Latn") == ["I have looked for her ever since that day.", "He did."]


def test_a_new_term_re_translates_the_sentences_that_hold_it_in_its_language():
    memory = Notebook()
    translated(dialogue(), PhraseBook(), memory)
    translator = PhraseBook()

    translated(dialogue(), translator, memory, terms=Terms((Term("dragon", "Lindwurm", "deu_Latn"),)))

    assert len(translator.asked_first("deu_Latn")) == 1
    assert translator.asked_first("fra_Latn") == []


def test_what_was_done_before_a_crash_is_not_done_again():
    memory, dying = Notebook(), KilledPhraseBook()
    done = []

    with pytest.raises(KeyboardInterrupt):
        for result in translate_title(
            dialogue(), source="eng_Latn", targets=LANGUAGES, translator=dying, memory=memory
        ):
            done.append(result.language)
    translator = PhraseBook()
    results = translated(dialogue(), translator, memory)

    assert done == memory.kept[:2] == LANGUAGES[:2]
    assert translator.asked_first("spa_Latn") == translator.asked_first("fra_Latn") == []
    assert len(translator.asked_first("deu_Latn")) == len(DIALOGUE)
    assert set(results) == set(LANGUAGES)


def test_a_language_that_the_engine_does_not_speak_says_so_and_stops_no_other():
    results = translated(dialogue(), PhraseBook(deaf_to=frozenset({"fra_Latn"})), Notebook())

    assert "French" in results["fra_Latn"].error
    assert results["fra_Latn"].sentences == {}
    assert [results[code].error for code in ("deu_Latn", "spa_Latn")] == ["", ""]


@pytest.mark.parametrize(
    ("text", "said", "fault"),
    [
        (RIVER, "Sonne.", Fault.DROPPED),
        (RIVER, RIVER, Fault.COPIED),
        (WINTER, "Der Winter dauerte in jenem Jahr 9 Monate.", Fault.NUMBERS),
        (BLADE, "Клинок на столе имеет тёмное прошлое.", Fault.WRONG_SCRIPT),
        (BLADE, "die Klinge auf die Klinge auf die Klinge auf die Klinge auf die Klinge auf", Fault.REPEATED),
    ],
)
def test_a_sentence_that_fails_is_asked_for_in_another_way(text, said, fault):
    sentences = dialogue()
    half, rest = "We ate what the river gave us,", "and we waited for the sun."
    halves = {
        half: {"deu_Latn": "Wir aßen, was der Fluss uns gab,"},
        rest: {"deu_Latn": "und wir warteten auf die Sonne."},
    }
    translator = PhraseBook(wrong={(text, "deu_Latn"): said}, phrases=halves)

    result = translated(sentences, translator, Notebook(), targets=["deu_Latn"])["deu_Latn"]

    name = next(each.id for each in sentences if each.text == text)
    assert result.texts[name] == DIALOGUE[text]["deu_Latn"]
    assert result.judgements[name].passed
    assert result.sentences[name].tries > 1
    assert result.sentences[name].how != "first"
    assert sum(result.retried.values()) == 1


def test_what_no_remedy_mends_is_flagged_and_never_replaced():
    sentences = dialogue()
    said = "Der Winter dauerte in jenem Jahr 9 Monate."
    translator = PhraseBook(wrong={(WINTER, "deu_Latn"): said}, stubborn=True)

    result = translated(sentences, translator, Notebook(), targets=["deu_Latn"])["deu_Latn"]

    name = next(each.id for each in sentences if each.text == WINTER)
    assert result.texts[name] == said
    assert Fault.NUMBERS in result.judgements[name].faults
    assert not result.judgements[name].passed
    assert any("fail" in note for note in result.notes)


def test_a_language_that_fails_as_a_whole_is_tried_by_some_of_its_sentences():
    text = " ".join(f"The blade number {place} on the table has a dark past." for place in range(120))
    sentences = sentences_of(words_saying(text), "eng_Latn")
    wrong = {(each.text, "deu_Latn"): each.text for each in sentences}
    translator = PhraseBook(wrong=wrong, stubborn=True)

    result = translated(sentences, translator, Notebook(), targets=["deu_Latn"])["deu_Latn"]

    again = {text for call in translator.asked[1:] if "deu_Latn" in call.targets for text in call.texts}
    assert len(again) < 60
    assert not any(judgement.passed for judgement in result.judgements.values())
    assert any("as a whole" in note for note in result.notes)


def test_a_language_of_which_most_can_be_mended_is_mended():
    text = " ".join(f"The blade number {place} on the table has a dark past." for place in range(80))
    sentences = sentences_of(words_saying(text), "eng_Latn")
    known = {
        each.text: {"deu_Latn": f"Die Klinge Nummer {place} auf dem Tisch hat eine dunkle Vergangenheit."}
        for place, each in enumerate(sentences)
    }
    wrong = {(each.text, "deu_Latn"): each.text for each in sentences[:60]}

    result = translated(sentences, PhraseBook(wrong=wrong, phrases=known), Notebook(), targets=["deu_Latn"])["deu_Latn"]

    assert all(judgement.passed for judgement in result.judgements.values())
    assert sum(result.retried.values()) == 60


def test_a_retry_in_one_language_asks_for_no_other():
    translator = PhraseBook(wrong={(WINTER, "deu_Latn"): "Der Winter dauerte in jenem Jahr 9 Monate."})

    translated(dialogue(), translator, Notebook())

    again = [call for call in translator.asked if WINTER in call.texts][1:]
    assert {call.targets for call in again} == {("deu_Latn",)}


@pytest.mark.parametrize(
    ("offered", "log_prob", "taken"),
    [("Er tat es.", -0.2, True), ("Er tat es.", -0.8, False), ("He did.", -0.1, False)],
    ids=["likelier", "less likely", "fails its gates"],
)
def test_context_is_taken_where_it_passes_and_is_as_likely(offered, log_prob, taken):
    sentences = dialogue()
    translator = PhraseBook(in_context={("He did.", "deu_Latn"): (offered, log_prob)})

    result = translated(sentences, translator, Notebook(), targets=["deu_Latn"])["deu_Latn"]

    assert text_of(result, sentences, "He did.") == (offered if taken else "Hat er.")


def test_only_what_leans_is_given_what_stands_before_it():
    translator = PhraseBook()

    translated(dialogue(), translator, Notebook(), targets=["deu_Latn"])

    assert [(call.texts, call.before) for call in translator.asked if any(call.before)] == [(("He did.",), (DAY,))]


def test_a_note_that_holds_no_words_is_not_sent_and_not_lost():
    sentences = [*dialogue(), Sentence("note-0", "♪♪", 200, 201)]
    translator = PhraseBook()

    result = translated(sentences, translator, Notebook(), targets=["deu_Latn"], unwritable="♪")["deu_Latn"]

    assert all("♪" not in text for call in translator.asked for text in call.texts)
    assert result.texts["note-0"] == "♪♪"


def test_progress_rises_to_one():
    told: list[float] = []

    translated(dialogue(), PhraseBook(deaf_to=frozenset({"fra_Latn"})), Notebook(), progress=told.append)

    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_film_without_words_is_every_languages_nothing():
    results = translated([], PhraseBook(), Notebook())

    assert {each.error for each in results.values()} == {""}
    assert all(each.sentences == {} for each in results.values())


# -- what goes wrong with one language
# ---------------------------------------------------------------------------------------------------------------------


def test_a_language_that_crashes_keeps_no_other_back_and_is_told_as_it_was_raised():
    crash = ValueError("boom")
    memory = Notebook()

    results = translated(dialogue(), PhraseBook(no_score={"spa_Latn": crash}), memory)

    assert {code: each.error for code, each in results.items() if each.error} == {"spa_Latn": "Spanish: boom"}
    assert results["spa_Latn"].failure is crash
    assert set(memory.kept) == {"fra_Latn", "deu_Latn"}
    assert all(len(results[code].texts) == len(DIALOGUE) for code in memory.kept)


def test_where_the_engine_breaks_down_midway_each_language_left_is_asked_for_by_itself():
    translator = PhraseBook(breaks_at={"fra_Latn": RuntimeError("no such piece")})

    results = translated(dialogue(), translator, Notebook())

    assert [code for code, each in results.items() if each.error] == ["fra_Latn"]
    assert "no such piece" in results["fra_Latn"].error
    assert len(results["deu_Latn"].texts) == len(DIALOGUE)


def test_an_engine_that_breaks_down_for_good_owes_the_languages_that_are_left_and_no_other():
    results = translated(dialogue(), PhraseBook(dies_after=1), Notebook())

    told = {code: each.error for code, each in results.items()}
    assert told == {"spa_Latn": "", "fra_Latn": "French: out of memory", "deu_Latn": "German: out of memory"}


@pytest.mark.parametrize("outage", [StoreError("it is away"), OSError("no space left on device")])
def test_an_outage_is_no_languages_fault_and_is_told_at_once(outage):
    for translator in (PhraseBook(breaks_at={"spa_Latn": outage}), PhraseBook(no_score={"spa_Latn": outage})):
        with pytest.raises(type(outage)):
            translated(dialogue(), translator, Notebook())


def test_a_memory_that_is_away_is_told_at_once():
    class Away(Notebook):
        def keep(self, language, entries):
            raise RuntimeError("connection refused")

    with pytest.raises(RuntimeError, match="connection refused"):
        translated(dialogue(), PhraseBook(), Away())


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_probability_that_is_no_number_is_none_and_fails_no_sentence(number):
    class Overflowing(PhraseBook):
        def score(self, pairs, source, target):
            return [number, *(-0.5 for _ in pairs[1:])]

        def _said(self, row, source, target, decoding):
            return replace(super()._said(row, source, target, decoding), log_prob=number)

    sentences, memory = dialogue(), Notebook()
    result = translated(sentences, Overflowing(), memory, targets=["deu_Latn"])["deu_Latn"]

    assert all(judgement.passed for judgement in result.judgements.values())
    assert {each.log_prob for each in result.sentences.values()} == {None}
    assert result.sentences[sentences[0].id].forward is None
    assert result.sentences[sentences[1].id].forward == -0.5
    json.dumps([each.to_json() for each in memory.entries.values()], allow_nan=False)


# -- what is remembered
# ---------------------------------------------------------------------------------------------------------------------


def test_a_sentence_that_the_engine_did_not_answer_is_asked_for_again():
    memory = Notebook()
    silent = PhraseBook(wrong={(WINTER, "deu_Latn"): ""}, stubborn=True)
    first = translated(dialogue(), silent, memory, targets=["deu_Latn"])["deu_Latn"]
    translator = PhraseBook()

    second = translated(dialogue(), translator, memory, targets=["deu_Latn"])["deu_Latn"]

    assert text_of(first, dialogue(), WINTER) == ""
    assert translator.asked_first("deu_Latn") == [WINTER]
    assert text_of(second, dialogue(), WINTER) == DIALOGUE[WINTER]["deu_Latn"]


def test_what_failed_its_gates_is_tried_again_by_other_gates_alone(monkeypatch: pytest.MonkeyPatch):
    memory = Notebook()
    nine = "Der Winter dauerte in jenem Jahr 9 Monate."
    translated(dialogue(), PhraseBook(wrong={(WINTER, "deu_Latn"): nine}, stubborn=True), memory, targets=["deu_Latn"])

    same = PhraseBook()
    flagged = translated(dialogue(), same, memory, targets=["deu_Latn"])["deu_Latn"]
    monkeypatch.setattr(keys, "GATES_VERSION", keys.GATES_VERSION + 1)
    other = PhraseBook()
    mended = translated(dialogue(), other, memory, targets=["deu_Latn"])["deu_Latn"]

    assert same.asked == []
    assert text_of(flagged, dialogue(), WINTER) == nine
    assert other.asked_first("deu_Latn") == [WINTER]
    assert text_of(mended, dialogue(), WINTER) == DIALOGUE[WINTER]["deu_Latn"]


def test_other_weights_of_the_same_name_translate_anew():
    class Tuned(PhraseBook):
        revision = "b"

    class Plain(PhraseBook):
        revision = "a"

    memory = Notebook()
    translated(dialogue(), Plain(), memory, targets=["deu_Latn"])
    same, tuned = Plain(), Tuned()

    translated(dialogue(), same, memory, targets=["deu_Latn"])
    translated(dialogue(), tuned, memory, targets=["deu_Latn"])

    assert same.asked == []
    assert len(tuned.asked_first("deu_Latn")) == len(DIALOGUE)


def test_which_words_go_together_is_asked_once_and_remembered():
    sentences, memory = dialogue(), Notebook()
    translator = PhraseBook(looks=lambda pair: np.eye(len(pair.target.split()), len(pair.source.split())))
    names = [sentences[0].id, sentences[6].id]
    first = translated(sentences, translator, memory, targets=["deu_Latn"], parted=names)["deu_Latn"]
    again = PhraseBook()

    second = translated(sentences, again, memory, targets=["deu_Latn"], parted=names)["deu_Latn"]

    assert [pair.source for pair in translator.looked_at] == [BLADE, RIVER]
    assert [name for name, each in first.sentences.items() if each.alignment is not None] == names
    assert again.looked_at == again.asked == []
    assert second.sentences == first.sentences


def test_a_sentence_that_is_parted_only_later_is_asked_about_then_and_not_translated_again():
    sentences, memory = dialogue(), Notebook()
    translated(sentences, PhraseBook(), memory, targets=["deu_Latn"])
    later, last = PhraseBook(), PhraseBook()

    translated(sentences, later, memory, targets=["deu_Latn"], parted=[sentences[0].id])
    translated(sentences, last, memory, targets=["deu_Latn"], parted=[sentences[0].id])

    assert later.asked == []
    assert [pair.source for pair in later.looked_at] == [BLADE]
    assert last.looked_at == []  # this engine cannot tell, and is not asked again


def test_where_all_is_remembered_the_engine_is_asked_nothing_at_all():
    class Asleep(PhraseBook):
        def __getattribute__(self, name):
            assert name in {"name", "revision"} or name.startswith("__"), f"for {name} it would have to be loaded"
            return super().__getattribute__(name)

    memory = Notebook()
    first = translated(dialogue(), PhraseBook(), memory, parted=[dialogue()[0].id])

    second = translated(dialogue(), Asleep(), memory, parted=[dialogue()[0].id])

    assert {code: each.texts for code, each in second.items()} == {code: each.texts for code, each in first.items()}


def test_languages_come_by_how_many_people_read_them_however_they_were_asked_for():
    results = translated(dialogue(), PhraseBook(), Notebook(), targets=["ace_Latn", "deu_Latn", "zul_Latn", "spa_Latn"])

    assert list(results)[:2] == ["spa_Latn", "deu_Latn"]
    assert list(results)[-1] == "ace_Latn"
