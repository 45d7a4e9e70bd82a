"""A trailer to test with: every kind of event, join, sound and accent once."""

from __future__ import annotations

from fractions import Fraction

from ops.trailer.edl import EditDecisionList, Film
from ops.trailer.events import Card, CardKind, Clip, CropKnot, Join, JoinKind, Part, Title
from ops.trailer.soundtrack import Accent, AccentKind, Bed, BedKind, FilmSound, SoundRole

__all__ = ["RATE", "whole_trailer"]

RATE = Fraction(24000, 1001)


def whole_trailer() -> EditDecisionList:
    return EditDecisionList(
        cut="trailer_30",
        rate=RATE,
        size=(1280, 720),
        film=Film("Sintel", "ab" * 32, 1250, (0.0, 0.125, 1.0, 0.875)),
        events=(
            Clip(
                100, 148, Part.HOOK, 3, "it moves", Title("Sintel", 4, 40), (CropKnot(0, 0.2, 0.1),), (("action", 0.9),)
            ),
            Clip(300, 360, Part.SETUP, 7, "somebody speaks"),
            Card(36, CardKind.TAGLINE, ("Some are lost",), Part.RISE, "a breath"),
            Clip(500, 530, Part.RISE, 12),
            Clip(700, 720, Part.CLIMAX, 18),
            Clip(740, 760, Part.CLIMAX, 19),
            Card(60, CardKind.END, ("Sintel", "Now"), Part.BUTTON, "the name"),
        ),
        joins=(
            Join(JoinKind.DISSOLVE, 5, 6, "calm"),
            Join(JoinKind.DIP, 5, 5, "to the tagline"),
            Join(),
            Join(JoinKind.FLASH, 2, 4, "strikes"),
            Join(JoinKind.WHIP, 3, 3, "sweeps"),
            Join(JoinKind.DIP, 4, 5),
        ),
        sounds=(
            FilmSound(295, 372, 43, SoundRole.DIALOGUE, 2.0, 0.04, 0.05, "Some are lost.", "stands alone"),
            FilmSound(500, 530, 144, SoundRole.EFFECTS, -9.0),
            FilmSound(700, 720, 160, SoundRole.EFFECTS, -9.0),  # overlaps the one before: two tracks
        ),
        bed=Bed(
            BedKind.SYNTHESISED,
            0.0,
            112.0,
            (0.0, 0.5357),
            (0.0,),
            "drama",
            3,
            "the film has no music of its own",
            parts=((Part.RISE, 4.3),),
            splices=((3.2, 7.5),),
        ),
        accents=(Accent(AccentKind.RISER, 126, 48), Accent(AccentKind.HIT, 174, 28), Accent(AccentKind.BOOM, 214, 60)),
        grade="drama",
        notes=(("genre", "drama"),),
    )
