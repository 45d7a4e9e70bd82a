"""Whisper as the recogniser: a tiny checkpoint of random weights, and one that was taught a language of tones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ops.errors import ModelUnavailable, UsageError
from ops.languages.table import languages
from ops.transcript.heard_languages import HearsEach
from ops.transcript.listen import transcribe
from ops.transcript.model import Timing
from ops.transcript.recognition import Aligner, HeardWindow, Recogniser, Window
from resources.models.choice import EngineChoice
from resources.models.whisper.checkpoint import Checkpoint, open_whisper
from resources.models.whisper.decoding import Thresholds, repetition
from resources.models.whisper.engine import Whisper, load_whisper
from tests.resources.models.test_image_safety import save_tiny_vit
from tests.resources.models.tiny_whisper import ROOM, save_tiny_whisper, say, taught_folder

ONE_TRY = Thresholds(temperatures=(0.0,))
NAMES = {"en": "eng_Latn", "fr": "fra_Latn"}


def choice(folder: Path) -> EngineChoice:
    return EngineChoice("recogniser_engine", "whisper", str(folder))


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """For so small a model, threads wait for each other longer than they work."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def random(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return open_whisper(choice(save_tiny_whisper(tmp_path_factory.mktemp("whisper"))), device="cpu")


@pytest.fixture(scope="module")
def hearing(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return open_whisper(choice(taught_folder(tmp_path_factory.mktemp("whisper"))), device="cpu")


def noise(seconds: float, *, start_s: float = 0.0, seed: int = 0) -> Window:
    """Something that every window hears differently."""
    rng = np.random.default_rng([seed, int(seconds * 1000)])
    swelling = np.sin(np.linspace(0, rng.uniform(5, 60), int(seconds * 16_000)))
    return Window(start_s, (swelling * rng.normal(0, 0.2, len(swelling))).astype(np.float32))


def whisper(checkpoint: Checkpoint, **options: Any) -> Whisper:
    return Whisper(checkpoint, name="whisper", **{"thresholds": ONE_TRY, **options})


def texts(heard: list[HeardWindow]) -> list[str]:
    return ["".join(f" {word.text}" if word.spaced else word.text for word in each.words) for each in heard]


def test_a_text_is_the_one_that_transformers_own_greedy_search_finds(random: Checkpoint):
    windows = [noise(seconds) for seconds in (3, 11, 30)]
    features = random.ears([each.sound for each in windows], sampling_rate=16_000, return_tensors="pt")

    theirs = random.model.generate(
        features["input_features"], language="en", task="transcribe", num_beams=1, max_new_tokens=ROOM - 4
    )

    written = [b"".join(random.written([token for token in row if token < random.end])) for row in theirs.tolist()]
    expected = [" ".join(text.decode("utf-8", "ignore").split()) for text in written]
    heard = whisper(random).hear(windows, language="eng_Latn")
    assert [" ".join(text.replace("\u00a0", " ").split()) for text in texts(heard)] == expected
    assert len(set(expected)) == len(expected)


def test_windows_that_are_heard_together_give_what_each_gives_alone(random: Checkpoint):
    windows = [noise(seconds, start_s=40 * seconds) for seconds in (7, 2, 30, 4.4, 12)]

    together = whisper(random, batch=4).hear(windows, language="deu_Latn")

    alone = [whisper(random, batch=1).hear([window], language="deu_Latn")[0] for window in windows]
    assert texts(together) == texts(alone)
    for one, other in zip(together, alone, strict=True):
        assert one.log_prob == pytest.approx(other.log_prob, abs=1e-4)
        assert [word.start_s for word in one.words] == pytest.approx([word.start_s for word in other.words], abs=0.021)


def test_the_same_windows_give_the_same_words_though_bad_ones_are_drawn_by_chance(random: Checkpoint):
    doubting = Thresholds(log_prob=0.0, no_speech=2.0)
    windows = [noise(3), noise(5)]

    first = whisper(random, thresholds=doubting).hear(windows, language="eng_Latn")
    second = whisper(random, thresholds=doubting, batch=1).hear(windows[::-1], language="eng_Latn")[::-1]

    assert texts(first) == texts(second)
    assert [each.tries for each in first] == [6, 6]


def test_a_window_in_doubt_keeps_its_likeliest_try(random: Checkpoint):
    window = noise(3)
    [greedy] = whisper(random).hear([window], language="eng_Latn")

    [best] = whisper(random, thresholds=Thresholds(log_prob=0.0, repetition=99, no_speech=2.0)).hear(
        [window], language="eng_Latn"
    )

    assert best.tries == 6
    assert best.log_prob is not None and greedy.log_prob is not None
    assert best.log_prob >= greedy.log_prob


def test_a_loop_is_tried_again_and_a_good_text_is_not(hearing: Checkpoint):
    said = say(np.random.default_rng(3), count=3, language="en")
    window = Window(0.0, said.sound)

    [good] = whisper(hearing, thresholds=Thresholds()).hear([window], language="eng_Latn")
    [loop] = whisper(hearing, thresholds=Thresholds(repetition=0.01)).hear([window], language="eng_Latn")

    assert good.tries == 1
    assert loop.tries == 6


def test_only_the_bad_windows_of_a_batch_are_decoded_again(hearing: Checkpoint):
    rng = np.random.default_rng(6)
    good, bad = say(rng, count=3, language="en").sound, rng.normal(0, 0.3, 48_000).astype(np.float32)
    greedy = whisper(hearing).hear([Window(0, good), Window(3, bad)], language="eng_Latn")
    assert greedy[0].log_prob is not None and greedy[1].log_prob is not None
    between = (greedy[0].log_prob + greedy[1].log_prob) / 2

    heard = whisper(hearing, thresholds=Thresholds(log_prob=between, no_speech=2.0)).hear(
        [Window(0, good), Window(3, bad)], language="eng_Latn"
    )

    assert heard[0].tries == 1 and heard[1].tries > 1
    assert texts(heard[:1]) == texts(greedy[:1])


def test_a_silence_of_whose_text_the_model_is_unsure_has_no_words(hearing: Checkpoint):
    silence = Window(5.0, say(np.random.default_rng(4), count=0).sound)

    [kept] = whisper(hearing, thresholds=Thresholds(log_prob=-50)).hear([silence], language="eng_Latn")
    [dropped] = whisper(hearing, thresholds=Thresholds(log_prob=0.0)).hear([silence], language="eng_Latn")

    assert kept.words
    assert dropped.words == () and dropped.tries == 1
    assert dropped.no_speech is not None and dropped.no_speech > 0.6


def test_repetition_is_what_transformers_calls_the_compression_ratio():
    import torch
    from transformers import WhisperForConditionalGeneration

    theirs = WhisperForConditionalGeneration._retrieve_compression_ratio
    for tokens in ([5, 300, 1200], [7, 8] * 40, list(range(200))):
        assert repetition(tokens, 51_866) == pytest.approx(theirs(torch.tensor(tokens), 51_866))
    assert repetition([], 51_866) == 0.0


def test_a_beginning_later_in_the_film_moves_every_word_and_changes_nothing_else(random: Checkpoint):
    window = noise(6)
    [early] = whisper(random).hear([window], language="eng_Latn")

    [late] = whisper(random).hear([replace(window, start_s=3600.0)], language="eng_Latn")

    assert early.words
    assert [word.start_s + 3600 for word in early.words] == pytest.approx([word.start_s for word in late.words])
    assert [(word.text, word.confidence) for word in early.words] == [
        (word.text, word.confidence) for word in late.words
    ]


@pytest.mark.parametrize("seconds", [0.05, 0.31, 2.0, 29.99, 30.0])
def test_words_stay_within_the_windows_true_length(random: Checkpoint, seconds: float):
    window = noise(seconds, start_s=100.0)

    [heard] = whisper(random).hear([window], language="eng_Latn")

    edges = [edge for word in heard.words for edge in (word.start_s, word.end_s)]
    assert edges and edges == sorted(edges)
    assert edges[0] >= 100.0 and edges[-1] <= window.end_s + 1e-9
    assert all(0 <= word.confidence <= 1 and word.timing is Timing.HEARD for word in heard.words)


def test_every_window_may_have_its_own_language(random: Checkpoint):
    windows = [noise(4), noise(5), noise(6)]
    codes = ["fra_Latn", "jpn_Jpan", "yue_Hant"]

    together = whisper(random).hear(windows, language=codes)

    alone = [whisper(random).hear([window], language=code)[0] for window, code in zip(windows, codes, strict=True)]
    assert [each.language for each in together] == codes
    assert texts(together) == texts(alone)


def test_what_was_said_in_tones_is_heard(hearing: Checkpoint):
    rng = np.random.default_rng(99)
    said = [say(rng, count=int(rng.integers(1, 4))) for _ in range(30)]
    windows = [Window(3.0 * place, each.sound) for place, each in enumerate(said)]

    heard = whisper(hearing).hear(windows, language=[NAMES[each.language] for each in said])

    right = [text.split() == [word for word, _, _ in each.words] for text, each in zip(texts(heard), said, strict=True)]
    assert np.mean(right) >= 0.8


def test_the_language_is_told_by_window_and_by_film(hearing: Checkpoint):
    rng = np.random.default_rng(12)
    said = [say(rng, count=2, language=spoken) for spoken in ("fr", "en", "fr", "fr")]
    windows = [Window(3.0 * place, each.sound) for place, each in enumerate(said)]

    assert whisper(hearing).languages_of(windows) == [NAMES[each.language] for each in said]
    assert whisper(hearing).language_of(windows) == "fra_Latn"
    assert isinstance(whisper(hearing), HearsEach)


def test_a_film_of_two_languages_is_heard_in_both(hearing: Checkpoint):
    rng = np.random.default_rng(21)
    spoken = ["en", "fr", "en", "en", "fr", "fr", "en", "fr", "en", "en"]
    said = [say(rng, count=3, language=each) for each in spoken]
    gap = np.zeros(3 * 16_000, np.float32)
    film = np.concatenate([part for each in said for part in (gap, each.sound)] + [gap])
    spans = [(6.0 * place + 3.5, 6.0 * place + 5.5) for place in range(len(said))]  # a window leaves 0.5 s around

    told = transcribe(film, spans, whisper(hearing), language=None)

    assert told.language == "eng_Latn"
    assert told.notes[0].startswith("French is spoken too, from 9 to 12 s, 27 to 30 s, 33 to 36 s, 45 to 48 s;")


def test_an_engine_that_cannot_tell_the_language_says_so(random: Checkpoint):
    assert whisper(random).language_of([]) is None
    assert whisper(random).language_of([Window(0.0, np.zeros(0, np.float32))]) is None


def test_a_language_that_only_whisper_knows_is_none(hearing: Checkpoint):
    latin = replace(hearing, languages={"la": hearing.languages["en"], "fr": hearing.languages["fr"]})
    said = say(np.random.default_rng(8), count=3, language="en")

    assert whisper(latin).language_of([Window(0.0, said.sound)]) is None


@pytest.mark.parametrize(
    ("code", "why"),
    [("dzo_Tibt", "does not hear Dzongkha"), ("xx", "not a language of the house")],
)
def test_a_language_that_whisper_does_not_hear_is_refused(random: Checkpoint, code: str, why: str):
    with pytest.raises(UsageError, match=why):
        whisper(random).hear([noise(1)], language=code)
    with pytest.raises(UsageError, match=why):
        whisper(random).align(noise(1), ["a"], language=code)


def test_chinese_is_heard_however_it_is_declared_to_be_written(random: Checkpoint):
    [simplified] = whisper(random).hear([noise(2)], language="zho_Hans")
    [traditional] = whisper(random).hear([noise(2)], language="zho_Hant")

    assert traditional.language == "zho_Hant"
    assert traditional.words == simplified.words


def test_every_language_of_whispers_that_the_house_has_can_be_asked_for(random: Checkpoint):
    heard = [each for each in languages().values() if each.whisper]

    asked = {random.prompt(each.code)[1] for each in heard}

    assert len(asked) == len(heard) == 97
    assert asked == set(random.languages.values()) - {random.languages[code] for code in ("la", "br", "haw")}


def test_a_window_without_sound_has_no_words_and_a_longer_one_than_is_heard_is_refused(random: Checkpoint):
    assert whisper(random).hear([], language="eng_Latn") == []
    [empty] = whisper(random).hear([Window(1.0, np.zeros(0, np.float32))], language="eng_Latn")
    assert empty.words == ()
    with pytest.raises(ValueError, match="longer than the 30 s"):
        whisper(random).hear([noise(30.01)], language="eng_Latn")


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e30])
def test_a_sound_that_is_none_is_heard_without_a_crash(random: Checkpoint, bad: float):
    sound = noise(2).sound.copy()
    sound[1000:1100] = bad

    [heard] = whisper(random).hear([Window(0.0, sound)], language="eng_Latn")

    assert heard.log_prob is not None and np.isfinite(heard.log_prob)


class CountingEars:
    """Ears that remember how many windows they were given at once."""

    def __init__(self, ears: Any) -> None:
        self._ears = ears
        self.given: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ears, name)

    def __call__(self, sounds: list[np.ndarray], **options: Any) -> Any:
        self.given.append(len(sounds))
        return self._ears(sounds, **options)


def test_an_hour_is_never_in_memory_at_once_and_tells_how_far_it_is(random: Checkpoint):
    ears = CountingEars(random.ears)
    told: list[float] = []

    whisper(replace(random, ears=ears), batch=3).hear(
        [noise(1, seed=seed) for seed in range(7)], language="eng_Latn", progress=told.append
    )

    assert ears.given == [3, 3, 1]
    assert told == pytest.approx([3 / 7, 6 / 7, 1.0])


def test_the_models_attention_stays_what_it_was(random: Checkpoint):
    before = random.model.config._attn_implementation

    whisper(random).hear([noise(2)], language="eng_Latn")
    whisper(random, held=-99).align(noise(2), ["some", "words"], language="eng_Latn")
    whisper(random).language_of([noise(2)])

    assert before == random.model.config._attn_implementation == "sdpa"
    assert not any(module._forward_hooks for module in random.model.modules())


def test_the_loader_names_the_engine_and_its_model(tmp_path: Path):
    folder = save_tiny_whisper(tmp_path)

    engine = load_whisper(choice(folder), device="cpu", batch=2)

    recogniser: Recogniser = engine
    aligner: Aligner = engine
    assert recogniser.name == aligner.name == f"whisper:{folder}"
    assert recogniser.draft is False


def test_a_model_that_is_not_here_is_told(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match="SHOWRUNNER_RECOGNISER_ENGINE"):
        load_whisper(choice(tmp_path / "nowhere"), device="cpu")


def test_another_kind_of_model_is_refused(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match="vit model, not of whisper"):
        load_whisper(choice(save_tiny_vit(tmp_path, ("a", "b"))), device="cpu")


def test_weights_that_lack_a_part_are_refused(tmp_path: Path):
    from safetensors.torch import load_file, save_file

    folder = save_tiny_whisper(tmp_path)
    weights = load_file(folder / "model.safetensors")
    del weights["model.decoder.layers.0.encoder_attn.q_proj.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})

    with pytest.raises(ModelUnavailable, match=r"lack 1 of the model's weights.*encoder_attn"):
        load_whisper(choice(folder), device="cpu")


@pytest.mark.parametrize(
    ("file", "key", "value", "why"),
    [
        ("generation_config.json", "lang_to_id", None, "hears English alone"),
        ("generation_config.json", "alignment_heads", [[2, 0]], "beyond 2 layers of 2"),
        ("preprocessor_config.json", "sampling_rate", 8000, "8000 Hz"),
        ("preprocessor_config.json", "feature_size", 80, "80 mel bands"),
        ("preprocessor_config.json", "chunk_length", 10, "1000 frames"),
        ("preprocessor_config.json", "hop_length", "many", "cannot be used"),
    ],
)
def test_a_checkpoint_that_does_not_fit_together_is_refused(
    tmp_path: Path, file: str, key: str, value: object, why: str
):
    path = save_tiny_whisper(tmp_path) / file
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))

    with pytest.raises(ModelUnavailable, match=why):
        load_whisper(choice(tmp_path), device="cpu")


def test_without_alignment_heads_the_upper_half_is_taken(tmp_path: Path):
    path = save_tiny_whisper(tmp_path) / "generation_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "alignment_heads": None}))

    assert open_whisper(choice(tmp_path), device="cpu").heads == ((1, 0), (1, 1))
