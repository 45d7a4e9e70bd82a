"""The shot timeline: every shot in its mean colours, transitions marked, motion below, seconds along the foot."""

from __future__ import annotations

import io

import numpy as np

from ops.shots.model import ShotList, Transition
from ops.shots.signals import FrameSignals

__all__ = ["draw_timeline"]

_WIDTH, _HEIGHT = 1200, 190
_LEFT, _RIGHT, _TOP = 16, 16, 34
_BAR, _MOTION = 84, 34
_GROUND, _INK, _FAINT, _CUT, _SOFT = (20, 22, 29), (232, 234, 240), (120, 126, 146), (255, 255, 255), (242, 165, 65)
_STEPS_S = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_MOST_TICKS = 14


def draw_timeline(shots: ShotList, signals: FrameSignals) -> bytes:
    """Draw the timeline of a film.

    Args:
        shots: Its shots.
        signals: What its frames look like.

    Returns:
        A PNG, 1200 pixels wide; the same film gives the same bytes.
    """
    from PIL import Image, ImageDraw, ImageFont

    canvas = Image.new("RGB", (_WIDTH, _HEIGHT), _GROUND)
    draw = ImageDraw.Draw(canvas)
    small, label = ImageFont.load_default(size=11), ImageFont.load_default(size=14)
    start, end = shots.start_s(shots.shots[0]), shots.end_s(shots.shots[-1])
    across = _WIDTH - _LEFT - _RIGHT

    def place(seconds: float) -> float:
        return _LEFT + across * (seconds - start) / max(end - start, 1e-6)

    frame_of = np.clip(np.searchsorted(signals.time_s, np.linspace(start, end, across), "right") - 1, 0, None)
    canvas.paste(Image.fromarray(signals.colour[frame_of][None]).resize((across, _BAR)), (_LEFT, _TOP))
    loudest = max(float(np.percentile(signals.motion, 99)), 1e-6)
    heights = np.clip(signals.motion[frame_of] / loudest, 0, 1) * _MOTION
    foot = _TOP + _BAR + 4 + _MOTION
    for column, height in enumerate(heights):
        draw.line([(_LEFT + column, foot - float(height)), (_LEFT + column, foot)], fill=_FAINT)
    for shot in shots.shots:
        left = place(shots.start_s(shot))
        if shot.transition_in in (Transition.DISSOLVE, Transition.FADE) and shot.transition_start is not None:
            span = [place(float(signals.time_s[shot.transition_start])), left]
            if shot.transition_end is not None:
                span.append(place(float(signals.time_s[min(shot.transition_end, len(signals) - 1)])))
            draw.rectangle([min(span), _TOP - 5, max(span), _TOP - 2], fill=_SOFT)
        if shot.transition_in is not Transition.START:
            draw.line([(left, _TOP), (left, _TOP + _BAR)], fill=_CUT if shot.transition_in is Transition.CUT else _SOFT)
        if place(shots.end_s(shot)) - left > 18:
            draw.text((left + 4, _TOP + 3), str(shot.index), fill=_INK, font=small, stroke_width=2, stroke_fill=_GROUND)
    step = next((each for each in _STEPS_S if (end - start) / each <= _MOST_TICKS), _STEPS_S[-1])
    for tick in np.arange(0, end - start + 1e-6, step):
        told = f"{int(tick) // 60}:{tick % 60:04.1f}" if step < 1 else f"{int(tick) // 60}:{int(tick) % 60:02d}"
        draw.text((place(start + float(tick)), foot + 5), told, fill=_FAINT, font=small, anchor="ma")
    kinds = [str(shot.transition_in) for shot in shots.shots[1:]]
    told = ", ".join(f"{kinds.count(kind)} by {kind}" for kind in dict.fromkeys(kinds)) or "no change of shot"
    draw.text((_LEFT, 8), f"{len(shots.shots)} shots: {told}", fill=_INK, font=label)
    out = io.BytesIO()
    canvas.save(out, "PNG", optimize=True)
    return out.getvalue()
