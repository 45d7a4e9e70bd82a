"""The studio's page as a hand and an eye have it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.serving.app_page import complaints_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

Point = tuple[float, float]

_PIXEL = """([x, y]) => {
  const canvas = document.getElementById("picture");
  const at = [Math.round(x * canvas.width / canvas.clientWidth), Math.round(y * canvas.height / canvas.clientHeight)];
  const one = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  one.drawImage(canvas, -at[0], -at[1]);
  return [...one.getImageData(0, 0, 1, 1).data].slice(0, 3);
}"""


class StudioPage:
    """Points are shares of the picture, which is 4:3 and fits the easel."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints = complaints_of(page)

    def open(self, *pictures: Path, at: str = "/studio/blend") -> None:
        self.page.goto(self.url + at if at.startswith("/") else at)
        if pictures:
            self.page.set_input_files("#files", list(pictures))
            self.page.locator(".source").nth(len(pictures) - 1).wait_for()
            self.finished()

    @property
    def shown(self) -> str:
        return self.page.get_attribute("#studio", "data-shown") or "0:"

    @property
    def edit(self) -> int:
        return int(self.shown.partition(":")[0])

    def finished(self, after: int = 0) -> None:
        """Wait for the last picture of an edit after this one."""
        self.until(lambda: self.edit > after and self.shown.endswith(":done"))

    def until(self, there: Callable[[], Any]) -> None:
        deadline = time.monotonic() + 20
        while not there():
            assert time.monotonic() < deadline, (self.shown, self.said)
            self.page.wait_for_timeout(20)

    @property
    def said(self) -> str:
        return self.page.inner_text("#said")

    def place(self, point: Point) -> Point:
        """A point of the picture, in the window."""
        box = self.page.locator("#picture").bounding_box()
        assert box is not None
        height = min(box["height"] - 24, (box["width"] - 24) * 0.75)
        width = height / 0.75
        left, top = box["x"] + (box["width"] - width) / 2, box["y"] + (box["height"] - height) / 2
        return left + point[0] * width, top + point[1] * height

    def colour(self, point: Point) -> tuple[int, ...]:
        """What the easel shows there, RGB."""
        box = self.page.locator("#picture").bounding_box()
        assert box is not None
        x, y = self.place(point)
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return tuple(self.page.evaluate(_PIXEL, [x - box["x"], y - box["y"]]))

    def stroke(self, points: Sequence[Point]) -> None:
        """A stroke of the mouse, which then leaves the picture: the brush's ring would be in it."""
        places = [self.place(point) for point in points]
        self.page.mouse.move(*places[0])
        self.page.mouse.down()
        for each in places[1:]:
            self.page.mouse.move(*each, steps=4)
        self.page.mouse.up()
        self.page.mouse.move(2, 2)

    def touch(self, *fingers: Sequence[Point]) -> None:
        """A stroke of one finger or more, each along its own points."""
        line = self.page.context.new_cdp_session(self.page)
        for step, places in enumerate(zip(*fingers, strict=True)):
            points = [dict(zip("xy", self.place(each), strict=True)) for each in places]
            kind = "touchMove" if step else "touchStart"
            line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        line.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def on_brush(self, name: str) -> None:
        self.page.get_by_label(f"Paint where {name} goes").click()
        self.page.select_option("#overlay", "none")

    def move(self, label: str, to: float) -> None:
        """A slider's move, as a hand's: it is let go at the end."""
        self.page.get_by_label(label, exact=True).evaluate(
            """(slider, to) => {
              slider.value = to;
              slider.dispatchEvent(new Event("input", { bubbles: true }));
              slider.dispatchEvent(new Event("change", { bubbles: true }));
            }""",
            to,
        )
