"""Which thumbnail or trailer a viewer sees, and what their events count for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ops.experiments.exhibit import Shows, artifact_of
from resources.assignments import Assignment
from resources.experiments import Arm, Experiment
from resources.viewer_events import CONTENT_DIGITS
from serving.assignment_book import AssignmentBook
from serving.snapshot import Snapshot
from serving.standing import Picture, Source, Standings

__all__ = ["Decider", "Decision"]


@dataclass(frozen=True)
class Decision:
    """A decided thumbnail or trailer; the assignment is None outside a test."""

    picture: Picture
    assignment: Assignment | None = None


class Decider:
    """Decides by what is in memory: the running experiments, and what stands outside them."""

    def __init__(self, snapshot: Snapshot, book: AssignmentBook, standings: Standings) -> None:
        self._snapshot = snapshot
        self._book = book
        self._standings = standings

    async def decide(self, title: str, aspect: str, viewer: str | None, segment: str = "") -> Decision | None:
        """What a viewer (a pseudonym) of a segment is shown: a thumbnail, or the trailer of a cut ("trailer_30").

        None where there is no such title, or no such trailer of it is published.

        Without a viewer, or where the viewer's arm has lost its picture, no test decides.
        """
        dealt = None if viewer is None else await self._dealt(title, aspect, viewer)
        if dealt is not None:
            arm, assignment = dealt
            source = Source.HOLDOUT if assignment.holdout else Source.EXPERIMENT
            return Decision(Picture(title, aspect, source, arm.version, arm.file, arm.sha256, arm.id), assignment)
        picture = await self._standings.of(title, aspect, segment)
        return None if picture is None else Decision(picture)

    async def assignment(self, title: str, aspect: str, viewer: str) -> Assignment | None:
        """What a viewer is shown of a picture under test; None where nothing is tested, or it cannot be shown."""
        dealt = await self._dealt(title, aspect, viewer)
        return None if dealt is None else dealt[1]

    async def _dealt(self, title: str, aspect: str, viewer: str) -> tuple[Arm, Assignment] | None:
        """A viewer's arm and assignment, both of one experiment as it stands once the assignment is known.

        While it was looked up the experiment may have ended, another begun, or the arm been withdrawn: then no test
        decides, and the next request finds what runs now.
        """
        asked = self._snapshot.of(title, aspect)
        if asked is None:
            return None
        assignment = await self._book.of(asked, viewer)
        experiment = self._snapshot.of(title, aspect)
        if experiment is None or experiment.id != assignment.experiment:
            return None
        arm = self._snapshot.shown(experiment, assignment.arm)
        return None if arm is None else (arm, assignment)

    async def content(self, title: str, exhibit: str, dealt: Assignment | None) -> str:
        """By what the file is known that a viewer is shown now: of their arm, or outside tests; empty where of none."""
        running = self._snapshot.of(title, exhibit)
        if dealt is None or running is None or running.id != dealt.experiment:
            stands = await self._standings.of(title, exhibit)
            return "" if stands is None else stands.content
        arm = self._snapshot.shown(running, dealt.arm)
        return "" if arm is None else arm.sha256[:CONTENT_DIGITS]

    async def prepare(self, wanted: list[tuple[str, str, str]]) -> None:
        """Look up, in one query, what `assignment` will be asked for: (title, aspect, viewer)."""
        pairs = [(self._snapshot.of(title, aspect), viewer) for title, aspect, viewer in wanted]
        await self._book.of_many((experiment, viewer) for experiment, viewer in pairs if experiment is not None)

    def running(self, title: str, aspect: str = "") -> Sequence[Experiment]:
        """What is under test: of an exhibit, or of all of a title's pictures where none is told."""
        if not aspect:
            return [each for each in self._snapshot.of_title(title) if artifact_of(each.aspect) == Shows.THUMBNAILS]
        experiment = self._snapshot.of(title, aspect)
        return () if experiment is None else (experiment,)
