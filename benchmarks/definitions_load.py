"""How long the house takes to load, beside what importing Dagster alone costs.

python -m benchmarks.definitions_load
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 5
TARGET_S = 3.0


def seconds(code: str) -> list[float]:
    """Wall seconds of a fresh interpreter that runs the code, run by run."""
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        taken.append(time.perf_counter() - start)
    return taken


def main() -> None:
    """Print both medians and the ratio."""
    dagster = statistics.median(seconds("import dagster"))
    house = statistics.median(seconds("from orchestration.build import build_defs; build_defs()"))
    print(f"import dagster           {dagster:6.2f} s")
    print(f"load all definitions     {house:6.2f} s   ({house / dagster:.2f} × the import; target < {TARGET_S} s)")


if __name__ == "__main__":
    main()
