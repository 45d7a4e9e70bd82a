"""Print the speech benchmarks.

python -m benchmarks.speech dtw                                             against transformers' own (a minute)
python -m benchmarks.speech whisper --size tiny --minutes 2                 on a CPU
python -m benchmarks.speech whisper --weights random --size large-v3        an hour of sound, for a GPU
python -m benchmarks.speech whisper --weights /models/whisper-large-v3
"""

from __future__ import annotations

import argparse

from benchmarks.speech.dtw import tell_dtw
from benchmarks.speech.whisper import SIZES, tell_whisper


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speech", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parts = parser.add_subparsers(dest="part", required=True)
    dtw = parts.add_parser("dtw")
    dtw.add_argument("--turns", type=int, default=3)
    whisper = parts.add_parser("whisper")
    whisper.add_argument("--weights", default="random", help="random, or a folder")
    whisper.add_argument("--size", choices=SIZES, default="large-v3", help="of random weights")
    whisper.add_argument("--minutes", type=float, default=60.0)
    whisper.add_argument("--batch", type=int, default=16)
    whisper.add_argument("--tokens", type=int, default=100, help="of a window's text, where weights are random")
    whisper.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda"])
    whisper.add_argument("--peers", action="store_true", help="time transformers' own generate on one batch as well")
    chosen = parser.parse_args()
    if chosen.part == "dtw":
        tell_dtw(chosen.turns)
    else:
        tell_whisper(
            weights=chosen.weights,
            size=chosen.size,
            minutes=chosen.minutes,
            batch=chosen.batch,
            tokens=chosen.tokens,
            device=chosen.device,
            peers=chosen.peers,
        )


if __name__ == "__main__":
    main()
