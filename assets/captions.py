"""One language's subtitles: corrected, written, read back, measured, judged by how far they may be shown, published."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from assets.checks.tables import run_checks
from assets.line_reviews import lines_in_doubt
from assets.making import Made, Work
from assets.metadata import picture, table
from assets.showing import is_approved, mended_sentences, standing_of_captions
from assets.subtitle_room import SubtitleRoom
from assets.word_sources import conflict_json
from ops.languages.table import language as language_of
from resources.ledger import Showing
from resources.subtitles.corrections import Corrections

if TYPE_CHECKING:
    import pandas as pd

    from ops.subtitles.conform import Conformance
    from ops.subtitles.corrections import Correction
    from ops.subtitles.cue import CueTrack
    from ops.translation.keys import Remembered

__all__ = ["CUES_FILE", "PROFILES_FILE", "QUALITY_FILE", "SPEED_FILE", "Captions", "publish_captions"]

CUES_FILE = "cues.json"
QUALITY_FILE = "quality.json"
SPEED_FILE = "reading_speed.png"
PROFILES_FILE = "conformance.png"


@dataclass(frozen=True)
class Captions:
    """One language's cues before people's corrections.

    Attributes:
        language: Its code.
        track: Its cues.
        origin: Where its words come from, in words.
        written: Whether a person wrote them.
        sentences: What became of each sentence, by id; empty where nothing was translated.
        notes: What is worth telling, as sentences.
    """

    language: str
    track: CueTrack
    origin: str
    written: bool = False
    sentences: dict[str, Remembered] | None = None
    notes: tuple[str, ...] = ()


def publish_captions(work: Work, room: SubtitleRoom, made: Captions) -> Made:
    """Write a language's files, measure them, and publish them with all that was measured.

    Raises:
        StoreError: The store cannot take the files.
    """
    from ops.subtitles.conform import conformance
    from ops.subtitles.corrections import apply_corrections
    from ops.subtitles.files.verify import verified
    from ops.subtitles.profile import profile_names

    limits = room.limits(made.language)
    corrected = apply_corrections(made.track, _corrections(work, room, made))
    track = corrected.track
    conflicts = [conflict_json(each) for each in corrected.conflicts]
    if made.language == room.spoken and not made.written:
        conflicts += room.word_corrections["conflicts"]
    files = _written(work, room, track)
    faults = verified(track, files, min_gap=limits.gap_frames)
    measured = {
        name: conformance(track, room.limits(made.language, name), cuts=room.grid.cuts) for name in profile_names()
    }
    kept = measured[work.studio.settings.subtitle_profile]
    mended = mended_sentences(track)
    standing, waiting = standing_of_captions(room, made, kept, mended), ()
    if standing["showing"] != Showing.WITHHELD:  # what is shown to nobody needs nobody's word
        waiting = lines_in_doubt(work, room, made.sentences, track)
    if waiting and standing["showing"] == Showing.PUBLISHED:
        standing |= {"showing": str(Showing.DRAFT), "why": f"{len(waiting)} of its lines wait for a person"}
    if standing["showing"] != Showing.PUBLISHED and is_approved(work, made.language, files["srt"]):
        standing |= {"showing": str(Showing.PUBLISHED), "why": "a person approved these very cues"}
    told = {
        **standing,
        "language": made.language,
        "bcp47": language_of(made.language).bcp47,
        "name": language_of(made.language).name,
        "spoken": made.language == room.spoken,
        "origin": made.origin,
        "profile": work.studio.settings.subtitle_profile,
        "conforming": {name: round(each.share, 4) for name, each in measured.items()},
        "reading_speed": _mean_speed(kept),
        "corrections": {"applied": len(corrected.applied), "conflicts": conflicts},
        "waiting": list(waiting),
        "notes": [*track.notes, *made.notes],
        "sentences": _sentences(room, made),
    }
    staged = {f"{language_of(made.language).bcp47}.{kind}": path for kind, path in files.items()}
    staged |= {CUES_FILE: _json(work, CUES_FILE, track.to_json()), QUALITY_FILE: _json(work, QUALITY_FILE, told)}
    staged[f"{language_of(made.language).bcp47}.csv"] = _cue_sheet(work, track)
    staged |= _plots(work, room, track, measured, limits)
    judged = _sentence_table(made, mended)
    return work.publish(
        staged,
        checks=[
            *run_checks("cues", _cue_table(track, kept), frames=room.grid.frames),
            *run_checks("sentences", judged),
            *run_checks("subtitles", _report(made, room, faults, conflicts=len(conflicts), waiting=len(waiting))),
        ],
        metadata={
            "reading_speeds": picture(staged[SPEED_FILE], width=1200),
            "profiles": picture(staged[PROFILES_FILE]),
            "shown": dg.MetadataValue.text(": ".join(filter(None, (standing["showing"], standing["why"])))),
            "origin": dg.MetadataValue.text(made.origin),
            "cues": table(kept.table()),
            "moves": table(_moves(track)),
            "sentences": table(judged),
            "conflicts": dg.MetadataValue.json(told["corrections"]["conflicts"]),
            "notes": dg.MetadataValue.json(told["notes"]),
        },
        quality={
            "showing": standing["showing"],
            "files": {kind: sha256(path.read_bytes()).hexdigest() for kind, path in files.items()},
            "conforming": round(kept.share, 4),
            "reading_speed": told["reading_speed"],
            "cue_count": len(track.cues),
            **({} if standing["pass_rate"] is None else {"pass_rate": round(standing["pass_rate"], 4)}),
        },
        parameters={"origin": made.origin, "profile": work.studio.settings.subtitle_profile},
    )


def _written(work: Work, room: SubtitleRoom, track: CueTrack) -> dict[str, Path]:
    from ops.subtitles.files.ass import write_ass
    from ops.subtitles.files.srt import write_srt
    from ops.subtitles.files.vtt import write_vtt

    texts = {
        "srt": write_srt(track),
        "vtt": write_vtt(track, names=room.speaker_names),
        "ass": write_ass(track, size=room.size, names=room.speaker_names),
    }
    files = {kind: work.folder / f"{language_of(track.language).bcp47}.{kind}" for kind in texts}
    for kind, text in texts.items():
        files[kind].write_text(text, encoding="utf-8", newline="")
    return files


def _moves(track: CueTrack) -> pd.DataFrame:
    """What was changed of the cues and why, what writing them in the hundredths of ASS changed included."""
    from ops.subtitles.conform import changes_table
    from ops.subtitles.files.clock import CENTISECONDS, quantisation

    cues = list(track.cues)
    for index, change in quantisation(track, CENTISECONDS):
        cues[index] = replace(cues[index], changes=(*cues[index].changes, change))
    return changes_table(replace(track, cues=tuple(cues)))


def _cue_sheet(work: Work, track: CueTrack) -> Path:
    """The cues as a table that people edit and hand back."""
    from ops.subtitles.corrections import cue_table

    path = work.folder / "cues.csv"
    path.write_text(cue_table(track), encoding="utf-8", newline="")
    return path


def _sentences(room: SubtitleRoom, made: Captions) -> list[dict[str, Any]]:
    if made.sentences is None:
        return []
    return [
        {"id": each.id, "source": each.text, **made.sentences[each.id].to_json()}
        for each in room.sentences
        if each.id in made.sentences
    ]


def _sentence_table(made: Captions, mended: set[str]) -> pd.DataFrame:
    import pandas as pd

    rows = [
        {
            "sentence": name,
            "failed": int(not each.judgement.passed and name not in mended),
            "told": f"“{each.text}”: {', '.join(each.judgement.faults)}" if each.judgement.faults else "",
        }
        for name, each in (made.sentences or {}).items()
    ]
    return pd.DataFrame(rows, columns=["sentence", "failed", "told"]).astype({"failed": "int64"})


def _cue_table(track: CueTrack, kept: Conformance) -> pd.DataFrame:
    import pandas as pd

    rows = [
        {
            "cue": nth + 1,
            "start": cue.start,
            "end": cue.end,
            "faults": len(one.violations),
            "told": ", ".join(fault.words for fault in one.violations),
        }
        for nth, (cue, one) in enumerate(zip(track.cues, kept.reports, strict=True))
    ]
    told = pd.DataFrame(rows, columns=["cue", "start", "end", "faults", "told"])
    return told.astype(dict.fromkeys(("cue", "start", "end", "faults"), "int64"))


def _report(made: Captions, room: SubtitleRoom, faults: list[str], *, conflicts: int, waiting: int) -> pd.DataFrame:
    import pandas as pd

    held = {name for cue in made.track.cues for name in cue.sentences}
    # what an engine left empty is a fault of its sentence; what it said and no cue says is ours
    said = [each.id for each in room.sentences if made.sentences is None or made.sentences[each.id].text.strip()]
    lost = 0 if made.written else sum(name not in held for name in said)
    row = {
        "language": made.language,
        "told": "; ".join(faults),
        "file_faults": len(faults),
        "lost": lost,
        "conflicts": conflicts,
        "waiting": waiting,
    }
    return pd.DataFrame([row])


def _plots(
    work: Work, room: SubtitleRoom, track: CueTrack, measured: dict[str, Conformance], limits: Any
) -> dict[str, Path]:
    from ops.pictures.reading_speed import draw_conformance, draw_reading_speed

    plots = {
        SPEED_FILE: draw_reading_speed(track, limits, cuts=room.grid.cuts, frames=room.grid.frames),
        PROFILES_FILE: draw_conformance(measured),
    }
    for name, drawn in plots.items():
        (work.folder / name).write_bytes(drawn)
    return {name: work.folder / name for name in plots}


def _mean_speed(kept: Conformance) -> float:
    """Characters a second, of the mean cue."""
    return round(float(sum(one.cps for one in kept.reports) / len(kept.reports)), 2) if kept.reports else 0.0


def _corrections(work: Work, room: SubtitleRoom, made: Captions) -> list[Correction]:
    """People's corrections of the cues. Of what was heard the words are corrected already: the times are left."""
    corrections = Corrections(work.studio.database).of(work.title, made.language)
    if made.language != room.spoken or made.written:
        return corrections
    return [
        replace(each, base_text=each.text)
        for each in corrections
        if each.text and (each.start_s is not None or each.end_s is not None or _moves_lines_alone(each))
    ]


def _moves_lines_alone(correction: Correction) -> bool:
    """Whether it changes where a line ends and no word: the words cannot tell of it."""
    from ops.subtitles.identity import plain

    same = plain(correction.text) == plain(correction.base_text)
    return same and correction.text.splitlines() != correction.base_text.splitlines()


def _json(work: Work, name: str, value: object) -> Path:
    path = work.folder / name
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False), encoding="utf-8")
    return path
