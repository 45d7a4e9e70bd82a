"""From Whisper's tokens to words, on texts whose tokens are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.models.whisper.words import bytes_of_tokens, pieces_of_text, pieces_of_words, timed


def words(text: str, script: str = "Latn") -> list[str]:
    return [piece.text for piece in pieces_of_text([text.encode()], script=script)]


def spans(tokens: list[bytes], bounds: list[float], *, script: str = "Latn", length_s: float = 30.0):
    pieces = pieces_of_text(tokens, script=script)
    found = timed(
        pieces, tokens, bounds_s=np.array(bounds), log_probs=[-0.5] * len(tokens), length_s=length_s, frame_s=0.02
    )
    return [(piece.text, pytest.approx(piece.start_s), pytest.approx(piece.end_s)) for piece in found]


@pytest.mark.parametrize(
    ("script", "text", "expected"),
    [
        ("Latn", " And so, my fellow Americans,", ["And", "so,", "my", "fellow", "Americans,"]),
        ("Latn", " Ça va ? Oui !", ["Ça", "va\u00a0?", "Oui\u00a0!"]),
        ("Latn", " - Yes. - No – or so.", ["-\u00a0Yes.", "-\u00a0No\u00a0–", "or", "so."]),
        ("Latn", " ¿ Quién ?", ["¿\u00a0Quién\u00a0?"]),
        ("Latn", " ...", ["..."]),
        ("Jpan", "今日は、iPhone 15が3.5倍。", ["今", "日", "は、", "iPhone", "15", "が", "3.5", "倍。"]),
        ("Jpan", "「はい」と", ["「は", "い」", "と"]),
        ("Thai", "น้ำดี ครับ", ["น้ำ", "ดี", "ค", "รั", "บ"]),
        ("Tibt", "བོད་སྐད་ཡག་པོ་ཡོད། ང་ཚོ།", ["བོད་", "སྐད་", "ཡག་", "པོ་", "ཡོད།", "ང་", "ཚོ།"]),
        ("Deva", " हिन्दी में", ["हिन्दी", "में"]),
        ("Hang", " 안녕 하세요.", ["안녕", "하세요."]),
    ],
)
def test_words_are_what_a_break_may_part(script: str, text: str, expected: list[str]):
    assert words(text, script) == expected


def test_a_space_before_a_word_is_told():
    spaced = [piece.spaced for piece in pieces_of_text(["今日 は iPhone".encode()], script="Jpan")]

    assert spaced == [False, False, True, True]
    assert [piece.spaced for piece in pieces_of_text([b"so", b" it"], script="Latn")] == [True, True]


def test_a_word_lasts_from_its_first_letter_to_its_last_and_not_through_the_pause_of_its_full_stop():
    found = spans([b" Am", b"er", b"icans", b".", b" Ask"], [1.0, 1.2, 1.3, 1.9, 4.0, 4.4])

    assert found == [("Americans.", 1.0, 1.9), ("Ask", 4.0, 4.4)]


def test_characters_of_one_token_share_its_time_and_tokens_of_one_character_make_it():
    one, two, three = (bytes([byte]) for byte in "是".encode())

    assert spans(["今日".encode()], [1.0, 2.0], script="Hans") == [("今", 1.0, 1.5), ("日", 1.5, 2.0)]
    assert spans([one, two, three], [1.0, 1.1, 1.2, 1.5], script="Hans") == [("是", 1.0, 1.5)]


def test_a_text_that_was_cut_within_a_character_keeps_what_is_whole():
    assert [piece.text for piece in pieces_of_text([b" caf", b"\xc3"], script="Latn")] == ["caf"]
    assert pieces_of_text([b"\xe4\xbb"], script="Hans") == []


def test_words_on_one_frame_are_laid_apart_and_stay_within_the_window():
    found = spans([b" a", b" b", b" c"], [0.98, 0.98, 0.98, 0.98], length_s=1.0)

    assert found == [("a", 0.94, 0.96), ("b", 0.96, 0.98), ("c", 0.98, 1.0)]


def test_a_word_is_as_sure_as_the_tokens_that_write_it():
    tokens = [b" Am", b"er", b" so"]

    found = timed(
        pieces_of_text(tokens, script="Latn"),
        tokens,
        bounds_s=np.array([0, 1.0, 2, 3]),
        log_probs=[np.log(0.9), np.log(0.4), np.log(0.5)],
        length_s=3.0,
        frame_s=0.02,
    )

    assert [piece.confidence for piece in found] == pytest.approx([np.sqrt(0.36), 0.5])


@given(st.binary(max_size=40), st.sampled_from(["Latn", "Jpan", "Thai", "Arab"]), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_any_bytes_make_words_in_order_within_the_window(raw: bytes, script: str, chance):
    cuts = sorted(chance.randint(0, len(raw)) for _ in range(4))
    tokens = [raw[start:end] for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    bounds = np.sort([chance.uniform(0, 2) for _ in range(len(tokens) + 1)])

    found = timed(
        pieces_of_text(tokens, script=script), tokens, bounds_s=bounds, log_probs=[-1.0] * 5, length_s=1.5, frame_s=0.02
    )

    edges = [edge for piece in found for edge in (piece.start_s, piece.end_s)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= 1.5 for edge in edges)
    assert all(piece.text.strip() for piece in found)


def test_a_known_text_is_written_as_whisper_would():
    assert pieces_of_words(["Ask", "not,"], script="Latn")[0] == " Ask not,"
    text, pieces = pieces_of_words(["今日", "は"], script="Hans")
    assert text == "今日は"
    assert [(piece.start, piece.end) for piece in pieces] == [(0, 2), (2, 3)]
    assert pieces_of_words(["བོད་", "སྐད།"], script="Tibt")[0] == "བོད་སྐད།"


def test_every_byte_has_its_letter():
    from tokenizers.pre_tokenizers import ByteLevel

    every = "".join(map(chr, range(0x250))) + "是😀"
    [(letters, _)] = ByteLevel(add_prefix_space=False, use_regex=False).pre_tokenize_str(every)

    assert bytes_of_tokens([letters]) == [every.encode()]
