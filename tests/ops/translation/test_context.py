"""Sentences that say nothing alone are told from those that do."""

from __future__ import annotations

import pytest

from ops.translation.context import antecedents, leans
from ops.translation.sentences import sentences_of
from tests.ops.translation.doubles import words_saying


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("He did.", "eng_Latn", True),
        ("It was standing on the table all the time.", "eng_Latn", True),
        ("The lamp was standing on the table.", "eng_Latn", False),
        ("… and then we went home after all.", "eng_Latn", True),
        ("I thought that you might want to …", "eng_Latn", True),
        ("Das habe ich dir doch gestern schon gesagt.", "deu_Latn", True),
        ("Gestern habe ich dir die Lampe gezeigt.", "deu_Latn", False),
        ("はい。", "jpn_Jpan", True),
        ("今日は天気がいいので散歩に行きましょう。", "jpn_Jpan", False),
        ("♪♪", "eng_Latn", False),
    ],
)
def test_what_leans_is_short_points_back_or_is_broken_off(text, language, expected):
    assert leans(text, language) is expected


def test_a_short_sentence_is_read_in_the_light_of_the_last_one_that_stands_alone():
    sentences = sentences_of(
        words_saying("The lamp stood on the table. Really? Yes. It did. No. Then the rain came over the hills."),
        "eng_Latn",
    )

    assert antecedents(sentences, "eng_Latn") == [None, 0, 0, 0, None, None]
