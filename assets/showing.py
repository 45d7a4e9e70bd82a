"""How far a language's subtitles may be shown: by what was measured, by what people made of them and said."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.making import Work
from assets.subtitle_room import SubtitleRoom
from resources.ledger import Showing
from resources.reviews import Question, Verdict, approval_of

if TYPE_CHECKING:
    from assets.captions import Captions
    from ops.subtitles.conform import Conformance
    from ops.subtitles.cue import CueTrack

__all__ = ["is_approved", "mended_sentences", "standing_of_captions"]

_SURE = 0.6
"""Mean confidence of a recogniser's words from which its subtitles are shown without a person's look. An estimate: no
recogniser's confidence was held against its errors on enough speech yet."""


def mended_sentences(track: CueTrack) -> set[str]:
    """The sentences whose cues a person has corrected: what a machine thought of them says nothing any more."""
    from ops.subtitles.cue import Reason

    mended = [
        cue for cue in track.cues if any(one.reason is Reason.CORRECTED and one.edge == "text" for one in cue.changes)
    ]
    return {name for cue in mended for name in cue.sentences}


def is_approved(work: Work, language: str, srt: Path) -> bool:
    """Whether a person said that these very cues may be shown."""
    subject = approval_of(language, sha256(srt.read_bytes()).hexdigest())
    return work.studio.reviews.verdicts(work.title, Question.SUBTITLES).get(subject) is Verdict.APPROVED


def standing_of_captions(room: SubtitleRoom, made: Captions, kept: Conformance, mended: set[str]) -> dict[str, Any]:
    """How far the language may be shown, by what was measured and by what people made of it."""
    from ops.translation.gates import Judgement
    from ops.translation.standing import standing_of, thresholds

    transcript, rate, why = room.transcript, None, ""
    draft = not made.written and (transcript.draft or transcript.confidence < _SURE)
    showing = Showing.PUBLISHED
    if made.sentences is not None:
        judged = standing_of(
            [Judgement(()) if name in mended else each.judgement for name, each in made.sentences.items()],
            conforming=kept.share,
            draft_source=draft,
        )
        showing, rate, why = Showing(judged.state), judged.pass_rate, judged.why
    elif draft:
        showing, why = (
            Showing.DRAFT,
            f"its words are a draft: {transcript.source}, confidence {transcript.confidence:.0%}",
        )
    elif not made.written and kept.share < thresholds().published_conforming:
        showing, why = Showing.DRAFT, f"{kept.share:.0%} of its cues keep the rules"
    return {"showing": str(showing), "why": why, "pass_rate": rate}
