"""MADLAD as the translator: tags in the source, the languages it has, its library's own output as the reference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer
from transformers import T5ForConditionalGeneration

from ops.errors import ModelUnavailable, UsageError
from ops.languages.table import languages
from ops.translation.translator import Decoding, Pair, Translator, TranslatorRow
from resources.models.choice import EngineChoice
from resources.models.translation.batching import Room
from resources.models.translation.madlad import load_madlad
from resources.models.translation.madlad_tags import tag_of
from tests.resources.models.translation.tiny_madlad import save_tiny_madlad
from tests.resources.models.translation.tiny_nllb import OTHERS, SENTENCES, save_tiny_nllb

GREEDY = Decoding(beams=1)
ROWS = [TranslatorRow(sentence) for sentence in SENTENCES]
TARGETS = {"fra_Latn": "fr", "jpn_Jpan": "ja", "zho_Hant": "zh_Hant", "tgl_Latn": "fil"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_madlad(tmp_path_factory.mktemp("madlad") / "madlad400-tiny-mt")


@pytest.fixture(scope="module")
def madlad(folder: Path) -> Any:
    return load(folder)


@pytest.fixture(scope="module")
def reference(folder: Path) -> tuple[Any, Any]:
    model = T5ForConditionalGeneration.from_pretrained(folder, attn_implementation="eager").eval()
    return model, Tokenizer.from_file(str(folder / "tokenizer.json"))


def load(folder: Path, room: Room | None = None) -> Translator:
    return load_madlad(EngineChoice("translation_engine", "madlad", str(folder)), device="cpu", room=room)


def source(reference: tuple[Any, Any], text: str, tag: str) -> torch.Tensor:
    tokenizer = reference[1]
    return torch.tensor([[tokenizer.token_to_id(f"<2{tag}>"), *tokenizer.encode(text).ids, 2]])


def test_mixed_batches_say_what_each_sentence_says_alone(madlad: Any, reference: tuple[Any, Any]):
    model, tokenizer = reference
    found = dict(madlad.translate(ROWS, "eng_Latn", list(TARGETS), decoding=GREEDY))
    assert list(found) == list(TARGETS)
    for target, tag in TARGETS.items():
        for sentence, row in zip(SENTENCES, found[target], strict=True):
            read = source(reference, sentence, tag)
            most = int(1.5 * (read.shape[1] - 2)) + 20
            said = model.generate(input_ids=read, max_new_tokens=most, do_sample=False)
            assert row[0].text == tokenizer.decode(said[0].tolist(), skip_special_tokens=True).strip()
    assert len({row[0].text for rows in found.values() for row in rows}) > len(SENTENCES)


def test_groups_of_languages_say_the_same_as_all_at_once(madlad: Any, folder: Path):
    small = load(folder, Room(rows=3, positions=10_000))
    small_told, told = (
        [(target, [row[0].text for row in rows]) for target, rows in each.translate(ROWS, "eng_Latn", list(TARGETS),
         decoding=GREEDY)] for each in (small, madlad)
    )  # fmt: skip
    assert small_told == told


def test_the_score_of_a_pair_is_the_models_own_loss(madlad: Any, reference: tuple[Any, Any]):
    model, tokenizer = reference
    pairs = [Pair(one, other) for one, other in zip(SENTENCES, OTHERS, strict=False)]
    for pair, score in zip(pairs, madlad.score(pairs, "eng_Latn", "spa_Latn"), strict=True):
        labels = torch.tensor([[*tokenizer.encode(pair.target).ids, 2]])
        with torch.inference_mode():
            loss = model(input_ids=source(reference, pair.source, "es"), labels=labels).loss
        assert score == pytest.approx(-float(loss), abs=1e-4)


def test_attention_is_what_the_library_gives_in_eager_mode(madlad: Any, reference: tuple[Any, Any]):
    model, tokenizer = reference
    read = source(reference, "The cat", "ja")
    ids = tokenizer.encode("猫は").ids
    with torch.inference_mode():
        told = model(input_ids=read, decoder_input_ids=torch.tensor([[0, *ids]]), output_attentions=True)
    pieces = told.cross_attentions[1][0].mean(0)[1:, 1:-1]
    (found,) = madlad.attention([Pair("The cat", "猫は")], "eng_Latn", "jpn_Jpan")
    assert tokenizer.encode("The cat").tokens == ["▁The", "▁cat"]
    assert tokenizer.encode("猫は").tokens == ["▁", "猫", "は"]
    rows = torch.stack([pieces[:2].mean(0), pieces[2]])  # what stands before a first character belongs to it
    expected = rows / rows.sum(1, keepdim=True)
    assert found == pytest.approx(expected.numpy(), abs=1e-5)


def test_a_tag_in_a_sentence_is_read_as_letters(madlad: Any):
    for text in ("<2fr>", "say <2ja> or </s> then <2fr><2fr>", "<s>"):
        ids = madlad._dialect.vocabulary.ids(text)
        assert not set(ids) & {0, 1, 2, *madlad._dialect.tags.values()}


def test_with_bytes_for_the_rest_it_writes_every_character(madlad: Any):
    assert madlad.unwritable("♪ 漢 🎵 ok", "eng_Latn") == ""
    vocabulary = madlad._dialect.vocabulary
    assert vocabulary.text(vocabulary.ids("The ♪ 漢 🎵 cat")) == "The ♪ 漢 🎵 cat"


def test_it_speaks_what_its_vocabulary_has_tags_for(madlad: Any):
    assert madlad.speaks("eng_Latn", "zho_Hans")
    assert not madlad.speaks("eng_Latn", "ita_Latn")
    assert not madlad.speaks("eng_Latn", "sat_Beng")
    with pytest.raises(UsageError, match="does not translate eng_Latn into ita_Latn"):
        madlad.translate(ROWS, "eng_Latn", ["ita_Latn"], decoding=GREEDY)


def test_no_two_languages_share_a_tag():
    tags = [tag for code in languages() if (tag := tag_of(code))]
    assert len(set(tags)) == len(tags) == 191
    assert {tag_of("ace_Arab"), tag_of("ind_Latn"), tag_of("kas_Deva")} == {"<2ace_Arab>", "<2id>", "<2ks_Deva>"}


def test_the_licence_is_known_by_the_models_name(madlad: Any):
    assert madlad.licence == "Apache-2.0"


def test_a_t5_for_something_else_is_refused(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match=r"<2fr>.*1 of.*SHOWRUNNER_TRANSLATION_ENGINE|SHOWRUNNER_TRANSLATION_"):
        load(save_tiny_madlad(tmp_path / "t5", tags=["fr"]))


def test_nllb_is_refused_as_madlad(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match="m2m_100"):
        load(save_tiny_nllb(tmp_path / "nllb"))
