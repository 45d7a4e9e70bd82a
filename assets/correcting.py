"""From people's words to new subtitles: what a correction touches is ordered, and nothing else.

A correction of a translation touches that language. One of what is spoken touches the transcript, and with it each
language that there is; of those only the sentence is translated again. So does a speaker's name.
"""

from __future__ import annotations

from datetime import datetime

from assets.planning import to_make
from assets.subtitle_languages import is_subtitles, spoken_in, subtitles_in
from resources.studio import Studio
from resources.subtitles.touched import touched_since

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
        rows = {row.key.asset: row for row in studio.ledger.rows(title)}
        of_the_source = bool(languages & {None, spoken_in(rows.get("transcript"))})
        touched = [subtitles_in(language) for language in languages if language]
        if of_the_source:
            touched = ["transcript", *filter(is_subtitles, rows)]
        stale = to_make(title, touched, studio)
        wishes[title] = [asset for asset in touched if asset in stale]
    wishes = {title: assets for title, assets in wishes.items() if assets}
    studio.orders.request_many(wishes, reason="a person corrected its words")
    return wishes
