"""Seconds and memory that each engine takes a picture, full-size architectures with random weights.

python -m benchmarks.engines [--full] [--device auto|cpu|cuda] [--pictures N] [--only NAME…]

Weights do not change the work, so none are downloaded: each model is built from its published configuration, saved, and
loaded by the engine's own loader. Needs a GPU to be meaningful; without --full it runs small enough for a CPU. Every
row runs in a process of its own, so that memory is that row's alone.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.making_engines import language_model, over_frames
from resources.models.choice import EngineChoice

Pictures = Sequence[np.ndarray]
Engine = Callable[[Pictures], object]

SIZE = (720, 1280)


@dataclass(frozen=True)
class Row:
    """One engine to measure.

    Attributes:
        name: As the table shows it.
        build: Saves the model into a folder and loads it on a device; gives what works on pictures.
        full: Whether it is left out without --full.
    """

    name: str
    build: Callable[[Path, str], Engine]
    full: bool = False


@dataclass(frozen=True)
class Measured:
    """A row's figures: seconds to load, median seconds a picture, MiB of the process, MiB on the GPU."""

    load_s: float
    picture_s: float
    process_mib: float
    gpu_mib: float


def _descriptors(folder: Path, device: str) -> Engine:
    from resources.models.embedding import DescriptorEmbedder

    return DescriptorEmbedder().embed


def _cascades(folder: Path, device: str) -> Engine:
    from resources.models.faces import CascadeFaces

    faces = CascadeFaces()
    return lambda pictures: [faces.detect(picture) for picture in pictures]


def _salient(folder: Path, device: str) -> Engine:
    from resources.models.subject import SalientSubject

    return lambda pictures: [SalientSubject().detect(picture) for picture in pictures]


def _still_quality(folder: Path, device: str) -> Engine:
    from resources.models.aesthetics import StillAesthetics

    return StillAesthetics().judge


def _clip_checkpoint(folder: Path, *, large: bool) -> EngineChoice:
    """OpenAI's ViT-L/14 or ViT-B/32 by their published configurations; words are 26 letters, for no words are timed."""
    from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel

    text, vision = (
        ({"hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12}, (1024, 4096, 24, 16, 14))
        if large
        else ({"hidden_size": 512, "intermediate_size": 2048, "num_attention_heads": 8}, (768, 3072, 12, 12, 32))
    )
    names = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "patch_size")
    config = CLIPConfig(
        text_config=text,
        vision_config=dict(zip(names, vision, strict=True)),
        projection_dim=768 if large else 512,
    )
    CLIPModel(config).save_pretrained(folder)
    CLIPImageProcessorPil().save_pretrained(folder)
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    tokens = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({token: number for number, token in enumerate(tokens)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return EngineChoice.parse("embedding_engine", f"clip:{folder}")


def _clip(folder: Path, device: str, *, large: bool) -> Engine:
    from resources.models.clip import load_clip

    return load_clip(_clip_checkpoint(folder, large=large), device=device).embed


def _clip_base(folder: Path, device: str) -> Engine:
    return _clip(folder, device, large=False)


def _clip_large(folder: Path, device: str) -> Engine:
    return _clip(folder, device, large=True)


def _laion(folder: Path, device: str) -> Engine:
    from safetensors.numpy import save_file

    from resources.models.clip import load_clip
    from resources.models.laion import load_laion

    clip = _clip_checkpoint(folder / "clip", large=True)
    save_file({"weight": np.ones((1, 768), np.float32), "bias": np.ones(1, np.float32)}, folder / "head.safetensors")
    head = EngineChoice.parse("aesthetics_engine", f"laion:{folder / 'head.safetensors'}")
    return load_laion(head, embedder=load_clip(clip, device=device), clip=clip).judge


def _rtdetr(folder: Path, device: str, **config: Any) -> Engine:
    from transformers import RTDetrImageProcessorPil, RTDetrV2Config, RTDetrV2ForObjectDetection

    from resources.models.rtdetr import load_rtdetr

    RTDetrV2ForObjectDetection(RTDetrV2Config(**config)).save_pretrained(folder)
    RTDetrImageProcessorPil().save_pretrained(folder)
    detector = load_rtdetr(EngineChoice.parse("objects_engine", f"rtdetr:{folder}"), device=device)
    return lambda pictures: [detector.detect(picture) for picture in pictures]


def _rtdetr_r18(folder: Path, device: str) -> Engine:
    from transformers import RTDetrResNetConfig

    backbone = RTDetrResNetConfig(
        hidden_sizes=[64, 128, 256, 512],
        depths=[2, 2, 2, 2],
        layer_type="basic",
        out_features=["stage2", "stage3", "stage4"],  # pyright: ignore[reportCallIssue]
    )
    narrow = {"encoder_in_channels": [128, 256, 512], "hidden_expansion": 0.5, "decoder_layers": 3}
    return _rtdetr(folder, device, backbone_config=backbone, **narrow)


def _rtdetr_r50(folder: Path, device: str) -> Engine:
    return _rtdetr(folder, device)


UNDERSTANDING = (
    Row("embedding: embedded", _descriptors),
    Row("embedding: clip ViT-B/32", _clip_base),
    Row("embedding: clip ViT-L/14", _clip_large, full=True),
    Row("faces: embedded", _cascades),
    Row("objects: embedded", _salient),
    Row("objects: rtdetr v2 R18", _rtdetr_r18),
    Row("objects: rtdetr v2 R50", _rtdetr_r50, full=True),
    Row("aesthetics: embedded", _still_quality),
    Row("aesthetics: laion over ViT-L/14", _laion, full=True),
)

MAKING = (
    Row("painting: sdxl, small", partial(over_frames, size="small")),
    Row("painting: sdxl-turbo", partial(over_frames, size="full"), full=True),
    Row("writing: causal-lm, small", partial(language_model, size="small")),
    Row("writing: causal-lm Phi-3-mini", partial(language_model, size="full"), full=True),
)
"""A picture is one base picture painted over, or three taglines written."""

ROWS = (*UNDERSTANDING, *MAKING)


def measure(name: str, device: str, pictures: int) -> Measured:
    """Build, load and time one row; the first picture warms up and is not counted."""
    row = next(row for row in ROWS if row.name == name)
    shown = _pictures(min(pictures, 16))
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        engine = row.build(Path(folder), device)
        load_s = time.perf_counter() - start
    engine(shown[:1])
    times = []
    for _ in range(3):
        start = time.perf_counter()
        for begin in range(0, pictures, len(shown)):
            engine(shown[: min(len(shown), pictures - begin)])
        times.append((time.perf_counter() - start) / pictures)
    process_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measured(load_s, float(np.median(times)), process_mib, _gpu_mib())


def _pictures(count: int) -> list[np.ndarray]:
    """Soft clouds of colour: grain would be the cascades' worst case and no frame of a film."""
    import cv2

    rng = np.random.default_rng(0)
    coarse = [rng.integers(0, 256, (18, 32, 3), np.uint8) for _ in range(count)]
    return [cv2.resize(each, SIZE[::-1], interpolation=cv2.INTER_CUBIC) for each in coarse]


def _gpu_mib() -> float:
    import sys

    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return 0.0
    return torch.cuda.max_memory_allocated() / 2**20


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row an engine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="the large models as well")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--pictures", type=int, default=16)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="rows whose names hold one of these")
    told = parser.parse_args(arguments)
    chosen = [row for row in ROWS if told.full or not row.full]
    chosen = [row for row in chosen if not told.only or any(part in row.name for part in told.only)]
    print(
        f"{'engine':34} {'build s':>8} {'s a picture':>12} {'process MiB':>12} {'GPU MiB':>8}   ({SIZE[1]}×{SIZE[0]})"
    )
    context = multiprocessing.get_context("spawn")
    for row in chosen:
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            found = pool.submit(measure, row.name, told.device, told.pictures).result()
        gpu = f"{found.gpu_mib:8.0f}" if found.gpu_mib else f"{'–':>8}"
        print(f"{row.name:34} {found.load_s:8.1f} {found.picture_s:12.4f} {found.process_mib:12.0f} {gpu}", flush=True)


if __name__ == "__main__":
    main()
