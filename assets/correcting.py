"""From people's words to new subtitles: what a correction touches is ordered, and nothing else.

Whoever keeps a person's word, or takes it back, writes its order with it (`resources.subtitles.touched`). What is found
here beside is what an order could not see: a run had been dealt out already, and began before the word was kept.
"""

from __future__ import annotations

from datetime import datetime

from assets.planning import to_make
from assets.subtitle_languages import spoken_in
from resources.store.model import ArtifactKey
from resources.studio import Studio
from resources.subtitles.touched import touched_assets, touched_since

__all__ = ["order_corrected"]


def order_corrected(studio: Studio, *, since: datetime | None = None) -> dict[str, list[str]]:
    """Order what people's corrections and names have touched since; asking twice orders once.

    Args:
        studio: The house's.
        since: Only words that came in after it; None for all.

    Returns:
        What was ordered, by title.
    """
    wishes: dict[str, list[str]] = {}
    for title, languages in touched_since(studio.database, since).items():
        spoken = spoken_in(studio.ledger.row(ArtifactKey(title, "transcript")))
        with studio.database.connection() as connection:
            touched = touched_assets(connection, title, languages, spoken=spoken)
        stale = to_make(title, touched, studio)
        wishes[title] = [asset for asset in touched if asset in stale]
    wishes = {title: assets for title, assets in wishes.items() if assets}
    studio.orders.request_many(wishes, reason="a person corrected its words")
    return wishes
