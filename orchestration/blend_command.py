"""`showrunner blend`: still pictures blended from the command line, with no database and no server."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ops.blend.model import BlendRecipe, Colour, ContentMode, Optimiser, Source, Start
from ops.errors import UsageError

if TYPE_CHECKING:
    from ops.blend.guide import BlendInputs
    from ops.blend.render import RenderedBlend
    from ops.blend.session import Step

__all__ = ["add_blend_command"]

_EVERY_S = 0.5
_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


def add_blend_command(commands: Any) -> None:
    """Add `blend` to the command line."""
    blend = commands.add_parser(
        "blend",
        help="blend still pictures: the style of some, the content of others",
        description="Example: showrunner blend me.jpg night.jpg --style 0,1 --content 1,0 --output me-by-night.png",
    )
    blend.add_argument("images", nargs="+", type=Path, metavar="IMAGE", help="a picture that gives style or content")
    blend.add_argument("--target", type=Path, metavar="IMAGE", help="whose frame the blend has (default: the first)")
    blend.add_argument("--style", metavar="W,W…", help="style weight of each image, 0 to 1 (default: 0 for the target)")
    blend.add_argument("--content", metavar="W,W…", help="content weight of each image (default: the target's alone)")
    blend.add_argument(
        "--mask", action="append", default=[], metavar="IMAGE=MASK", help="where an image's style goes (repeatable)"
    )
    blend.add_argument(
        "--content-mask", action="append", default=[], metavar="IMAGE=MASK", help="where its content goes (repeatable)"
    )
    blend.add_argument("--style-layers", default="", metavar="NAME=W,…", help="such as relu1_1=0.5,relu3_1=1")
    blend.add_argument("--content-layers", default="", metavar="NAME=W,…", help="such as relu3_2=1")
    blend.add_argument("--size", type=int, default=1024, metavar="N", help="longer side, pixels (default: 1024)")
    blend.add_argument("--iterations", type=int, default=300, metavar="N", help="most steps (default: 300)")
    blend.add_argument("--learning-rate", type=float, default=0.03, metavar="X", help="of Adam (default: 0.03)")
    blend.add_argument("--optimiser", choices=list(Optimiser), default=Optimiser.LBFGS)
    blend.add_argument("--smoothness", type=float, default=0.2, metavar="X", help="total variation (default: 0.2)")
    blend.add_argument("--colour", choices=list(Colour), default=Colour.MKL, help="where colours come from")
    blend.add_argument("--contents", choices=list(ContentMode), default=ContentMode.REGION, dest="content_mode")
    blend.add_argument("--start", choices=[Start.TARGET, Start.NOISE], default=Start.TARGET)
    blend.add_argument("--seed", type=int, default=0, metavar="N")
    blend.add_argument("--output", type=Path, default=Path("blend.png"), metavar="FILE", help="(default: blend.png)")
    blend.add_argument("--home", type=Path, help="folder of the settings' home (default: .showrunner)")
    blend.add_argument("--json", action="store_true", help="print one JSON object, and nothing else, on stdout")
    blend.set_defaults(run=_blend)


def _blend(arguments: argparse.Namespace) -> int:
    from resources.models.engines import Engines
    from resources.settings import load_settings

    began = time.monotonic()
    recipe, files = recipe_of(arguments)
    _refuse_unwritable(arguments.output)
    session = Engines(load_settings(arguments.home)).blend_session
    rendered = _rendered(recipe, _read(recipe, files), session, quiet=arguments.json)
    _save(rendered, recipe, arguments.output)
    told = {
        "output": str(arguments.output),
        "width": rendered.picture.shape[1],
        "height": rendered.picture.shape[0],
        "engine": rendered.engine,
        "painted_size": rendered.painted_size,
        "loss_fell": round(rendered.loss_fell, 4),
        "seconds": round(time.monotonic() - began, 2),
        "recipe": recipe.to_json(),
    }
    if arguments.json:
        print(json.dumps(told))
    else:
        print(f"{told['output']}: {told['width']} × {told['height']} in {told['seconds']} s, by {told['engine']}")
        if rendered.painted_size < recipe.size:
            print(f"painted at {rendered.painted_size} pixels, for the memory here, and laid over the full size")
    return 0


def _refuse_unwritable(output: Path) -> None:
    """Refuse before minutes of painting what could not be saved after them.

    Raises:
        UsageError: It is no picture's name, or nothing can be written there.
    """
    if output.suffix.lower() not in _SUFFIXES:
        raise UsageError("is no picture's name", where=output, fix=f"End it with {', '.join(_SUFFIXES)}.")
    if not output.parent.is_dir():
        raise UsageError("there is no such folder", where=output.parent, fix="Make it, or give another --output.")
    for file in (output, _recipe_beside(output)):
        if file.is_dir() or not os.access(file if file.exists() else file.parent, os.W_OK):
            raise UsageError("cannot be written", where=file, fix="Give another --output.")


def _recipe_beside(output: Path) -> Path:
    """Where a picture's recipe goes: a name of our own, so that no other program's file is lost."""
    return output.with_suffix(".recipe.json")


def recipe_of(arguments: argparse.Namespace) -> tuple[BlendRecipe, dict[str, Path]]:
    """The recipe that arguments ask for, and its files by the names that it has for them.

    Raises:
        UsageError: A file is missing, or a number unusable.
    """
    target = arguments.target or arguments.images[0]
    files = {path: _name_of(path) for path in dict.fromkeys([target, *arguments.images])}
    styles = _weights("--style", arguments.style, [0.0 if path == target else 1.0 for path in arguments.images])
    contents = _weights("--content", arguments.content, [1.0 if path == target else 0.0 for path in arguments.images])
    style_masks = _masks("--mask", arguments.mask, arguments.images)
    content_masks = _masks("--content-mask", arguments.content_mask, arguments.images)
    files |= {path: _name_of(path) for path in (*style_masks.values(), *content_masks.values())}
    sources = tuple(
        Source(
            files[path],
            style,
            content,
            files[style_masks[path]] if path in style_masks else None,
            files[content_masks[path]] if path in content_masks else None,
            path.name,
        )
        for path, style, content in zip(arguments.images, styles, contents, strict=True)
    )
    recipe = BlendRecipe(
        target=files[target],
        sources=sources,
        style_layers=_layers("--style-layers", arguments.style_layers),
        content_layers=_layers("--content-layers", arguments.content_layers),
        size=arguments.size,
        iterations=arguments.iterations,
        learning_rate=arguments.learning_rate,
        optimiser=Optimiser(arguments.optimiser),
        total_variation=arguments.smoothness,
        colour=Colour(arguments.colour),
        content_mode=ContentMode(arguments.content_mode),
        start=Start(arguments.start),
        seed=arguments.seed,
    )
    return recipe, {name: path for path, name in files.items()}


def _name_of(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        raise UsageError("cannot be read", where=path, fix="Give the path of a picture.") from None


def _weights(flag: str, text: str | None, default: list[float]) -> list[float]:
    if text is None:
        return default
    try:
        weights = [float(each) for each in text.split(",")]
    except ValueError:
        raise UsageError(f"{text!r} are no weights", where=flag, fix="Write them like 0.7,0.3.") from None
    if len(weights) != len(default):
        fix = f"Give one an image: {len(default)} with commas between."
        raise UsageError(f"has {len(weights)} weights", where=flag, fix=fix)
    return weights


def _masks(flag: str, pairs: list[str], images: list[Path]) -> dict[Path, Path]:
    masks = {}
    for pair in pairs:
        image, _, mask = pair.partition("=")
        if not mask or Path(image) not in images:
            raise UsageError(f"{pair!r} is no mask of an image", where=flag, fix="Write IMAGE=MASK, as given before.")
        masks[Path(image)] = Path(mask)
    return masks


def _layers(flag: str, text: str) -> dict[str, float]:
    found = {}
    for each in filter(None, text.split(",")):
        name, _, weight = each.partition("=")
        try:
            found[name] = float(weight or 1)
        except ValueError:
            raise UsageError(f"{each!r} is no layer's weight", where=flag, fix="Write relu1_1=0.5,relu3_1.") from None
    return found


def _read(recipe: BlendRecipe, files: dict[str, Path]) -> BlendInputs:
    from ops.blend.guide import BlendInputs
    from ops.blend.reading import decode_mask, decode_picture

    return BlendInputs(
        {name: decode_picture(files[name].read_bytes(), name=str(files[name])) for name in recipe.pictures},
        {name: decode_mask(files[name].read_bytes(), name=str(files[name])) for name in recipe.masks},
    )


def _rendered(recipe: BlendRecipe, inputs: BlendInputs, session, *, quiet: bool) -> RenderedBlend:
    import psutil

    from ops.blend.render import render_blend

    shown = [0.0]

    def watch(step: Step) -> None:
        now = time.monotonic()
        if not quiet and sys.stderr.isatty() and (now - shown[0] > _EVERY_S or step.done):
            shown[0] = now
            line = f"{step.size} px, step {step.iteration} of {step.iterations}, loss {step.loss:.3f}"
            print(f"\r{line:<60}", end="\n" if step.done else "", file=sys.stderr, flush=True)

    return render_blend(recipe, inputs, session, memory_bytes=int(psutil.virtual_memory().available * 0.5), watch=watch)


def _save(rendered: RenderedBlend, recipe: BlendRecipe, output: Path) -> None:
    from PIL import Image

    from ops.thumbnails.saving import DigitalSource, save_picture

    image = Image.fromarray(rendered.picture)
    try:
        if output.suffix.lower() in {".jpg", ".jpeg"}:
            save_picture(image, output, source=DigitalSource.COMPOSITE)
        else:
            image.save(output, lossless=True)  # of WebP; PNG is, and knows no such option
        _recipe_beside(output).write_text(json.dumps(recipe.to_json(), indent=2, ensure_ascii=False))
    except OSError as error:
        raise UsageError(f"cannot be written ({error.strerror})", where=output, fix="Give another --output.") from None
