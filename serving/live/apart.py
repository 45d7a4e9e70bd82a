"""A look whose parts no single worker makes, taken apart by kind: who makes which, and how much of the whole it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ops.errors import ModelUnavailable
from ops.style.model import Family, Look, Part, Style, look_of
from serving.live.pool import Workers

__all__ = ["apart"]


def apart(
    look: Look, library: Mapping[str, Style], workers: Workers
) -> tuple[dict[str, Any], list[dict[str, Any]], frozenset[Family]]:
    """Share a look out between workers.

    Returns:
        The part of the worker that also reads and encodes the film (the lightest kind there is in the look: it has the
        time), the parts of its helpers with their weights, and the kind of the first.

    Raises:
        ModelUnavailable: Nobody makes one of its kinds.
    """
    groups: dict[Family, list[Part]] = {}
    for part in look.parts:
        groups.setdefault(library[part.recipe.style].family, []).append(part)
    home, *others = sorted(groups, key=_ORDER.index)
    helpers = []
    for family in others:
        address = workers.address(family)
        if address is None:
            raise ModelUnavailable(f"no worker makes {family}", where="SHOWRUNNER_LIVE_WORKERS_AT", fix="Name one.")
        parts = groups[family]
        told = _alone(parts, library).to_json()
        helpers.append({"address": address, "weight": sum(part.weight for part in parts), "look": told})
    return _alone(groups[home], library).to_json(), helpers, frozenset({home})


_ORDER = (Family.GRADE, Family.OVERLAY, Family.CAMERA, Family.FILTER, Family.NEURAL)


def _alone(parts: list[Part], library: Mapping[str, Style]) -> Look:
    return look_of([(part.recipe, part.weight) for part in parts], library)
