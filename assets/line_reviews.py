"""Lines of subtitles that are in doubt, unsafe where the source is not or never said: a person is asked of each."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from assets.making import Work
from assets.subtitle_room import SubtitleRoom
from resources.reviews import Question, Verdict

if TYPE_CHECKING:
    from ops.subtitles.cue import CueTrack
    from ops.translation.keys import Remembered

__all__ = ["lines_in_doubt"]


def lines_in_doubt(
    work: Work, room: SubtitleRoom, sentences: dict[str, Remembered] | None, track: CueTrack
) -> tuple[str, ...]:
    """The translated lines that no person has approved or corrected, each with why; those that are new are asked about.

    Args:
        work: The making of a language.
        room: The title's.
        sentences: What became of each sentence, by id; None where nothing was translated.
        track: The language's cues with people's corrections.
    """
    from ops.translation.review import for_review

    if sentences is None:
        return ()
    language, as_made = work.key.variant, _as_made(track)
    sources = {each.id: each.text for each in room.sentences}
    notes = for_review(sentences, sources, work.studio.engines.words, target=language)
    said = work.studio.reviews.verdicts(work.title, Question.LINE)
    waiting = []
    for note in notes:
        if note.sentence not in as_made:
            continue
        line = sentences[note.sentence].text
        subject = f"{language}:{hashlib.sha256(line.encode()).hexdigest()[:12]}"
        if said.get(subject) is Verdict.APPROVED:
            continue
        refused = said.get(subject) is Verdict.REJECTED
        waiting.append(f"“{line}” {note.why}{', and a person refused it: correct it' if refused else ''}")
        if subject not in said:
            why = f"“{line}” (for “{sources[note.sentence]}”) {note.why}"
            work.studio.reviews.ask(work.key, Question.LINE, subject, why=why)
    return tuple(waiting)


def _as_made(track: CueTrack) -> set[str]:
    """The sentences of which a cue stands as it was made: what a person wrote or took out, they have looked at."""
    from ops.subtitles.cue import Reason

    return {
        name
        for cue in track.cues
        if not any(change.reason is Reason.CORRECTED and change.edge == "text" for change in cue.changes)
        for name in cue.sentences
    }
