"""What is true of the demo film, written beside it: cuts, shots, beats and words as JSON, and its subtitles as SRT."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ops.demo.music import beat_times
from ops.demo.screenplay import FPS, FRAMES, TEMPO_BPM
from ops.demo.speech import SpokenLine
from ops.demo.timeline import changes, shown_shots

__all__ = ["truth_of", "write_subtitles", "write_truth"]

READING_S = 0.4  # a cue stays this long after the last word, where the next leaves it the time


def truth_of(lines: Sequence[SpokenLine]) -> dict[str, Any]:
    """The sidecar's content; frames count from 0 in decode order, shots end exclusive, times are of the film."""
    return {
        "fps": str(FPS),
        "frames": FRAMES,
        "transitions": [
            {
                "type": change.kind,
                "first_frame": change.first_frame,
                "last_frame": change.last_frame,
                "new_shot_frame": change.new_shot_frame,
            }
            for change in changes()
        ],
        "shots": [{"start": shot.start, "end": shot.end, "what": shot.what} for shot in shown_shots()],
        "tempo_bpm": TEMPO_BPM,
        "beats": list(beat_times()),
        "words": [
            {"text": word.text, "start_s": word.start_s, "end_s": word.end_s, "voice": spoken.line.voice.name}
            for spoken in lines
            for word in spoken.words
        ],
        "sentences": [
            {
                "text": spoken.line.text,
                "start_s": spoken.words[0].start_s,
                "end_s": spoken.end_s,
                "voice": spoken.line.voice.name,
                "language": "eng_Latn",
            }
            for spoken in lines
        ],
    }


def write_truth(lines: Sequence[SpokenLine], path: Path) -> None:
    """The sidecar, the same bytes each time."""
    path.write_text(json.dumps(truth_of(lines), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def write_subtitles(lines: Sequence[SpokenLine], path: Path) -> None:
    """One cue a sentence, as SubRip."""
    from pysrt import SubRipFile, SubRipItem, SubRipTime  # only a render needs it

    starts = [spoken.words[0].start_s for spoken in lines]
    cues = SubRipFile(eol="\n")
    for number, (spoken, following) in enumerate(zip(lines, [*starts[1:], FRAMES / FPS], strict=True), start=1):
        end = min(spoken.end_s + READING_S, float(following) - 0.05)
        start, stop = (SubRipTime.from_ordinal(round(at * 1000)) for at in (spoken.words[0].start_s, end))
        cues.append(SubRipItem(number, start, stop, _two_lines(spoken.line.text)))
    cues.save(str(path), encoding="utf-8")


def _two_lines(text: str, longest: int = 42) -> str:
    """A sentence over 42 characters (the usual limit of a line) breaks where its halves are most even."""
    if len(text) <= longest:
        return text
    spaces = [i for i, letter in enumerate(text) if letter == " "]
    # after a comma the eye expects a break: worth being a few letters less even
    at = min(spaces, key=lambda i: abs(len(text) - 2 * i) - (12 if text[i - 1] == "," else 0))
    return f"{text[:at]}\n{text[at + 1 :]}"
