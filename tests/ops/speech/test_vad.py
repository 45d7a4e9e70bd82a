"""Where somebody speaks."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.audio.listening import RATE
from ops.speech.vad import FRAME, speech_probabilities, speech_spans
from tests.ops.speech.recordings import heard, seconds, spans_of

SPEECH = (
    "jfk_inaugural_11s.flac",
    "jfk_rain_snr0db.wav",
    "librispeech_198-209-0000.ogg",
    "sense_and_sensibility_0890.wav",
    "english_one_two_three.wav",
    "mix_known_segments.wav",
    "vibe_ace.ogg",
)
QUIET = (
    "drum_loop_148bpm.ogg",
    "drum_pattern_120bpm.wav",
    "electric_loop_97bpm.ogg",
    "rain_20s.mp3",
    "robin_single_call.ogg",
    "silence_5s.wav",
    "sine_1khz_minus20dbfs_stereo.wav",
    "trumpet_loop_90bpm.ogg",
)

AUTHORS = """
import json, sys
import numpy as np, torch
from silero_vad import get_speech_timestamps, load_silero_vad
model = load_silero_vad(onnx=True)
for path in sys.argv[1:]:
    print(json.dumps(get_speech_timestamps(torch.from_numpy(np.load(path)), model)))
"""


@cache
def authors_spans(folder: Path) -> dict[str, list[tuple[float, float]]]:
    """What the package's own code finds, frame by frame with its own network, in a process of its own."""
    for name in SPEECH:
        np.save(folder / f"{name}.npy", heard(name))
    paths = [str(folder / f"{name}.npy") for name in SPEECH]
    told = subprocess.run([sys.executable, "-c", AUTHORS, *paths], capture_output=True, text=True, check=True)
    rows = [json.loads(line) for line in told.stdout.splitlines()]
    return {
        name: [(span["start"] / RATE, span["end"] / RATE) for span in row]
        for name, row in zip(SPEECH, rows, strict=True)
    }


@pytest.fixture(scope="module")
def reference(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[float, float]]]:
    pytest.importorskip("torch", reason="the models extra is not installed")
    return authors_spans(tmp_path_factory.mktemp("authors"))


@pytest.mark.parametrize("name", SPEECH)
def test_spans_are_those_of_the_networks_authors_within_a_frame(
    reference: dict[str, list[tuple[float, float]]], name: str
):
    expected = reference[name]

    found = spans_of(heard(name))

    assert len(found) == len(expected) > 0
    assert np.array(found) == pytest.approx(np.array(expected), abs=FRAME / RATE)


@pytest.mark.parametrize("name", QUIET)
def test_what_is_no_speech_is_not_taken_for_it(data: Path, name: str):
    assert spans_of(heard(name)) == ()


def test_instrumental_music_of_a_minute_gives_almost_no_speech(data: Path):
    assert seconds(spans_of(heard("vibe_ace.ogg"))) < 3.0


def test_speech_in_the_known_mix_is_found_and_little_else(data: Path):
    with (data / "audio" / "mix_known_segments.csv").open() as file:
        known = [
            (float(row["start_s"]), float(row["end_s"])) for row in csv.DictReader(file) if row["label"] == "speech"
        ]
    found = spans_of(heard("mix_known_segments.wav"))

    right = sum(max(0.0, min(end, over) - max(start, begin)) for start, end in known for begin, over in found)

    assert right / seconds(found) == pytest.approx(1.0)
    assert right / seconds(known) > 0.8  # the rest are the orator's own pauses


@pytest.mark.parametrize(("name", "least"), [("jfk_rain_snr10db.wav", 0.97), ("jfk_rain_snr0db.wav", 0.95)])
def test_rain_hides_no_speech(data: Path, name: str, least: float):
    clean = spans_of(heard("jfk_inaugural_11s.flac"))

    found = spans_of(heard(name))

    both = sum(max(0.0, min(end, over) - max(start, begin)) for start, end in clean for begin, over in found)
    assert both / seconds(clean) > least
    assert both / seconds(found) > least


def test_neither_the_package_nor_pytorch_is_loaded_and_threads_stay_as_they_were():
    code = (
        "import sys, numpy as np\n"
        "from ops.speech.vad import speech_probabilities\n"
        "speech_probabilities(np.zeros(16000, np.float32))\n"
        "print('silero_vad' in sys.modules, 'torch' in sys.modules)\n"
        "import torch\n"
        "torch.set_num_threads(3)\n"
        "speech_probabilities(np.ones(16000, np.float32))\n"
        "print(torch.get_num_threads())\n"
    )
    pytest.importorskip("torch", reason="the models extra is not installed")

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout.split() == ["False", "False", "3"]


def test_a_sound_is_heard_the_same_in_memory_and_on_disk(data: Path, tmp_path: Path):
    samples = np.tile(heard("jfk_inaugural_11s.flac"), 3)  # longer than two calls to the network
    np.save(tmp_path / "sound.npy", samples)

    mapped = speech_probabilities(np.load(tmp_path / "sound.npy", mmap_mode="r"))

    assert np.array_equal(mapped, speech_probabilities(samples))
    assert len(mapped) == -(-len(samples) // FRAME)


@pytest.mark.parametrize("length", [0, 1, 511, 512, 513])
def test_a_sound_of_any_length_is_judged(length: int):
    probabilities = speech_probabilities(np.zeros(length, np.float32))

    assert len(probabilities) == -(-length // FRAME)
    assert speech_spans(probabilities, length) == ()


def test_samples_that_are_no_numbers_do_not_deafen_the_network(data: Path):
    samples = heard("jfk_inaugural_11s.flac").copy()
    samples[100:200] = np.nan

    found = spans_of(samples)

    assert seconds(found) == pytest.approx(seconds(spans_of(heard("jfk_inaugural_11s.flac"))), abs=0.2)


@given(st.lists(st.floats(0, 1, width=32), max_size=200), st.integers(0, FRAME - 1))
def test_spans_are_in_order_apart_and_inside_and_none_is_short(values: list[float], missing: int):
    samples = max(0, len(values) * FRAME - missing)

    spans = speech_spans(np.array(values, np.float32), samples)

    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert all(end - start > 0.25 for start, end in spans)
    assert not edges or (edges[0] >= 0 and edges[-1] <= samples / RATE + 1e-9)
