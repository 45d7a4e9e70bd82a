"""Subtitles for gallery pages, written by the house's own writer: four languages, two of them from right to left."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from ops.languages.table import language
from ops.subtitles.cue import Cue, CueTrack
from ops.subtitles.files.vtt import write_vtt
from serving.gallery.model import GalleryLine, GallerySubtitles
from tests.serving.sample_page import waveform

LINES = {
    "eng_Latn": ("What brings you to the land\nof the gatekeepers?", "I'm searching for someone.", "Q & A: 3 < 5!"),
    "arb_Arab": ("ما الذي أتى بك\nإلى أرض الحراس؟", "أبحث عن شخص ما.", "س & ج: 3 < 5!"),
    "jpn_Jpan": ("門番の地へ\n何をしに来た？", "人を探している。", "質疑 & 応答: 3 < 5!"),
    "heb_Hebr": ("מה מביא אותך\nלארץ שומרי הסף?", "אני מחפשת מישהו.", "ש & ת: 3 < 5!"),
}
STARTS = (25, 150, 300)


def subtitles(folder: Path) -> tuple[GallerySubtitles, ...]:
    """English as it is spoken, and three translations: published, a draft for long reasons, withheld."""
    plot = waveform(folder)
    return (
        _subtitles(folder, "eng_Latn", plot, "published", "subtitles beside the film (sintel.en.srt)"),
        _subtitles(folder, "arb_Arab", plot, "published", "translated from eng_Latn by " + "nllb:/models/" + "x" * 90),
        _subtitles(folder, "jpn_Jpan", plot, "draft", "82.0% of the sentences pass, and 95% are wanted; " * 4),
        _subtitles(folder, "heb_Hebr", plot, "withheld", "61.3% of the sentences pass, and a draft needs 75%."),
    )


def one_language(folder: Path, code: str, vtt: str, **known: object) -> GallerySubtitles:
    """A language with that text and little else."""
    row = language(code)
    path = folder / f"{row.bcp47}.vtt"
    path.write_text(vtt, encoding="utf-8")
    told: dict[str, object] = {
        "spoken": code == "eng_Latn",
        "showing": "published",
        "why": "",
        "files": (path,),
        "plots": (),
        "cues": 3,
        "pass_rate": None,
        "conforming": 1.0,
        "reading_speed": 14.2,
        "readers_m": row.readers_m,
    }
    return GallerySubtitles(code, row.bcp47, row.name, row.rtl, vtt=path, **{**told, **known})  # type: ignore[arg-type]


def _subtitles(folder: Path, code: str, plot: Path, showing: str, why: str) -> GallerySubtitles:
    cues = (Cue(start, start + 75, tuple(text.split("\n"))) for start, text in zip(STARTS, LINES[code], strict=True))
    worst = GalleryLine(LINES[code][1], LINES["eng_Latn"][1], "round trip, names")
    return one_language(
        folder,
        code,
        write_vtt(CueTrack(code, Fraction(25), tuple(cues))),
        showing=showing,
        why=why,
        plots=(plot, plot),
        pass_rate=None if code == "eng_Latn" else 0.82,
        notes=("cue 2: too fast to read",),
        worst=() if code == "eng_Latn" else (worst, GalleryLine("", LINES["eng_Latn"][2], "dropped")),
    )
