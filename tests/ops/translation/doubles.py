"""A translator that knows a dialogue by heart, as people translated it, and can be told how to fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ops.progress import Progress, no_progress
from ops.transcript.model import Word
from ops.translation.keys import Remembered
from ops.translation.sentence import Sentence
from ops.translation.sentences import sentences_of
from ops.translation.translator import Candidate, Decoding, Pair, TranslatorRow

__all__ = ["DIALOGUE", "Asked", "KilledPhraseBook", "Notebook", "PhraseBook", "dialogue", "words_saying"]

DIALOGUE: dict[str, dict[str, str]] = {
    "The blade on the table has a dark past.": {
        "deu_Latn": "Die Klinge auf dem Tisch hat eine dunkle Vergangenheit.",
        "fra_Latn": "La lame sur la table a un sombre passé.",
        "spa_Latn": "La espada de la mesa tiene un pasado oscuro.",
    },
    "My brother found it under the old bridge.": {
        "deu_Latn": "Mein Bruder hat sie unter der alten Brücke gefunden.",
        "fra_Latn": "Mon frère l'a trouvée sous le vieux pont.",
        "spa_Latn": "Mi hermano la encontró debajo del viejo puente.",
    },
    "Nobody in the village wanted to keep the thing.": {
        "deu_Latn": "Niemand im Dorf wollte das Ding behalten.",
        "fra_Latn": "Personne au village ne voulait garder cette chose.",
        "spa_Latn": "Nadie en el pueblo quería quedarse con esa cosa.",
    },
    "Why did you travel alone through the mountains?": {
        "deu_Latn": "Warum bist du allein durch die Berge gereist?",
        "fra_Latn": "Pourquoi as-tu voyagé seule à travers les montagnes ?",
        "spa_Latn": "¿Por qué viajaste sola por las montañas?",
    },
    "There was nobody left who could come with me.": {
        "deu_Latn": "Es war niemand mehr da, der mitkommen konnte.",
        "fra_Latn": "Il ne restait personne qui puisse venir avec moi.",
        "spa_Latn": "No quedaba nadie que pudiera venir conmigo.",
    },
    "The winter lasted for 7 months that year.": {
        "deu_Latn": "Der Winter dauerte in jenem Jahr 7 Monate.",
        "fra_Latn": "Cette année-là, l'hiver a duré 7 mois.",
        "spa_Latn": "Aquel año el invierno duró 7 meses.",
    },
    "We ate what the river gave us, and we waited for the sun.": {
        "deu_Latn": "Wir aßen, was der Fluss uns gab, und wir warteten auf die Sonne.",
        "fra_Latn": "Nous mangions ce que la rivière nous donnait, et nous attendions le soleil.",
        "spa_Latn": "Comíamos lo que el río nos daba y esperábamos el sol.",
    },
    "Then one morning the dragon came back to the cave.": {
        "deu_Latn": "Dann kam der Drache eines Morgens in die Höhle zurück.",
        "fra_Latn": "Puis, un matin, le dragon est revenu dans la grotte.",
        "spa_Latn": "Entonces, una mañana, el dragón volvió a la cueva.",
    },
    "I have looked for him ever since that day.": {
        "deu_Latn": "Seit diesem Tag suche ich nach ihm.",
        "fra_Latn": "Depuis ce jour, je le cherche partout.",
        "spa_Latn": "Desde ese día lo he estado buscando.",
    },
    "He did.": {"deu_Latn": "Hat er.", "fra_Latn": "Il l'a fait.", "spa_Latn": "Lo hizo."},
    "You should sleep now and leave before the guards wake up.": {
        "deu_Latn": "Du solltest jetzt schlafen und gehen, bevor die Wachen aufwachen.",
        "fra_Latn": "Tu devrais dormir maintenant et partir avant que les gardes se réveillent.",
        "spa_Latn": "Deberías dormir ahora e irte antes de que despierten los guardias.",
    },
    "The gate to the valley is open until midnight.": {
        "deu_Latn": "Das Tor zum Tal ist bis Mitternacht offen.",
        "fra_Latn": "La porte de la vallée est ouverte jusqu'à minuit.",
        "spa_Latn": "La puerta del valle está abierta hasta la medianoche.",
    },
}


def words_saying(text: str) -> list[Word]:
    """Words of 0.3 s, close upon one another."""
    return [Word(each, place * 0.35, place * 0.35 + 0.3) for place, each in enumerate(text.split())]


def dialogue(*changed: tuple[str, str]) -> list[Sentence]:
    """The dialogue's sentences, some of them changed."""
    text = " ".join(DIALOGUE)
    for before, after in changed:
        assert before in text
        text = text.replace(before, after)
    return sentences_of(words_saying(text), "eng_Latn")


@dataclass(frozen=True)
class Asked:
    """One call of the translator."""

    texts: tuple[str, ...]
    targets: tuple[str, ...]
    decoding: Decoding
    before: tuple[str, ...]


@dataclass
class PhraseBook:
    """Knows `DIALOGUE`, both ways, and answers what it does not know with the source's words turned about.

    Attributes:
        wrong: What it says at first, by text and target; other decodings and other texts get it right.
        stubborn: Whether it says so however it is asked.
        in_context: What it says, and how surely, of a text that comes with the one before.
        deaf_to: Targets that it does not speak.
        dies_after: After so many languages of one call it breaks down for good.
        breaks_at: Languages in which it breaks down, and how.
        no_score: Languages whose scores break down.
        looks: What it looks at, as `attention` gives it; None where it cannot tell.
        phrases: What it knows besides.
        asked: Every call.
    """

    wrong: Mapping[tuple[str, str], str] = field(default_factory=dict)
    stubborn: bool = False
    in_context: Mapping[tuple[str, str], tuple[str, float]] = field(default_factory=dict)
    deaf_to: frozenset[str] = frozenset()
    dies_after: int | None = None
    breaks_at: Mapping[str, Exception] = field(default_factory=dict)
    no_score: Mapping[str, Exception] = field(default_factory=dict)
    looks: Callable[[Pair], np.ndarray] | None = None
    phrases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    looked_at: list[Pair] = field(default_factory=list)
    dead: bool = False

    name = "double:phrase-book"
    licence = "none"

    def speaks(self, source: str, target: str) -> bool:
        return target not in self.deaf_to and source not in self.deaf_to

    def translate(
        self,
        rows: Sequence[TranslatorRow],
        source: str,
        targets: Sequence[str],
        *,
        decoding: Decoding,
        progress: Progress = no_progress,
    ) -> Iterator[tuple[str, list[list[Candidate]]]]:
        self.asked.append(
            Asked(tuple(row.text for row in rows), tuple(targets), decoding, tuple(row.before for row in rows))
        )
        for done, target in enumerate(targets):
            if self.dies_after is not None and done >= self.dies_after:
                self.dead = True
            if self.dead:
                raise RuntimeError("out of memory")
            if target in self.breaks_at:
                raise self.breaks_at[target]
            yield target, [[self._said(row, source, target, decoding)] for row in rows]

    def score(self, pairs: Sequence[Pair], source: str, target: str) -> list[float] | None:
        if target in self.no_score:
            raise self.no_score[target]
        return [-0.5 if self._known(pair.source, source, target) == pair.target else -0.9 for pair in pairs]

    def attention(self, pairs: Sequence[Pair], source: str, target: str) -> list[np.ndarray] | None:
        self.looked_at += pairs
        return None if self.looks is None else [self.looks(pair) for pair in pairs]

    def asked_first(self, target: str) -> list[str]:
        """The rows of the first pass into a language."""
        return [
            text
            for call in self.asked
            if target in call.targets and call.decoding == Decoding() and not any(call.before)
            for text in call.texts
        ]

    def _said(self, row: TranslatorRow, source: str, target: str, decoding: Decoding) -> Candidate:
        if row.before and (row.text, target) in self.in_context:
            return Candidate(*self.in_context[row.text, target])
        wrong = self.wrong.get((row.text, target))
        if wrong is not None and (self.stubborn or decoding == Decoding()):
            return Candidate(wrong, -0.7)
        return Candidate(self._known(row.text, source, target), -0.5)

    def _known(self, text: str, source: str, target: str) -> str:
        book = {**DIALOGUE, **self.phrases}
        if source == "eng_Latn":
            return book.get(text, {}).get(target) or " ".join(reversed(text.split()))
        found = next((english for english, others in book.items() if others.get(source) == text), None)
        return found or " ".join(reversed(text.split()))


class KilledPhraseBook(PhraseBook):
    """Its process dies in the third language."""

    def translate(self, rows, source, targets, *, decoding, progress=no_progress):
        for done, answer in enumerate(super().translate(rows, source, targets, decoding=decoding)):
            if done == 2:
                raise KeyboardInterrupt
            yield answer


class Notebook:
    """A memory that forgets nothing, and tells what it was asked and given."""

    def __init__(self) -> None:
        self.entries: dict[str, Remembered] = {}
        self.kept: list[str] = []

    def known(self, keys: Sequence[str]) -> dict[str, Remembered]:
        return {key: Remembered.from_json(self.entries[key].to_json()) for key in keys if key in self.entries}

    def keep(self, language: str, entries: Mapping[str, Remembered]) -> None:
        self.kept.append(language)
        for key, entry in entries.items():
            known = self.entries.get(key)
            if known is None or not known.stands:
                self.entries[key] = entry
            elif known.alignment is None:
                self.entries[key] = replace(known, alignment=entry.alignment)
