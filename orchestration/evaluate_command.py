"""`showrunner evaluate`: how much of known recordings is heard wrong, through the chain that a film goes through."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ops.errors import MediaError, UsageError
from ops.languages.table import by_tag, language, languages

if TYPE_CHECKING:
    from ops.transcript.model import Transcript
    from ops.transcript.score import ErrorRate
    from resources.models.engines import Engines

__all__ = ["TARGET", "Recording", "Result", "add_evaluate_command", "heard_in", "recordings_of"]

TARGET = 0.05
"""Of words, or characters: what "95 %" means. Whisper large-v3 keeps it on read speech of large languages (FLEURS)."""

_NOBODY = ("-", "", "und", "zxx")
"""What a manifest says of the language where nobody speaks."""


@dataclass(frozen=True)
class Recording:
    """A recording whose words are known.

    Attributes:
        name: As the manifest has it.
        audio: Where it lies.
        language: A code of `ops.languages`; None where nobody speaks and no language is named.
        text: What is said; empty where nothing should be heard.
    """

    name: str
    audio: Path
    language: str | None
    text: str


@dataclass(frozen=True)
class Result:
    """What became of a recording.

    Attributes:
        recording: Which.
        heard: What was heard; None where it was not measured.
        error: How much of that is wrong; None likewise.
        unheard: Why the engine does not hear its language; empty where it does.
        failed: Why it could not be measured; empty where it was.
    """

    recording: Recording
    heard: Transcript | None = None
    error: ErrorRate | None = None
    unheard: str = ""
    failed: str = ""


def add_evaluate_command(commands: Any) -> None:
    """Add `evaluate` to the command line."""
    evaluate = commands.add_parser(
        "evaluate", help="measure the recogniser that the settings choose on recordings whose words are known"
    )
    evaluate.add_argument(
        "manifest", type=Path, metavar="MANIFEST.csv", help="file,language,text; files by their place beside it"
    )
    evaluate.add_argument("--home", type=Path, help="folder to work in (default: .showrunner)")
    evaluate.add_argument("--json", action="store_true", help="print one JSON object, and nothing else, on stdout")
    evaluate.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from resources.models.engines import Engines
    from resources.settings import load_settings
    from resources.work_folder import work_folder

    recordings = recordings_of(arguments.manifest)
    settings = load_settings(arguments.home)
    engines = Engines(settings)
    name, draft = engines.recogniser.name, engines.recogniser.draft
    results: list[Result] = []
    for recording in recordings:
        with work_folder(settings) as folder:
            results.append(_measured(recording, engines, folder))
        sys.stderr.write(f"{len(results)} of {len(recordings)}: {recording.name}\n")
    totals = _by_language(results)
    told = _told(name, results, totals)
    if arguments.json:
        numbers = {"engine": name, "draft": draft, "target": TARGET, "languages": totals, "files": _rows(results)}
        told = json.dumps(numbers, ensure_ascii=False, indent=1)
    sys.stdout.write(told + "\n")
    measured = any(result.error is not None for result in results)
    return 1 if any(result.failed for result in results) or not measured else 0


def heard_in(audio: Path, spoken: str | None, engines: Engines, folder: Path) -> Transcript:
    """What is heard in a sound file or a film, as the assets of a title hear it.

    Args:
        audio: Any file with sound.
        spoken: The language, a code of `ops.languages`; None asks the engine, and the embedded one hears English.
        engines: Whose ears.
        folder: For samples; empty, and to be thrown away after.

    Raises:
        MediaError: It cannot be read.
        UsageError: The engine does not hear the language.
    """
    from ops.speech.analyse import analyse_speech
    from ops.speech.centre import dialogue_sound
    from ops.speech.sound import speech_sound
    from ops.transcript.listen import transcribe

    if spoken is None and engines.choice("recogniser_engine").embedded:
        spoken = "eng_Latn"
    if spoken is not None:  # asked first: where nobody is found to speak, no window would ask it
        engines.recogniser.hear([], language=spoken)
    speech = analyse_speech(audio, voices=engines.voices, folder=folder)
    sound = speech_sound(audio, folder)
    return transcribe(
        sound.samples,
        speech.spans,
        engines.recogniser,
        language=spoken,
        denoised=dialogue_sound(audio, sound, folder).samples,
        turns=speech.turns,
    )


def _measured(recording: Recording, engines: Engines, folder: Path) -> Result:
    from ops.transcript.score import error_rate

    try:
        heard = heard_in(recording.audio, recording.language, engines, folder)
    except MediaError as error:
        return Result(recording, failed=str(error))
    except UsageError as error:
        return Result(recording, unheard=str(error))
    return Result(recording, heard, error_rate(recording.text, heard.text, recording.language or heard.language))


def recordings_of(manifest: Path) -> list[Recording]:
    """The recordings of a manifest.

    CSV with a header: file, language (a code of the house or a tag such as "en"; "-" where nobody speaks), and text,
    or transcript. An empty text is a recording in which nothing should be heard; "= other.wav" is the text of
    that file's line.

    Raises:
        UsageError: It is no such file, or names what is not there.
    """
    rows = _lines(manifest)
    texts = {row["file"]: row["text"] for _, row in rows}
    return [_recording(row, texts, f"{manifest}, line {line}", manifest.parent) for line, row in rows]


def _lines(manifest: Path) -> list[tuple[int, dict[str, str]]]:
    """Its rows that say something, with the file's line on which each ends; the text by that name."""
    try:
        with manifest.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = [(reader.line_num, row) for row in reader]
            columns = [name.strip().lower() for name in reader.fieldnames or () if name]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"the manifest cannot be read ({error})", where=manifest) from error
    text = next((name for name in ("text", "transcript") if name in columns), None)
    if text is None or not {"file", "language"} <= set(columns):
        raise UsageError(
            "the manifest has not the columns it needs", where=manifest, fix="Its first line is: file,language,text"
        )
    told = []
    for line, row in rows:
        cells = {(name or "").strip().lower(): (cell or "").strip() for name, cell in row.items() if name}
        if cells.get("file"):
            told.append((line, {"file": cells["file"], "language": cells["language"], "text": cells[text]}))
    if not told:
        raise UsageError("the manifest names no recording", where=manifest)
    return told


def _recording(row: Mapping[str, str], texts: Mapping[str, str], where: str, folder: Path) -> Recording:
    audio = folder / row["file"]
    if not _is_file(audio):
        raise UsageError("the recording is not there", where=audio, fix=f"Mend {where}.")
    text = row["text"]
    if text.startswith("="):
        other = text.removeprefix("=").strip()
        text = texts.get(other, "=")
        if text.startswith("="):
            raise UsageError(f"“{other}” is no line with a text of its own", where=where)
    if row["language"] in _NOBODY:
        if text:
            raise UsageError("a text without its language cannot be measured", where=where, fix="Name it: en.")
        return Recording(row["file"], audio, None, "")
    tagged = languages().get(row["language"]) or by_tag(row["language"])
    return Recording(row["file"], audio, (tagged or language(row["language"])).code, text)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is longer than any file's
        return False


def _by_language(results: Sequence[Result]) -> dict[str, dict[str, Any]]:
    """The sums of what was measured, and the languages that the engine does not hear with why."""
    totals: dict[str, dict[str, Any]] = {}
    for code in dict.fromkeys(result.recording.language for result in results):
        of_it = [result for result in results if result.recording.language == code]
        errors = [result.error for result in of_it if result.error is not None]
        name = code or "nobody speaks"
        if errors:
            total = errors[0]
            for error in errors[1:]:
                total = total + error
            totals[name] = {"files": len(errors), **_numbers(total)}
        elif unheard := next((result.unheard for result in of_it if result.unheard), ""):
            totals[name] = {"files": 0, "not_heard": unheard}
    return totals


def _numbers(error: ErrorRate) -> dict[str, Any]:
    return {
        "unit": error.unit,
        "said": error.length,
        "wrong": error.errors,
        "substituted": error.substitutions,
        "missed": error.deletions,
        "invented": error.insertions,
        "rate": round(error.rate, 4),
        "met": error.rate <= TARGET,
    }


def _rows(results: Sequence[Result]) -> list[dict[str, Any]]:
    rows = []
    for result in results:
        told: dict[str, Any] = {"file": result.recording.name, "language": result.recording.language}
        if result.error is not None and result.heard is not None:
            told |= {**_numbers(result.error), "confidence": round(result.heard.confidence, 4)}
            told |= {"text": result.recording.text, "heard": result.heard.text}
            told["dropped"] = [list(each) for each in result.heard.dropped]
        rows.append(told | {key: why for key in ("unheard", "failed") if (why := getattr(result, key))})
    return rows


def _told(name: str, results: Sequence[Result], totals: Mapping[str, Mapping[str, Any]]) -> str:
    """Both tables, and the sentences under them."""
    files = [("file", "language", "said", "wrong", "rate")]
    for result in results:
        recording = result.recording
        files.append((recording.name, recording.language or "-", *_cells(result)))
    heard = [("language", "files", "said", "wrong", "rate", f"{TARGET:.0%} or less")]
    for code, row in totals.items():
        if row["files"]:
            shares = (f"{row['said']} {row['unit']}", str(row["wrong"]), _rate(row["said"], row["rate"]))
            heard.append((code, str(row["files"]), *shares, "met" if row["met"] else "not met"))
    notes = [f"{code} is not heard by {name}: {row['not_heard']}" for code, row in totals.items() if not row["files"]]
    notes += [f"{result.recording.name} could not be measured: {result.failed}" for result in results if result.failed]
    return "\n".join([f"Recogniser: {name}", "", *_table(files), "", *_table(heard), *([""] if notes else []), *notes])


def _cells(result: Result) -> tuple[str, str, str]:
    if result.error is None:
        return ("-", "-", "not measured" if result.failed else "not heard")
    error = result.error
    return (f"{error.length} {error.unit}", str(error.errors), _rate(error.length, error.rate))


def _rate(said: int, rate: float) -> str:
    """A share of nothing is none: there what was invented tells."""
    return f"{rate:.1%}" if said else "-"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
