"""The safety gates in the making of thumbnails: which words are set, which pictures wait for a person.

The gates themselves are `ops.safety`; what a person said is `resources.reviews`. Everything in doubt becomes one
question to a person, however often it is made: by the words, or by the recipe.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.checks.model import CheckOutcome
from assets.checks.tables import run_checks
from ops.safety.image_gate import NO_CHECKER, Judgement, is_generated, judge_picture, needs_a_person
from resources.reviews import Question, Verdict
from resources.store.model import ArtifactKey
from resources.studio import Studio

if TYPE_CHECKING:
    from ops.thumbnails.recipe import Recipe

__all__ = ["JudgedVariants", "SafetyDesk"]


@dataclass(frozen=True)
class JudgedVariants:
    """A title's variants in one shape, with what the gates and persons say of each.

    Attributes:
        told: `variants.json`, each variant with its `safety`.
        listed: By variant: the listed words that it carries, in words.
        waiting: By variant: why it waits for a person.
        checker: What judged generated pictures.
        word_lists: What words were judged by.
    """

    told: Mapping[str, Any]
    listed: Mapping[str, str]
    waiting: Mapping[str, str]
    checker: str
    word_lists: str

    @property
    def withheld(self) -> dict[str, str]:
        """Files that are shown to nobody before a person approved them, each with its recipe; whoever approved what."""
        return {each["file"]: each["id"] for each in self.told["variants"] if needs_a_person(each)}

    def checks(self) -> list[CheckOutcome]:
        """The outcomes of the safety suite; each names what checked."""
        import pandas as pd

        rows = [
            {
                "variant": each["id"],
                "listed_words": float(each["id"] in self.listed),
                "withheld": float(each["id"] in self.waiting),
                "why": self.listed.get(each["id"]) or self.waiting.get(each["id"], ""),
            }
            for each in self.told["variants"]
        ]
        checked_by = {"image_checker": self.checker, "word_lists": self.word_lists}
        return [
            replace(outcome, metadata={**outcome.metadata, **checked_by})
            for outcome in run_checks("safety", pd.DataFrame(rows))
        ]


class SafetyDesk:
    """The gates at work on one title.

    Args:
        title: The title's id.
        studio: Its engines judge; its reviews ask.
    """

    def __init__(self, title: str, studio: Studio) -> None:
        self._title = title
        self._studio = studio

    @cached_property
    def barred(self) -> set[str]:
        """Recipes that a person rejected: never made again."""
        return self._studio.reviews.barred(self._title)

    @cached_property
    def _approved_words(self) -> set[str]:
        return self._said(Question.WORDS)

    @cached_property
    def _approved_pictures(self) -> set[str]:
        return self._said(Question.GENERATED) - self.barred

    def _said(self, asks: Question) -> set[str]:
        said = self._studio.reviews.verdicts(self._title, asks)
        return {subject for subject, verdict in said.items() if verdict is Verdict.APPROVED}

    def fault(self, words: str) -> str:
        """What is listed in words that are to be set, in words; empty where they may be."""
        verdict = self._studio.engines.words.judge(words)
        return "" if verdict.clean or _words_id(words) in self._approved_words else verdict.why

    def cleared(self, words: str, key: ArtifactKey) -> str:
        """The title's words if they may be set on its pictures; else none, and a person is asked whether they may."""
        fault = self.fault(words)
        if not fault:
            return words
        why = f"the title “{words}” {fault}: its pictures are made without words"
        self._studio.reviews.ask(key, Question.WORDS, _words_id(words), why=why)
        return ""

    def permitted(self, recipes: Sequence[Recipe]) -> list[Recipe]:
        """The recipes that were not rejected and whose words, and prompt, hold nothing that is listed."""
        return [
            recipe
            for recipe in recipes
            if recipe.id not in self.barred and not any(self.fault(words) for words in _words_of(recipe.to_json()))
        ]

    def judge(self, told: Mapping[str, Any], pictures: Mapping[str, Path]) -> JudgedVariants:
        """Judge the variants of `variants.json`, whose pictures are staged by file name.

        Raises:
            ModelUnavailable: A variant is generated, and the checker that the settings choose cannot be loaded.
        """
        variants, listed, waiting = [], {}, {}
        for each in told["variants"]:
            faults = [fault for words in _words_of(each["recipe"]) if (fault := self.fault(words))]
            if faults:
                listed[each["id"]] = "; ".join(faults)
            picture = self._judged(pictures[each["file"]]) if is_generated(each) else None
            safety = {"words": "; ".join(faults) or "clean", "picture": None if picture is None else picture.to_json()}
            variants.append({**each, "safety": safety})
            if picture is not None and needs_a_person(variants[-1]) and each["id"] not in self._approved_pictures:
                waiting[each["id"]] = picture.reason
        generated = any(is_generated(each) for each in variants)
        checker = self._studio.engines.image_safety if generated else None
        name = NO_CHECKER if checker is None else checker.name
        own = self._studio.settings.blocked_words
        return JudgedVariants(
            told={**told, "variants": variants},
            listed=listed,
            waiting=waiting,
            checker=name if generated else "not needed",
            word_lists="house" if own is None else f"house, {own}",
        )

    def ask_for(self, judged: JudgedVariants, pictures: Mapping[str, Path], key: ArtifactKey) -> None:
        """Ask a person about the generated pictures that wait, with the pictures kept for them; each recipe once."""
        asked = self._studio.reviews.verdicts(self._title, Question.GENERATED)
        new = {
            each["id"]: each["file"]
            for each in judged.told["variants"]
            if each["id"] in judged.waiting and each["id"] not in asked
        }
        if not new:
            return
        place = self._studio.store.hold(
            key, {file: pictures[file] for file in new.values()}, why="generated pictures that wait for a person"
        )
        for recipe in new:
            why = f"generated picture, {judged.waiting[recipe]}; one answer holds for every shape of {recipe}"
            self._studio.reviews.ask(key, Question.GENERATED, recipe, why=why, held=place)

    def _judged(self, picture: Path) -> Judgement:
        import numpy as np
        from PIL import Image

        checker = self._studio.engines.image_safety
        with Image.open(picture) as opened:
            return judge_picture(checker, np.asarray(opened.convert("RGB")))


def _words_of(recipe: Mapping[str, Any]) -> list[str]:
    """All words of a recipe that are set on its picture or that a model was asked to paint."""
    art = recipe.get("art") or {}
    words = (recipe.get("text"), recipe.get("tagline"), art.get("prompt"))
    return [str(each) for each in words if each]


def _words_id(words: str) -> str:
    return hashlib.sha256(" ".join(words.split()).encode()).hexdigest()[:12]
