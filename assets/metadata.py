"""What a person sees of an artifact in the Dagster UI: pictures and tables as Dagster metadata values.

The UI shows Markdown with inline pictures. Each rides in the event row of its run, so a picture is scaled down to
what a dialog shows; the full one stands in the store, at the path beside it.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from resources.store.model import Manifest

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["facts", "picture", "table"]

PICTURE_WIDTH = 900
"""Pixels: about the width of the UI's metadata dialog."""

TABLE_ROWS = 40
"""Rows shown of a table; a film has hundreds of shots, and the whole table stands in the store."""


def picture(image: bytes | Path, *, width: int = PICTURE_WIDTH) -> dg.MarkdownMetadataValue:
    """An image (bytes or file, any format Pillow reads) as an inline JPEG of at most `width` pixels."""
    from PIL import Image

    with Image.open(image if isinstance(image, Path) else io.BytesIO(image)) as opened:
        shown = opened.convert("RGB")
    shown.thumbnail((width, width * 4))
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=82, optimize=True)
    return dg.MetadataValue.md(f"![](data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()})")


def table(frame: pd.DataFrame) -> dg.MarkdownMetadataValue:
    """The first rows of a table, as Markdown."""
    shown = frame.head(TABLE_ROWS)
    lines = [" | ".join(map(str, shown.columns)), " | ".join("---" for _ in shown.columns)]
    lines += [" | ".join(map(_cell, row)) for row in shown.itertuples(index=False)]
    if len(frame) > len(shown):
        lines.append(f"… {len(frame) - len(shown)} more rows in the store")
    return dg.MetadataValue.md("\n".join(lines))


def _cell(value: object) -> str:
    """A value in one row of one column, whatever text it is."""
    told = f"{value:.3f}" if isinstance(value, float) else str(value)
    return told.replace("|", "\\|").replace("\n", " / ")


def facts(manifest: Manifest) -> Mapping[str, dg.MetadataValue]:
    """What every published artifact tells: version, engine, size and time."""
    return {
        "version": dg.MetadataValue.text(manifest.version),
        "engine": dg.MetadataValue.text(manifest.made_by.engine),
        "bytes": dg.MetadataValue.int(sum(file.size_bytes for file in manifest.files)),
        "seconds": dg.MetadataValue.float(float(manifest.cost["seconds"])),
        **{
            name: dg.MetadataValue.float(float(value))
            for name, value in manifest.quality.items()
            if isinstance(value, int | float)
        },
    }
