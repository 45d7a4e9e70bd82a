"""What a translation looked at: the hooks against the library's own eager attention, and pieces merged into words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import M2M100ForConditionalGeneration, NllbTokenizer

from ops.translation.translator import Pair
from resources.models.choice import EngineChoice
from resources.models.translation.attention import by_words, watched_layers
from resources.models.translation.nllb import load_nllb
from tests.resources.models.translation.tiny_nllb import OTHERS, SENTENCES, save_tiny_nllb

PAIRS = [Pair(one, other) for one, other in zip(SENTENCES, OTHERS, strict=False)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_nllb(tmp_path_factory.mktemp("attention") / "nllb")


@pytest.fixture(scope="module")
def nllb(folder: Path) -> Any:
    return load_nllb(EngineChoice("translation_engine", "nllb", str(folder)), device="cpu")


def test_it_is_the_attention_that_the_library_gives_in_eager_mode(nllb: Any, folder: Path):
    eager = M2M100ForConditionalGeneration.from_pretrained(folder, attn_implementation="eager").eval()
    tokenizer = NllbTokenizer.from_pretrained(folder)
    found = nllb.attention(PAIRS, "eng_Latn", "spa_Latn")
    layers = [1]  # of the tiny decoder's four, the one from the middle up
    for pair, weights in zip(PAIRS, found, strict=True):
        inputs = tokenizer(pair.source, return_tensors="pt", return_offsets_mapping=True)
        spans = inputs.pop("offset_mapping")[0, 1:-1].tolist()
        said = tokenizer(pair.target, add_special_tokens=False, return_offsets_mapping=True)
        prompt = [2, tokenizer.convert_tokens_to_ids("spa_Latn"), *said["input_ids"]]
        with torch.inference_mode():
            told = eager(**inputs, decoder_input_ids=torch.tensor([prompt]), output_attentions=True)
        heads = torch.stack([told.cross_attentions[layer][0] for layer in layers]).mean((0, 1))
        pieces = heads[2:, 1:-1].numpy()
        expected = _merged(pieces, spans, pair.source, said["offset_mapping"], pair.target)
        assert weights == pytest.approx(expected, abs=1e-5)


def test_the_model_keeps_its_fast_attention_and_no_hook_stays(nllb: Any):
    nllb.attention(PAIRS, "eng_Latn", "spa_Latn")
    assert nllb._model.config._attn_implementation == "sdpa"
    assert not any(module._forward_pre_hooks for module in nllb._model.modules())


def test_alone_and_among_others_a_pair_is_told_the_same(nllb: Any):
    together = nllb.attention(PAIRS, "eng_Latn", "jpn_Jpan")
    for pair, weights in zip(PAIRS, together, strict=True):
        assert nllb.attention([pair], "eng_Latn", "jpn_Jpan")[0] == pytest.approx(weights, abs=1e-5)


def test_rows_are_words_of_the_target_and_characters_where_it_has_no_spaces(nllb: Any):
    (spanish,) = nllb.attention([Pair("The cat sleeps.", "El gato duerme.")], "eng_Latn", "spa_Latn")
    (japanese,) = nllb.attention([Pair("The cat sleeps.", "猫は寝ています。")], "eng_Latn", "jpn_Jpan")
    assert spanish.shape == (3, 3)
    assert japanese.shape == (8, 3)
    for weights in (spanish, japanese):
        assert weights.dtype == np.float32
        assert weights.sum(1) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(("source", "target"), [("", "El gato"), ("The cat", ""), ("", ""), ("🎵", "♪ ♪"), (" ", "x")])
def test_empty_and_unwritable_texts_give_matrices_of_their_words(nllb: Any, source: str, target: str):
    (weights,) = nllb.attention([Pair(source, target)], "eng_Latn", "spa_Latn")
    assert weights.shape == (len(target.split()), len(source.split()))
    assert np.isfinite(weights).all()


def test_of_twelve_layers_the_sixth_to_the_eighth_are_read():
    class Layer:
        def __init__(self, place: int) -> None:
            self.encoder_attn = place

    class Decoder:
        layers = [Layer(place) for place in range(12)]  # noqa: RUF012

    class Model:
        def get_decoder(self) -> Decoder:
            return Decoder()

    assert watched_layers(Model()) == [5, 6, 7]


def test_a_word_of_several_pieces_gets_what_its_pieces_get():
    pieces = np.array([[0.7, 0.1, 0.2], [0.2, 0.5, 0.3], [0.0, 0.1, 0.9]])
    source = [(0, 3), (3, 6), (6, 10)], [(0, 6), (7, 10)]  # "catnap now": "cat", "nap", " now"
    target = [(0, 4), (4, 8), (8, 12)], [(0, 8), (9, 12)]
    assert by_words(pieces, source, target) == pytest.approx(np.array([[0.75, 0.25], [0.1, 0.9]]))


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 6), st.integers(0, 6), st.randoms(use_true_random=False))
def test_whatever_the_pieces_rows_sum_to_one(one: int, two: int, three: int, four: int, random: Any):
    def spans(count: int) -> list[tuple[int, int]]:
        marks = sorted(random.sample(range(40), 2 * count))
        return list(zip(marks[::2], marks[1::2], strict=True))

    weights = np.array([[random.random() for _ in range(one)] for _ in range(two)]).reshape(two, one)
    words = by_words(weights, (spans(one), spans(three)), (spans(two), spans(four)))
    assert words.shape == (four, three)
    if three:
        assert words.sum(1) == pytest.approx(1, abs=1e-5)


def _merged(pieces: np.ndarray, spans: Any, source: str, said: Any, target: str) -> np.ndarray:
    """Pieces to words by counting characters one by one."""

    def members(text: str, parts: Any) -> list[list[float]]:
        words, start = [], 0
        for word in text.split():
            start = text.index(word, start)
            inside = set(range(start, start + len(word)))
            words.append([float(len(inside & set(range(*part)))) for part in parts])
            start += len(word)
        return words

    columns = np.array(members(source, spans))
    columns = columns / np.maximum(columns.sum(0), 1)
    rows = np.array(members(target, said))
    rows = rows / np.maximum(rows.sum(0), 1)
    merged = rows @ pieces @ columns.T
    return merged / merged.sum(1, keepdims=True)
