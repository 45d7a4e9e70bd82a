"""Progress bars on the terminal, one a running asset; nothing where stderr is not a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from resources.studio import Watch

__all__ = ["progress_display"]


@contextmanager
def progress_display() -> Iterator[Watch]:
    """Shows on stderr, so that stdout stays free for results; yields what to tell the progress to."""
    console = Console(stderr=True)
    bars = Progress(
        TextColumn("[bold]{task.description:<24}"),
        BarColumn(bar_width=32),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    tasks: dict[str, TaskID] = {}

    def watch(asset: str, fraction: float) -> None:
        if asset not in tasks:
            tasks[asset] = bars.add_task(asset, total=1.0)
        bars.update(tasks[asset], completed=fraction)

    with bars:
        yield watch
