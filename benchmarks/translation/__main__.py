"""Seconds to translate a film's sentences into every language, and what one model load and mixed batches save.

python -m benchmarks.translation                                  a tiny model on a CPU: the shape of the costs
python -m benchmarks.translation --size 600M --device cuda        NLLB's own sizes, random weights: the costs themselves
python -m benchmarks.translation --size 3.3B --device cuda --sentences 900 --only batches
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.translation.models import SIZES, save_model, sentences
from ops.languages.table import by_reach
from ops.translation.translator import Decoding, Translator
from resources.models.choice import EngineChoice
from resources.models.translation.batching import Room
from resources.models.translation.nllb import load_nllb

_SOURCE = "eng_Latn"
_PARTS = ("runs", "batches", "growth")
_ROWS = (1, 8, 32, 128, 512)
_AS_LONG = 1.2
"""Pieces of a translation for each of the source's, a mean over languages that is rather high."""


@dataclass(frozen=True)
class Work:
    """What is translated, by what.

    Attributes:
        folder: Of the model.
        device: The `device` setting.
        decoding: The search.
        sentences: How many.
        targets: Into which languages.
    """

    folder: Path
    device: str
    decoding: Decoding
    sentences: int
    targets: Sequence[str]

    def load(self, room: Room | None = None) -> Translator:
        """The model, loaded anew."""
        return load_nllb(EngineChoice("translation_engine", "nllb", str(self.folder)), device=self.device, room=room)

    def run(self, translator: Translator, targets: Sequence[str], *, sentences_: int = 0) -> float:
        """Seconds to translate into some languages."""
        rows = sentences(sentences_ or self.sentences)
        start = time.perf_counter()
        whole = list(translator.translate(rows, _SOURCE, targets, decoding=self.decoding))
        assert [target for target, _ in whole] == list(targets)
        return time.perf_counter() - start


def tell_runs(work: Work) -> None:
    """One run for all languages against a run for each, the model's load and the program's start counted."""
    start = time.perf_counter()
    together = work.run(work.load(), work.targets)
    together = time.perf_counter() - start
    apart = 0.0
    for target in work.targets:
        start = time.perf_counter()
        work.run(work.load(), [target])
        apart += time.perf_counter() - start
    begun = _start_s()
    count = len(work.targets)
    print(f"\n{count} languages × {work.sentences} sentences{'':14} {'one run':>10} {'run each':>10} {'ratio':>7}")
    print(f"{'  model loaded and translated':38} {together:9.1f}s {apart:9.1f}s {apart / together:6.1f}×")
    one, each = together + begun, apart + begun * count
    print(f"{f'  and the program started ({begun:.1f} s each)':38} {one:9.1f}s {each:9.1f}s {each / one:6.1f}×")


def tell_batches(work: Work) -> None:
    """Sentences a second by how many go through the model together; the last row is what the engine chooses itself."""
    print(f"\n{'sequences at once':>20} {'sentences/s':>12}")
    targets = list(work.targets)[: max(1, 2000 // work.sentences)]
    for rows in (*_ROWS, None):
        translator = work.load(Room(rows=rows, positions=10**9) if rows else None)
        work.run(translator, targets[:1], sentences_=8)  # warm
        fewer = targets if rows is None or rows > 1 else targets[:1]
        taken = work.run(translator, fewer)
        print(f"{rows or 'by free memory':>20} {work.sentences * len(fewer) / taken:12.1f}", flush=True)


def tell_growth(work: Work) -> None:
    """What twice the sentences cost."""
    translator = work.load()
    targets = list(work.targets)[:20]
    work.run(translator, targets[:1])
    one, two = (work.run(translator, targets, sentences_=count * work.sentences) for count in (1, 2))
    print(f"\n{work.sentences} sentences into {len(targets)} languages: {one:.1f} s; twice as many: {two / one:.2f}×")


def _start_s() -> float:
    """Seconds until a new program has what it needs to load the model."""
    start = time.perf_counter()
    command = "import torch, transformers; from transformers import M2M100ForConditionalGeneration"
    subprocess.run([sys.executable, "-c", command], check=True)
    return time.perf_counter() - start


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.translation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--size", choices=tuple(SIZES), default="tiny")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--sentences", type=int, default=40)
    parser.add_argument("--languages", type=int, default=201, help="those that most people read")
    parser.add_argument("--beams", type=int, default=4)
    parser.add_argument("--only", nargs="+", choices=_PARTS, default=_PARTS)
    told = parser.parse_args()
    targets = [each.code for each in by_reach() if each.code != _SOURCE][: told.languages]
    with tempfile.TemporaryDirectory() as scratch:
        folder = save_model(Path(scratch) / told.size, told.size, device=told.device)
        work = Work(folder, told.device, Decoding(beams=told.beams, shortest=_AS_LONG), told.sentences, targets)
        print(f"NLLB {told.size}, random weights, {told.device}, {told.beams} beams")
        for part, tell in (("runs", tell_runs), ("batches", tell_batches), ("growth", tell_growth)):
            if part in told.only:
                tell(work)


if __name__ == "__main__":
    main()
