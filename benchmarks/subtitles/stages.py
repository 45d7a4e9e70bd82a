"""What each stage takes of a film of two lengths, and what the longest holds in memory."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.subtitles.material import FRAME_RATE, long_speech

__all__ = ["measured_stages", "tell_stages"]

_HOUSE = "netflix"


def tell_stages(data: Path, seconds: float) -> dict[float, dict[str, Any]]:
    """Print each stage's cost for sound of so many seconds and of twice that, each in a process of its own.

    Growth is of the processor's time, which other work on the machine moves least.

    Returns:
        What was measured, by seconds of sound.
    """
    sizes = (seconds, 2 * seconds)
    found = {size: _in_own_process(data, size) for size in sizes}
    for told in found.values():
        told["stages"]["all"] = [sum(column) for column in zip(*told["stages"].values(), strict=True)]
    small, large = found.values()
    lengths = f"{small['sound_s']:.0f} and {large['sound_s']:.0f} s of speech, {small['cues']} and {large['cues']} cues"
    columns = f"{'processor':>10} {'wall':>8} {'twice: processor':>17} {'wall':>8} {'of real time':>13} {'growth':>7}"
    print(f"\nstages of {lengths}\n  {'':26} {columns}")
    for stage, (cpu_s, wall_s) in small["stages"].items():
        more_s, wait_s = large["stages"][stage]
        growth = f"{more_s / cpu_s:6.2f}×" if cpu_s > 0.02 else ""
        share = f"{more_s / large['sound_s']:13.5f}"
        print(f"  {stage:26} {cpu_s:9.2f}s {wall_s:7.1f}s {more_s:16.2f}s {wait_s:7.1f}s {share} {growth:>7}")
    print(f"  largest memory: {small['memory_mb']:.0f} and {large['memory_mb']:.0f} MB")
    return found


def _in_own_process(data: Path, seconds: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.subtitles.stages", str(data), str(seconds)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def measured_stages(data: Path, seconds: float, *, before_s: float = 12.0) -> dict[str, Any]:
    """Run every stage in this process; a short sound goes before, so that nobody pays for imports and compilers."""
    with tempfile.TemporaryDirectory() as folder:
        _run(data, Path(folder), before_s)
    with tempfile.TemporaryDirectory() as folder:
        told = _run(data, Path(folder), seconds)
    return told | {"memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _run(data: Path, folder: Path, seconds: float) -> dict[str, Any]:
    from assets.checks.tables import run_checks
    from ops.pictures.reading_speed import draw_conformance, draw_reading_speed
    from ops.speech.denoise import denoised
    from ops.speech.diarisation.diarise import diarise
    from ops.speech.sound import speech_sound
    from ops.speech.vad import speech_probabilities, speech_spans
    from ops.speech.voice_print import VoicePrint
    from ops.subtitles.build import cues_from_words
    from ops.subtitles.conform import conformance
    from ops.subtitles.files.verify import verified
    from ops.subtitles.profile import profile_named, profile_names
    from ops.transcript.listen import transcribe
    from ops.translation.sentences import sentences_of
    from resources.models.sphinx import Sphinx

    spent: dict[str, tuple[float, float]] = {}

    def timed(stage: str, work: Callable[[], Any]) -> Any:
        began_s, start_s = time.process_time(), time.perf_counter()
        made = work()
        spent[stage] = (time.process_time() - began_s, time.perf_counter() - start_s)
        return made

    track = long_speech(data, seconds, folder / "speech.wav")
    sound = timed("sound", lambda: speech_sound(track, folder))
    clean = timed("noise", lambda: denoised(sound, folder)).samples
    spans = timed("speech (VAD)", lambda: speech_spans(speech_probabilities(clean), len(clean)))
    turns = timed("voices", lambda: diarise(clean, spans, VoicePrint()))
    heard = timed(
        "embedded recogniser",
        lambda: transcribe(sound.samples, spans, Sphinx(), language="eng_Latn", denoised=clean, turns=turns),
    )
    frames = int(sound.duration_s * FRAME_RATE) + 1
    limits = profile_named(_HOUSE).limits("eng_Latn")
    cuts = list(range(0, frames, 96))  # a shot of 4 s, as films have them
    cues = timed(
        "sentences and cues",
        lambda: cues_from_words(
            heard.words, language="eng_Latn", rate=FRAME_RATE, cuts=cuts, frames=frames, limits=limits,
            sentences=sentences_of(heard.words, "eng_Latn"),
        ),
    )  # fmt: skip
    files = timed("SRT, VTT, ASS written", lambda: _written(cues, folder))
    timed("and read back", lambda: verified(cues, files, min_gap=limits.gap_frames))
    held = timed(
        "rules, five profiles",
        lambda: {
            name: conformance(cues, profile_named(name).limits("eng_Latn"), cuts=cuts) for name in profile_names()
        },
    )
    timed("plots", lambda: (draw_reading_speed(cues, limits, cuts=cuts, frames=frames), draw_conformance(held)))
    timed("checks", lambda: run_checks("cues", _table(cues, held[_HOUSE]), frames=frames))
    return {"sound_s": sound.duration_s, "cues": len(cues.cues), "words": len(heard.words), "stages": spent}


def _written(cues: Any, folder: Path) -> dict[str, Path]:
    from ops.subtitles.files.ass import write_ass
    from ops.subtitles.files.srt import write_srt
    from ops.subtitles.files.vtt import write_vtt

    texts = {
        "srt": write_srt(cues),
        "vtt": write_vtt(cues, names={}),
        "ass": write_ass(cues, size=(1280, 720), names={}),
    }
    for kind, text in texts.items():
        (folder / f"en.{kind}").write_text(text, encoding="utf-8", newline="")
    return {kind: folder / f"en.{kind}" for kind in texts}


def _table(cues: Any, held: Any) -> Any:
    from assets.captions import _cue_table

    return _cue_table(cues, held)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    print(json.dumps(measured_stages(Path(sys.argv[1]), float(sys.argv[2]))))
