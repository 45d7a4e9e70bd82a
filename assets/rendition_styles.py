"""Which renditions a person means on the command line: a whole film is made for each, so they are named.

A pattern that matches the renditions of every style, such as "rendition/*", is narrowed by `--styles`; alone it is
refused with the list of styles, as nobody wants a film thirty times by a slip of the hand.
"""

from __future__ import annotations

from collections.abc import Sequence

from assets.families import ARTIFACTS
from ops.errors import UsageError
from ops.style.catalogue import house_styles

__all__ = ["in_styles", "styles_named"]

_ALL = "all"
_FAMILIES = ("rendition", "rendition_ladder")


def styles_named(told: str | None) -> tuple[str, ...]:
    """The ids of "noir,vintage_film"; of "all" every one of the house's.

    Raises:
        UsageError: The house has no such style, or none is named.
    """
    if told is None:
        return ()
    if told.strip() == _ALL:
        return tuple(house_styles())
    names = tuple(dict.fromkeys(name.strip() for name in told.split(",") if name.strip()))
    unknown = [name for name in names if name not in house_styles()]
    if unknown or not names:
        raise UsageError(
            f"there is no style {', '.join(map(repr, unknown))}" if unknown else "names no style",
            where="--styles",
            fix=f"There are {', '.join(house_styles())}. A style of your own is ordered: POST /v1/renditions.",
        )
    return names


def in_styles(wanted: Sequence[str], only: Sequence[str], styles: Sequence[str]) -> list[str]:
    """The wanted assets, renditions in these styles alone; where none is among them, they are added.

    Args:
        wanted: Assets by name.
        only: The patterns that they were chosen by.
        styles: Ids of styles; none leaves renditions that are named one by one.

    Raises:
        UsageError: No style is given, and a pattern means the renditions of several.
    """
    means = [asset for asset in wanted if asset in ARTIFACTS and asset.partition("/")[0] in _FAMILIES]
    if not styles:
        if len(means) > 1 and not set(means) <= set(only):
            raise UsageError(
                f"means {len(means)} renditions, each a whole film",
                where="--only",
                fix=f"Say which with --styles: {', '.join(house_styles())}, or all.",
            )
        return list(wanted)
    kept = [asset for asset in wanted if asset not in means or asset.partition("/")[2] in styles]
    return kept if means else [*kept, *(f"rendition/{style}" for style in styles)]
