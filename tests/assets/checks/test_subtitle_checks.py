"""What is promised of speech, of words and of subtitles: each holds on a sound table and fails on a broken one."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from assets.checks.model import CheckOutcome
from assets.checks.promises import check_specs_for
from assets.checks.tables import run_checks

Broken = Callable[[pd.DataFrame], pd.DataFrame]

TURNS = pd.DataFrame({"start_s": [0.5, 3.0], "end_s": [2.5, 4.0], "speaker": ["S1", "S2"], "name": ["S1", "Ishtar"]})
WORDS = pd.DataFrame(
    {
        "word": ["What", "brings", "you?"],
        "start_s": [0.5, 0.8, 1.2],
        "end_s": [0.8, 1.2, 1.5],
        "confidence": [1.0, 0.9, 0.8],
        "rate": [13.3, 15.0, 13.3],
        "speaker": ["S1", "S1", "S1"],
    }
)
CUES = pd.DataFrame(
    {"cue": [1, 2], "start": [12, 80], "end": [60, 120], "faults": [0, 0], "told": ["", ""]},
)
SENTENCES = pd.DataFrame({"sentence": ["a-0", "b-0"], "failed": [0, 0], "told": ["", ""]})
REPORT = pd.DataFrame([{"language": "fra_Latn", "told": "", "file_faults": 0, "lost": 0, "conflicts": 0, "waiting": 0}])
SOUND = {
    "turns": (TURNS, {"duration_s": 5.0}),
    "words": (WORDS, {"duration_s": 5.0}),
    "cues": (CUES, {"frames": 240}),
    "sentences": (SENTENCES, {}),
    "subtitles": (REPORT, {}),
}


def but(**cells: tuple[int, object]) -> Broken:
    """The table with other cells: column=(row, value)."""

    def broken(table: pd.DataFrame) -> pd.DataFrame:
        table = table.copy()
        for column, (row, value) in cells.items():
            table.loc[row, column] = value
        return table

    return broken


def without(column: str) -> Broken:
    return lambda table: table.drop(columns=column)


def judged(of: str, table: pd.DataFrame) -> dict[str, CheckOutcome]:
    return {check.name: check for check in run_checks(of, table, **SOUND[of][1])}


@pytest.mark.parametrize("of", SOUND)
def test_every_promise_holds_on_a_sound_table(of: str):
    assert {name for name, check in judged(of, SOUND[of][0]).items() if not check.passed} == set()


@pytest.mark.parametrize(
    ("of", "promise", "broken", "told"),
    [
        ("turns", "turns_table_whole", without("speaker"), "speaker"),
        ("turns", "turns_in_film", but(end_s=(1, 6.0)), "6"),
        ("turns", "turns_in_film", but(start_s=(0, -0.5)), "-0.5"),
        ("turns", "turns_in_film", but(end_s=(0, 0.5)), "0.5"),
        ("turns", "turns_in_order", but(start_s=(1, 0.1)), "0.1"),
        ("words", "words_table_whole", but(word=(1, None)), "word"),
        ("words", "words_table_whole", without("confidence"), "confidence"),
        ("words", "words_in_film", but(end_s=(2, 5.5)), "you?"),
        ("words", "words_in_film", but(end_s=(0, 0.5)), "What"),
        ("words", "words_in_order", but(start_s=(2, 0.6)), "0.6"),
        ("words", "words_are_sure", but(confidence=(1, 0.05)), "brings"),
        ("words", "words_are_sure", but(confidence=(1, 1.5)), "brings"),
        ("words", "words_can_be_said", but(rate=(2, 200.0)), "200"),
        ("cues", "cues_table_whole", without("end"), "end"),
        ("cues", "cues_in_order", but(end=(1, 241)), "241"),
        ("cues", "cues_in_order", but(end=(0, 12)), "12"),
        ("cues", "cues_in_order", but(start=(1, 59)), "59"),
        ("cues", "cues_conform", but(faults=(1, 1), told=(1, "too fast to read")), "too fast to read"),
        ("sentences", "sentences_table_whole", without("failed"), "failed"),
        ("sentences", "sentences_pass", but(failed=(1, 1), told=(1, "“…”: wrong language")), "wrong language"),
        ("subtitles", "report_whole", without("lost"), "lost"),
        ("subtitles", "files_agree", but(file_faults=(0, 2), told=(0, "srt: cue 1 reads")), "srt: cue 1 reads"),
        ("subtitles", "no_sentence_lost", but(lost=(0, 3)), "3"),
        ("subtitles", "corrections_apply", but(conflicts=(0, 1)), "1 correction"),
        ("subtitles", "lines_are_safe", but(waiting=(0, 4)), "4 lines"),
    ],
)
def test_a_promise_fails_on_a_table_that_breaks_it_and_says_where(of: str, promise: str, broken: Broken, told: str):
    found = judged(of, broken(SOUND[of][0]))[promise]

    assert not found.passed
    assert told in found.why


@pytest.mark.parametrize("of", ["turns", "cues", "sentences"])
def test_a_film_in_which_nobody_says_anything_breaks_no_promise(of: str):
    assert all(check.passed for check in judged(of, SOUND[of][0].iloc[:0]).values())


def test_what_no_reader_could_put_right_blocks_and_the_rest_warns():
    blocking = {check.name for check in check_specs_for("subtitles/fra_Latn") if check.blocking}

    assert blocking == {
        "cues_table_whole",
        "cues_in_order",
        "sentences_table_whole",
        "report_whole",
        "files_agree",
        "no_sentence_lost",
    }
