"""Transcript: every word of the film with its time, who says it, and how sure that is."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg

from assets.artifact import Artifact, house_rules
from assets.checks.tables import run_checks
from assets.events import AssetEvent, asset_events
from assets.making import Made, making
from assets.metadata import table
from resources.studio import Studio

if TYPE_CHECKING:
    import pandas as pd

    from ops.transcript.model import Transcript

__all__ = ["CORRECTIONS_FILE", "TRANSCRIPT", "TRANSCRIPT_FILE", "WRITTEN_FILE", "make_transcript", "transcript"]

TRANSCRIPT = Artifact(
    "transcript",
    upstream=("source_video", "shots", "audio_track", "speech"),
    code_version="1",
    engine="embedded/words",
    family="subtitles",
    group="subtitles",
    kinds=frozenset({"audio", "text"}),
    uses=("recogniser_engine",),
    shaped_by=("language",),
)

TRANSCRIPT_FILE = "transcript.json"
TEXT_FILE = "transcript.txt"
CORRECTIONS_FILE = "corrections.json"
WRITTEN_FILE = "written.json"


def make_transcript(title: str, studio: Studio) -> Iterator[Made]:
    """Take the film's words from the best source at hand: its subtitles, a script that was handed in, or its sound."""
    from assets.word_sources import HEARD_FILE, Unheard, words_of

    with making(title, TRANSCRIPT, studio) as work:
        try:
            film = words_of(work)
        except Unheard as why:
            studio.ledger.hide(title, "subtitles", "no word of it is known")
            yield work.skip(str(why))
            return
        told, words = film.transcript, _table(film.transcript)
        before = studio.ledger.row(work.key)
        if before is not None and before.quality.get("language") not in (None, told.language):
            studio.ledger.hide(title, "subtitles", f"{told.language} is spoken")
        corrections = {"applied": [each.to_json() for each in film.applied], "conflicts": film.conflicts}
        plain = {
            TRANSCRIPT_FILE: told.to_json(),
            CORRECTIONS_FILE: corrections,
            WRITTEN_FILE: film.written,
            HEARD_FILE: film.heard,
        }
        staged = {name: work.folder / name for name in (*plain, TEXT_FILE)}
        for name, value in plain.items():
            staged[name].write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        staged[TEXT_FILE].write_text(_readable(told), encoding="utf-8")
        yield work.publish(
            staged,
            checks=run_checks("words", words, duration_s=film.duration_s),
            metadata={
                "language": dg.MetadataValue.text(told.language),
                "source": dg.MetadataValue.text(told.source),
                "text": dg.MetadataValue.md(_readable(told)[:20_000]),
                "notes": dg.MetadataValue.json(list(told.notes)),
                "dropped": dg.MetadataValue.json([list(each) for each in told.dropped]),
                "words": table(words),
            },
            quality={
                "language": told.language,
                "came_with": ",".join(film.languages),
                "word_count": len(told.words),
                "confidence": round(told.confidence, 4),
                "draft": told.draft,
            },
            parameters={"source": told.source},
        )


def _readable(told: "Transcript") -> str:
    """The words as people read them: a paragraph a speaker, each with its time."""
    lines: list[str] = []
    speaker: str | None = None
    for word in told.words:
        if word.speaker != speaker or not lines:
            speaker = word.speaker
            lines.append(f"[{word.start_s:8.2f}] {speaker + ': ' if speaker else ''}{word.text}")
        else:
            lines[-1] += f" {word.text}" if word.spaced else word.text
    return "\n".join(lines) + "\n"


def _table(told: "Transcript") -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(
        {
            "word": [word.text for word in told.words],
            "start_s": [float(word.start_s) for word in told.words],
            "end_s": [float(word.end_s) for word in told.words],
            "confidence": [float(word.confidence) for word in told.words],
            "rate": [len(word.text) / max(word.end_s - word.start_s, 0.02) for word in told.words],
            "speaker": [word.speaker for word in told.words],
        }
    )


@dg.asset(**house_rules(TRANSCRIPT))
def transcript(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> Iterator[AssetEvent]:
    """Every word with its time, its speaker, and how sure it is.

    Of the film's own subtitles or a script where there is one; else heard: by Whisper, or, where English is declared,
    by the embedded recogniser, whose words are a draft.
    """
    yield from asset_events(context, studio, make_transcript)
