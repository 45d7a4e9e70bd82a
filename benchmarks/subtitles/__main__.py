"""Print the subtitle benchmarks.

python -m benchmarks.subtitles                                   all of them
python -m benchmarks.subtitles stages --seconds 600              cost by stage, of ten minutes of speech and of twenty
python -m benchmarks.subtitles quality                           rules kept, published cues, and cutting at full lines
python -m benchmarks.subtitles languages --languages 202         one run for all, and runs of one language each
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from benchmarks.subtitles.languages import tell_languages
from benchmarks.subtitles.quality import all_streams, tell_conformance, tell_references, tell_segmentation
from benchmarks.subtitles.stages import tell_stages

_DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
_PARTS = ("stages", "quality", "languages")


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.subtitles",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(_PARTS))
    parser.add_argument("--seconds", type=float, default=300.0, help="of speech; twice that is measured too")
    parser.add_argument("--film-seconds", type=float, default=60.0, help="of the film that is put into languages")
    parser.add_argument("--languages", type=int, default=202)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("SHOWRUNNER_TEST_DATA", _DATA)))
    chosen = parser.parse_args()
    parts = chosen.parts or _PARTS
    if unknown := set(parts) - set(_PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}: there are {', '.join(_PARTS)}")
    print("load averages:", ", ".join(f"{each:.1f}" for each in os.getloadavg()), "on", os.cpu_count(), "cores")
    if "stages" in parts:
        tell_stages(chosen.data, chosen.seconds)
    if "quality" in parts:
        streams = all_streams(chosen.data)
        tell_conformance(streams)
        tell_references(streams)
        tell_segmentation(streams)
    if "languages" in parts:
        with tempfile.TemporaryDirectory() as folder:
            tell_languages(chosen.data, Path(folder), seconds=chosen.film_seconds, count=chosen.languages)
    print("load averages:", ", ".join(f"{each:.1f}" for each in os.getloadavg()))


if __name__ == "__main__":
    main()
