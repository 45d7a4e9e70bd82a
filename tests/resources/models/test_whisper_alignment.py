"""Where words lie: the heads' attention against transformers' own, and times of words whose places are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ops.transcript.model import Timing, Word
from ops.transcript.recognition import Window
from resources.models.choice import EngineChoice
from resources.models.whisper.alignment import Forced, force
from resources.models.whisper.checkpoint import Checkpoint, open_whisper
from resources.models.whisper.engine import Whisper
from tests.resources.models.test_whisper import NAMES, noise, one_thread
from tests.resources.models.tiny_whisper import Speech, save_tiny_whisper, say, taught_folder

__all__ = ["one_thread"]

LETTERS = [[70, 5, 9, 33], [12, 60]]


def choice(folder: Path) -> EngineChoice:
    return EngineChoice("recogniser_engine", "whisper", str(folder))


@pytest.fixture(scope="module")
def random(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return open_whisper(choice(save_tiny_whisper(tmp_path_factory.mktemp("whisper"))), device="cpu")


@pytest.fixture(scope="module")
def aligner(tmp_path_factory: pytest.TempPathFactory) -> Whisper:
    folder = taught_folder(tmp_path_factory.mktemp("whisper"))
    return Whisper(open_whisper(choice(folder), device="cpu"), name="whisper")


def features(checkpoint: Checkpoint, *seconds: float) -> torch.Tensor:
    sounds = [noise(each).sound for each in seconds]
    return checkpoint.ears(sounds, sampling_rate=16_000, return_tensors="pt")["input_features"]


def forced(checkpoint: Checkpoint, heard: torch.Tensor, texts: list[list[int]]) -> list[Forced]:
    with torch.inference_mode():
        states = checkpoint.model.model.encoder(heard).last_hidden_state
    prompts = [checkpoint.prompt("eng_Latn")] * len(texts)
    return force(checkpoint.model, states, prompts, texts, heads=((0, 1), (1, 0), (1, 1)))


def test_the_heads_attention_is_that_of_eager_cross_attention(random: Checkpoint):
    heard = features(random, 5, 21)
    prompt = random.prompt("eng_Latn")

    ours = forced(random, heard, LETTERS)

    for row, text in enumerate(LETTERS):
        random.model.set_attn_implementation("eager")
        with torch.inference_mode():
            theirs = random.model(
                heard[row : row + 1], decoder_input_ids=torch.tensor([[*prompt, *text]]), output_attentions=True
            ).cross_attentions
        random.model.set_attn_implementation("sdpa")
        expected = torch.stack([theirs[0][0, 1], theirs[1][0, 0], theirs[1][0, 1]])[:, len(prompt) - 1 :]
        assert ours[row].attention.shape == (3, len(text) + 1, 1500)
        torch.testing.assert_close(ours[row].attention, expected, rtol=1e-4, atol=1e-6)


def test_the_log_probabilities_are_those_of_one_plain_pass(random: Checkpoint):
    heard = features(random, 5, 21)
    prompt = random.prompt("eng_Latn")

    ours = forced(random, heard, LETTERS)

    for row, text in enumerate(LETTERS):
        with torch.inference_mode():
            logits = random.model(heard[row : row + 1], decoder_input_ids=torch.tensor([[*prompt, *text]])).logits[0]
        expected = [logits[len(prompt) - 1 + place].log_softmax(-1)[token].item() for place, token in enumerate(text)]
        assert ours[row].log_probs(random.model, text) == pytest.approx(expected, abs=1e-4)


def test_of_attention_that_looks_somewhere_transformers_makes_the_same_times(random: Checkpoint):
    rng = np.random.default_rng(4)
    centres = np.sort(rng.uniform(0, 400, 12))
    hills = np.exp(-(((np.arange(400) - centres[:, None]) / 25) ** 2)) + rng.uniform(0, 0.3, (2, 12, 400))
    weights = torch.from_numpy(1000 * hills).float()  # so strong that no pause is among them

    ours = Forced(weights, hidden=None).bounds(400) * 0.02

    assert ours[1:-1] == pytest.approx(_theirs(random.model, weights)[1:-2], abs=0.0201)
    assert ours.shape == (12,)


def _theirs(model: Any, weights: torch.Tensor) -> np.ndarray:
    """The times of transformers' own recipe, which it takes from the attention of a generation."""
    from transformers.generation.utils import GenerateEncoderDecoderOutput

    told: Any = GenerateEncoderDecoderOutput(torch.zeros(1, weights.shape[1] + 1))  # pyright: ignore[reportArgumentType]
    told.cross_attentions = ((weights[None], weights[None]),)  # of two layers
    return model._extract_token_timestamps(told, [[0, 0], [1, 1]], num_input_ids=0)[0].numpy()


def spoken(rng: np.random.Generator, number: int) -> list[Speech]:
    return [say(rng, count=int(rng.integers(1, 4))) for _ in range(number)]


def aligned(aligner: Whisper, said: Speech, words: list[str], *, start_s: float = 0.0) -> list[Word] | None:
    return aligner.align(Window(start_s, said.sound), words, language=NAMES[said.language])


def test_known_words_are_found_where_they_sound(aligner: Whisper):
    missed, late, lost = [], [], 0
    for said in spoken(np.random.default_rng(5), 30):
        found = aligned(aligner, said, [word for word, _, _ in said.words])
        if found is None:  # the small model mishears one in fifty
            lost += 1
            continue
        assert [word.text for word in found] == [word for word, _, _ in said.words]
        assert all(word.timing is Timing.ALIGNED for word in found)
        for word, (_, start, end) in zip(found, said.words, strict=True):
            missed.append(not word.start_s <= (start + end) / 2 <= word.end_s)
            late.append(abs(word.end_s - end))

    assert lost <= 3
    assert np.mean(missed) <= 0.1
    assert np.median(late) <= 0.06


def test_a_text_that_is_not_said_is_not_found(aligner: Whisper):
    rng = np.random.default_rng(6)
    wrong = []
    for said in spoken(rng, 20):
        true = [word for word, _, _ in said.words]
        other = [str(rng.choice([word for word in ("do", "re", "mi", "fa", "so") if word not in true])) for _ in true]
        wrong.append(aligned(aligner, said, other))

    assert wrong.count(None) >= 18


def test_words_times_are_the_films(aligner: Whisper):
    said = say(np.random.default_rng(7), count=3)
    words = [word for word, _, _ in said.words]

    here, there = aligned(aligner, said, words), aligned(aligner, said, words, start_s=500.0)

    assert here and there
    assert [word.start_s for word in there] == pytest.approx([word.start_s + 500 for word in here])


@pytest.mark.parametrize(
    ("words", "language"),
    [
        (["<|endoftext|>", "<|en|>", "<|0.00|>"], "eng_Latn"),
        (["a", "", "b"], "eng_Latn"),
        (["♪", "—", "…"], "fra_Latn"),
        (["今", "日は"], "zho_Hans"),
        (["\ud800", "x"], "eng_Latn"),
        (["a b", "c\nd"], "eng_Latn"),
    ],
)
def test_any_text_has_a_word_for_each_word_in_order(random: Checkpoint, words: list[str], language: str):
    window = noise(2, start_s=10.0)

    found = Whisper(random, name="whisper", held=-99).align(window, words, language=language)

    if found is None:  # more letters than the small decoder holds
        assert len("".join(words)) > 20
        return
    assert len(found) == len(words)
    edges = [edge for word in found for edge in (word.start_s, word.end_s)]
    assert edges == sorted(edges) and edges[0] >= 10.0 and edges[-1] <= 12.0


def test_what_cannot_be_held_is_not_found(random: Checkpoint):
    engine = Whisper(random, name="whisper", held=-99)

    assert engine.align(noise(2), [], language="eng_Latn") == []
    assert engine.align(noise(2), ["", " "], language="eng_Latn") is None
    assert engine.align(noise(2), ["word"] * 200, language="eng_Latn") is None
    assert engine.align(Window(0.0, np.zeros(0, np.float32)), ["word"], language="eng_Latn") is None


def test_what_looks_like_a_special_token_is_written_out(random: Checkpoint):
    tokens = random.tokens(" <|endoftext|> so")

    assert all(token < random.end for token in tokens)
    assert b"".join(random.written(tokens)) == b" <|endoftext|> so"
