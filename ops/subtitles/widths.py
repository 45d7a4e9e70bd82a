"""The lengths of all beginnings of a text at once, for those who try many places to cut it."""

from __future__ import annotations

import regex

from ops.subtitles.measure import length

__all__ = ["prefix_widths"]


def prefix_widths(text: str, *, wide: bool = False) -> list[float]:
    """`measure.length` of text[:n] for each n, without markup being looked for.

    Returns:
        len(text) + 1 numbers; within a cluster that of the whole cluster.
    """
    if text.isascii() and text.isprintable():
        step = 0.5 if wide else 1.0
        return [step * place for place in range(len(text) + 1)]
    found = [0.0]
    for cluster in regex.findall(r"\X", text):
        found += [found[-1] + float(length(cluster, wide=wide))] * len(cluster)
    return found
