"""The published and computed cases that the formulas are held against."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def cases(data: Path) -> dict[str, Any]:
    read = json.loads((data / "tables" / "ab_cases.json").read_text())["cases"]
    return {case["id"]: case for case in read}
