"""Lines of subtitles that are in doubt, unsafe where the source is not or never said: a person is asked of each."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from assets.making import Work
from assets.subtitle_room import SubtitleRoom
from resources.reviews import Question, Verdict

if TYPE_CHECKING:
    from ops.translation.keys import Remembered

__all__ = ["lines_in_doubt"]


def lines_in_doubt(work: Work, room: SubtitleRoom, sentences: dict[str, Remembered] | None) -> tuple[str, ...]:
    """The translated lines that no person has approved, each with why; those that are new are asked about.

    Args:
        work: The making of a language.
        room: The title's.
        sentences: What became of each sentence, by id; None where nothing was translated.
    """
    from ops.translation.review import for_review

    if sentences is None:
        return ()
    language = work.key.variant
    sources = {each.id: each.text for each in room.sentences}
    notes = for_review(sentences, sources, work.studio.engines.words, target=language)
    said = work.studio.reviews.verdicts(work.title, Question.LINE)
    waiting = []
    for note in notes:
        line = sentences[note.sentence].text
        subject = f"{language}:{hashlib.sha256(line.encode()).hexdigest()[:12]}"
        if said.get(subject) is Verdict.APPROVED:
            continue
        waiting.append(f"“{line}” {note.why}")
        if subject not in said:
            why = f"“{line}” (for “{sources[note.sentence]}”) {note.why}"
            work.studio.reviews.ask(work.key, Question.LINE, subject, why=why)
    return tuple(waiting)
