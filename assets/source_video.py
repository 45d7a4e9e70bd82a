"""The film itself: the gate that every master passes, and the facts that everything after it relies on."""

import json
from collections.abc import Iterator

import dagster as dg

from assets.artifact import Artifact, house_rules
from assets.checks.tables import run_checks
from assets.events import AssetEvent, asset_events
from assets.making import Made, making
from ops.errors import MediaError
from resources.studio import Studio

__all__ = ["SOURCE_FILE", "SOURCE_VIDEO", "make_source_video", "source_video"]

SOURCE_VIDEO = Artifact(
    "source_video",
    upstream=(),
    code_version="1",
    engine="pyav",
    group="source",
    kinds=frozenset({"video", "ffmpeg"}),
)

SOURCE_FILE = "source_video.json"


def make_source_video(title: str, studio: Studio) -> Iterator[Made]:
    """Probe and verify a title's master.

    The film stays where it was delivered; the artifact is what is known of it, with its hash.

    Raises:
        MediaError: If the film cannot be used; the title is then in quarantine, with the reason.
    """
    from ops.media.gate import require_film

    with making(title, SOURCE_VIDEO, studio) as work:
        film = work.film()
        try:
            info = require_film(film, progress=work.progress)
        except MediaError as refusal:
            studio.catalogue.quarantine(title, str(refusal))
            raise
        studio.catalogue.release(title)
        facts = {"sha256": studio.catalogue.master(title).sha256, **info.to_json()}
        staged = work.folder / SOURCE_FILE
        staged.write_text(json.dumps(facts, indent=1, sort_keys=True, ensure_ascii=False))
        yield work.publish(
            {staged.name: staged},
            checks=run_checks("source_video", info.table(), duration_s=info.duration_s),
            metadata={"facts": dg.MetadataValue.json(facts)},
            quality={"duration_s": info.duration_s},
        )


@dg.asset(**house_rules(SOURCE_VIDEO))
def source_video(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> Iterator[AssetEvent]:
    """The title's master, verified to the last frame: container, streams, exact rate, rotation, colour, sound.

    A file that is broken, cut short or no film at all sends its title to quarantine with the reason.
    """
    yield from asset_events(context, studio, make_source_video)
