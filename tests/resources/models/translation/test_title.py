"""A whole title through a real engine, its remedies and all: each of its sentences is read once, then never again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from ops.translation.pipeline import translate_title
from ops.translation.sentence import Sentence
from resources.models.choice import EngineChoice
from resources.models.translation.nllb import load_nllb
from tests.ops.translation.doubles import Notebook
from tests.resources.models.translation.tiny_nllb import SENTENCES, save_tiny_nllb

TITLE = [Sentence(f"{place}-0", text, place, place + 1) for place, text in enumerate(SENTENCES[:4])]
TARGETS = ["spa_Latn", "fra_Latn"]


def test_of_a_title_in_two_languages_nothing_is_encoded_twice(tmp_path: Path):
    folder = save_tiny_nllb(tmp_path / "nllb", seed=10)
    choice = EngineChoice("translation_engine", "nllb", str(folder))
    nllb: Any = load_nllb(choice, device="cpu")
    english, read = nllb._dialect.tokens["eng_Latn"], Counter()

    def count(_: Any, __: Any, given: Any) -> None:
        read.update(tuple(row[row != 1].tolist()) for row in given["input_ids"])

    nllb._model.get_encoder().register_forward_pre_hook(count, with_kwargs=True)
    parted = [each.id for each in TITLE]

    told = list(
        translate_title(TITLE, source="eng_Latn", targets=TARGETS, translator=nllb, memory=Notebook(), parted=parted)
    )

    whole = [nllb._dialect.source(nllb._dialect.vocabulary.ids(each.text), "eng_Latn", "spa_Latn") for each in TITLE]
    assert [each.error for each in told] == ["", ""]
    assert any(each.alignment for result in told for each in result.sentences.values())
    assert {read[ids] for ids in whole} == {1}
    assert max(times for ids, times in read.items() if ids[0] == english) == 1  # in halves and in context, too
