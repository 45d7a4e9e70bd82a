"""What viewers chose, were shown and did about looks; what is believed of their taste; and the look that follows.

Viewers are pseudonyms here, as everywhere behind the edge. What they did is counted into evidence by `taste_counts.py`;
what is believed from it is worked out in `ops/tastes`, whenever somebody is about to watch.
"""

from __future__ import annotations

import hashlib
import itertools
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from ops.style.catalogue import house_styles
from ops.style.model import Look, Style, look_from_json
from ops.tastes.belief import TasteOfStyle, taste_of
from ops.tastes.content import UNKNOWN, Content, SceneContent, content_from_key
from ops.tastes.course import LookCourse, course_of, look_of_mix, weights_by_scene
from ops.tastes.evidence import PLAIN, Deed, DeedKind, Evidence, Fading
from ops.tastes.explain import Source, why_told
from ops.tastes.weights import Dealt, Mix, deal, mix_of
from resources.database import Database
from resources.style_events import StyleEvent, StyleEventsRecorded, record_style_events
from resources.taste_counts import erase_counts, model_of

__all__ = ["Choice", "Tastes", "ViewersLook", "mix_of_look"]

_DEEDS_TOLD = 300
"""Newest deeds of a viewer that their explanation is read from."""


_WITHIN_S = 0.05
"""A shot that begins so close before a scene's end begins the next one: times are kept to a thousandth."""


@dataclass(frozen=True)
class ViewersLook:
    """What a viewer is to see a title in.

    Attributes:
        look: None is the film as it is.
        why: In words, for them.
        source: Where it comes from.
        propensity: How likely this look was to be shown; 1 where nothing is tried.
        propensities: How likely each style was to be shown as a try; under "" the viewer's own mix.
        mix: The weights behind the look, PLAIN among them.
    """

    look: Look | None
    why: str
    source: Source
    propensity: float
    propensities: Mapping[str, float]
    mix: Mix


@dataclass(frozen=True)
class Choice:
    """What a viewer chose for themselves.

    Attributes:
        look: None is the film as it is.
        at: When.
        gone: Styles of it that are no longer in the library: then the choice cannot be shown.
    """

    look: Look | None
    at: datetime
    gone: tuple[str, ...] = ()


def mix_of_look(look: Look | None) -> dict[str, float]:
    """A look as weights of styles: what its strength leaves of the film is PLAIN's."""
    if look is None:
        return {PLAIN: 1.0}
    weights: dict[str, float] = {}
    for part in look.parts:
        style = part.recipe.style
        weights[style] = weights.get(style, 0.0) + part.weight * part.recipe.strength
    rest = 1.0 - sum(weights.values())
    return weights | {PLAIN: rest} if rest > 1e-6 else weights  # below that it is rounding


# A stream asks with every segment: it is noted once a minute.
_EXPOSE = """
    INSERT INTO look_exposures (viewer, title, day, look_key, weights, source, propensity, propensities, at)
    VALUES (%(viewer)s, %(title)s, %(day)s, %(key)s, %(weights)s, %(source)s, %(propensity)s, %(odds)s, %(at)s)
    ON CONFLICT (viewer, title, day, look_key) DO UPDATE SET at = excluded.at
    WHERE look_exposures.at < excluded.at - interval '1 minute'
"""
_OWN_TABLES = ("style_choices", "style_events", "look_exposures", "taste_viewers", "taste_evidence")
"""Every table that has rows of single viewers."""


class Tastes:
    """The tastes of all viewers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def look_for(
        self,
        viewer: str | None,
        title: str,
        library: Mapping[str, Style],
        *,
        explore: bool = True,
        now: datetime | None = None,
    ) -> ViewersLook:
        """What a viewer is to see a title in: their choice, else what is believed of them, else of everybody.

        On one day a viewer is dealt one look for a title, as long as nothing new is known of them. What is shown is
        written down with its odds, and events that tell no look are credited to it.

        Args:
            viewer: The pseudonym; None for somebody who is not known, who is given what everybody likes.
            title: The title.
            library: The styles that may be shown here and now: leave out what this machine cannot keep up with.
            explore: Whether something may be tried.
            now: The time; unset, the clock's.
        """
        now = now or datetime.now(UTC)
        with self._database.connection() as connection:
            chosen = None if viewer is None else _choice(connection, viewer, library)
            if chosen is not None and not chosen.gone:
                found = _chosen(chosen, library)
            else:
                found = _dealt(connection, viewer, title, library, explore=explore and viewer is not None, now=now)
                if chosen is not None:
                    found = replace(
                        found, why=f"What you chose ({', '.join(chosen.gone)}) cannot be shown. {found.why}"
                    )
            if viewer is not None:
                _expose(connection, viewer, title, found, now)
        return found

    def course_for(
        self,
        viewer: str | None,
        title: str,
        shots: Sequence[tuple[float, int]],
        library: Mapping[str, Style],
        *,
        now: datetime | None = None,
    ) -> LookCourse:
        """A title in a viewer's own looks, scene by scene: what they like on each kind of scene, changed on cuts alone.

        One look throughout where they chose one. Nothing is tried, and nothing written down.

        Args:
            viewer: The pseudonym; None for everybody's taste.
            title: The title.
            shots: Each shot's begin in the film's seconds, and its first frame; the first is frame 0.
            library: The styles that may be shown.
            now: The time; unset, the clock's.
        """
        now = now or datetime.now(UTC)
        whole, scenes = self.content_of(title)
        choice = None if viewer is None else self.choice(viewer, library)
        if choice is not None and not choice.gone:
            return LookCourse(((0, choice.look),))
        ends = [scene.end_s for scene in scenes[:-1]]
        kinds = [scene.content for scene in scenes] or [whole]
        with self._database.connection() as connection:
            believed = _believed(connection, viewer, library, now)
        mixes = {kind: mix_of(believed(kind)) for kind in dict.fromkeys(kinds)}
        scene_of_shot = [bisect_right(ends, start_s + _WITHIN_S) for start_s, _ in shots]
        frames = [first for _, first in shots]
        lengths = [max(1, after - first) for first, after in itertools.pairwise([*frames, frames[-1] + 1])]
        course = weights_by_scene([mixes[kind] for kind in kinds], scene_of_shot, lengths)
        return course_of(frames, course, library)

    def beliefs(
        self, viewer: str | None, content: Content, library: Mapping[str, Style], *, now: datetime | None = None
    ) -> list[TasteOfStyle]:
        """What is believed of each style of the house, and of the film as it is, for a viewer and kind of film.

        What somebody made up is among them for those who have met it.
        """
        with self._database.connection() as connection:
            return _believed(connection, viewer, library, now or datetime.now(UTC))(content)

    def content_of(self, title: str) -> tuple[Content, tuple[SceneContent, ...]]:
        """What a title is like, and its scenes; nothing is known before its scenes were analysed."""
        with self._database.connection() as connection:
            row = connection.execute("SELECT whole, scenes FROM title_contents WHERE title = %s", [title]).fetchone()
        if row is None:
            return UNKNOWN, ()
        return content_from_key(row[0]), tuple(SceneContent(end, content_from_key(key)) for end, key in row[1])

    def choice(self, viewer: str, library: Mapping[str, Style]) -> Choice | None:
        """What a viewer chose; None where they chose nothing."""
        with self._database.connection() as connection:
            return _choice(connection, viewer, library)

    def choose(self, viewer: str, look: Look | None, *, now: datetime | None = None) -> None:
        """A viewer chooses a look, or the film as it is; it stands until they choose again or reset.

        A look chosen again and again on one day is one choice as evidence.
        """
        now = now or datetime.now(UTC)
        key = "plain" if look is None else look.key
        once = UUID(bytes=hashlib.sha256(f"choice\0{viewer}\0{key}\0{now:%Y-%m-%d}".encode()).digest()[:16])
        with self._database.connection() as connection:
            connection.execute(
                "INSERT INTO style_choices (viewer, look, at) VALUES (%s, %s, %s)"
                " ON CONFLICT (viewer) DO UPDATE SET look = excluded.look, at = excluded.at",
                [viewer, None if look is None else Jsonb(look.to_json()), now],
            )
            record_style_events(connection, [StyleEvent(once, DeedKind.PICK, now, viewer, weights=mix_of_look(look))])

    def reset(self, viewer: str) -> None:
        """A viewer's choice no longer stands: what is believed of them decides again."""
        with self._database.connection() as connection:
            connection.execute("DELETE FROM style_choices WHERE viewer = %s", [viewer])

    def record(self, events: Sequence[StyleEvent]) -> StyleEventsRecorded:
        """Store events, each once however often it is sent; committed when this returns."""
        with self._database.connection() as connection:
            return record_style_events(connection, events)

    def deeds(self, viewer: str) -> list[Deed]:
        """What a viewer did, the newest first, as far as explanations go back."""
        with self._database.connection() as connection:
            rows = connection.execute(
                "SELECT kind, at, weights, share FROM style_events WHERE viewer = %s ORDER BY at DESC, id LIMIT %s",
                [viewer, _DEEDS_TOLD],
            ).fetchall()
        return [Deed(DeedKind(kind), at, weights, share) for kind, at, weights, share in rows]

    def fading(self) -> Fading:
        """How evidence fades in this house."""
        with self._database.connection() as connection:
            return model_of(connection).fading

    def erase(self, viewer: str) -> int:
        """Forget a viewer: what they chose, saw and did, and what it added to everybody's. Returns how many rows went.

        What remains is what would be there had they never come.
        """
        with self._database.connection() as connection:
            erase_counts(connection, viewer)
            return sum(
                connection.execute(f"DELETE FROM {table} WHERE viewer = %s".encode(), [viewer]).rowcount  # noqa: S608
                for table in _OWN_TABLES
            )

    def export(self, viewer: str) -> dict[str, list[dict[str, Any]]]:
        """All that is kept of a viewer, table by table, as JSON keeps it."""
        told: dict[str, list[dict[str, Any]]] = {}
        with self._database.connection() as connection:
            for table in _OWN_TABLES:
                rows = connection.execute(
                    f"SELECT to_jsonb(t) - 'viewer' FROM {table} t WHERE viewer = %s".encode(),  # noqa: S608
                    [viewer],
                ).fetchall()
                told[table] = [row[0] for row in rows]
        return told


def _choice(connection: psycopg.Connection, viewer: str, library: Mapping[str, Style]) -> Choice | None:
    row = connection.execute("SELECT look, at FROM style_choices WHERE viewer = %s", [viewer]).fetchone()
    if row is None:
        return None
    if row[0] is None:
        return Choice(None, row[1])
    gone = tuple(sorted({part["style"] for part in row[0]["parts"]} - set(library)))
    return Choice(None, row[1], gone) if gone else Choice(look_from_json(row[0], library), row[1])


def _chosen(choice: Choice, library: Mapping[str, Style]) -> ViewersLook:
    mix = mix_of_look(choice.look)
    why = why_told(Source.CHOICE, mix, _names(library), content="")
    return ViewersLook(choice.look, why, Source.CHOICE, 1.0, {"": 1.0}, mix)


def _dealt(
    connection: psycopg.Connection,
    viewer: str | None,
    title: str,
    library: Mapping[str, Style],
    *,
    explore: bool,
    now: datetime,
) -> ViewersLook:
    row = connection.execute("SELECT whole FROM title_contents WHERE title = %s", [title]).fetchone()
    content = UNKNOWN if row is None else content_from_key(row[0])
    beliefs = _believed(connection, viewer, library, now)(content)
    others = any(each.others.amount > 0 for each in beliefs)
    known = any(each.own.amount > 0 for each in beliefs)
    # Nobody is tried on before anybody told anything: a house without opinions shows films as they are.
    dealt = deal(beliefs, _seed(viewer, title, now), explore=explore and (known or others))
    source = Source.TRIED if dealt.explored else Source.PROFILE if known else Source.POPULATION
    why = why_told(source, dealt.mix, _names(library), content=str(content), viewers=int(others))
    return _look(dealt, source, why, library)


def _look(dealt: Dealt, source: Source, why: str, library: Mapping[str, Style]) -> ViewersLook:
    look = look_of_mix(dealt.mix, library)
    return ViewersLook(look, why, source, dealt.propensity, dealt.propensities, dealt.mix)


def _seed(viewer: str | None, title: str, now: datetime) -> int:
    return int.from_bytes(hashlib.sha256(f"{viewer}\0{title}\0{now:%Y-%m-%d}".encode()).digest()[:8])


def _names(library: Mapping[str, Style]) -> dict[str, str]:
    return {style.id: style.name for style in library.values()}


def _believed(
    connection: psycopg.Connection, viewer: str | None, library: Mapping[str, Style], now: datetime
) -> Callable[[Content], list[TasteOfStyle]]:
    """What is believed for a viewer, by the kind of film; read at once for all kinds."""
    fading = model_of(connection).fading
    own = connection.execute(
        "SELECT style, content, liked, disliked FROM taste_evidence WHERE viewer = %s", [viewer]
    ).fetchall()
    everybody = connection.execute(
        "SELECT style, content, sum(liked), sum(disliked) FROM taste_cohorts GROUP BY style, content"
    ).fetchall()
    # What somebody made up is offered to those who have met it: nobody is tried on with a stranger's style.
    known = {*house_styles(), *(row[0] for row in own)}
    styles = (*(style for style in library if style in known), PLAIN)
    theirs, others = _cells(own, fading, now), _cells(everybody, fading, now)
    return lambda content: taste_of(theirs, others, content, styles)


def _cells(rows: Sequence[tuple[Any, ...]], fading: Fading, now: datetime) -> dict[str, dict[str, Evidence]]:
    cells: dict[str, dict[str, Evidence]] = {}
    for style, content, liked, disliked in rows:
        cells.setdefault(style, {})[content] = fading.now(Evidence(liked, disliked), now)
    return cells


def _expose(connection: psycopg.Connection, viewer: str, title: str, found: ViewersLook, now: datetime) -> None:
    values = {
        "viewer": viewer,
        "title": title,
        "day": now.date(),
        "key": "plain" if found.look is None else found.look.key,
        "weights": Jsonb(dict(found.mix)),
        "source": str(found.source),
        "propensity": min(1.0, found.propensity),
        "odds": Jsonb({name: round(odd, 8) for name, odd in found.propensities.items()}),
        "at": now,
    }
    connection.execute(_EXPOSE, values)
