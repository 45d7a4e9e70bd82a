"""What two seconds of sound are like: the evidence on which it is called speech, music or something else.

Each is a known cue and says something that a person can check: syllables come four times a second, voices
glide and music holds its notes, a tune has a pulse, rain is even. All are independent of level and, as far as
they can be, of bandwidth.
"""

from __future__ import annotations

import numpy as np

from ops.audio.moving import moving_mean, moving_spread
from ops.audio.onsets import onset_envelope
from ops.audio.pulse import pulse_strength
from ops.audio.spectrum import FRAMES_PER_S
from ops.audio.traits import BANDS, FrameTraits

__all__ = ["EVIDENCE", "STEP", "WINDOW", "gather_evidence"]

STEP = int(0.2 * FRAMES_PER_S)
"""Frames from one judgement to the next."""

WINDOW = int(2 * FRAMES_PER_S)
"""Frames that a judgement is about."""

EVIDENCE = (
    "level_spread",
    "low_energy",
    "flatness",
    "flatness_spread",
    "centroid_spread",
    "brightness_spread",
    "harmonicity",
    "harmonicity_spread",
    "glide",
    "steadiness",
    "steadiness_spread",
    "flux",
    "flux_spread",
    "flux_peakedness",
    "syllables",
    "roughness",
    "modulation",
    "pulse",
)
"""Names of the columns, each explained in `gather_evidence`."""


def gather_evidence(traits: FrameTraits, sounding: np.ndarray) -> np.ndarray:
    """Evidence every `STEP` frames, about the `WINDOW` frames around.

    Args:
        traits: Of T frames, taken at `traits.REFERENCE_LUFS`.
        sounding: (T,) bool; frames of silence are not looked at.

    Returns:
        (T / STEP rounded up, 18) float64, columns as in `EVIDENCE`.
    """
    heard = sounding.astype(np.float64)
    level = np.clip(traits.level, -60, None).astype(np.float64)
    power = 10 ** (level / 20)

    def mean(values: np.ndarray) -> np.ndarray:
        return moving_mean(values, WINDOW, heard)[::STEP]

    def spread(values: np.ndarray) -> np.ndarray:
        return moving_spread(values, WINDOW, heard)[::STEP]

    voiced = traits.harmonicity > 0.6
    step = np.abs(np.diff(traits.pitch, prepend=traits.pitch[:1]))
    # a quarter to some two semitones from frame to frame: speech; less is a held note, more is another note
    glides = voiced & (step > 0.004) & (step < 0.12)
    square, fourth = mean(traits.flux**2.0), mean(traits.flux**4.0)
    modulation = _modulation(traits.bands, heard)
    columns = {
        "level_spread": spread(level),
        # share of frames below half the mean level (Saunders 1996; Scheirer and Slaney 1997)
        "low_energy": mean((power < 0.5 * moving_mean(power, WINDOW, heard)).astype(np.float64)),
        "flatness": mean(traits.flatness),
        "flatness_spread": spread(traits.flatness),
        # voiced and unvoiced sounds take turns (Saunders 1996, there by zero crossings)
        "centroid_spread": spread(traits.centroid),
        "brightness_spread": spread(np.clip(traits.brightness, -60, 40)),
        "harmonicity": mean(traits.harmonicity),
        "harmonicity_spread": spread(traits.harmonicity),
        "glide": mean(glides.astype(np.float64)),
        # held partials (after Seyerlehner et al. 2007, "continuous frequency activation")
        "steadiness": mean(traits.steadiness),
        "steadiness_spread": spread(traits.steadiness),
        "flux": mean(traits.flux),
        "flux_spread": spread(traits.flux),
        "flux_peakedness": np.log(fourth / (square**2 + 1e-6) + 1e-3),
        # modulation at the rate of syllables, 2.5 to 7 Hz, and of beating and rolls, 8 to 20 Hz, as shares;
        # and how deep it is in all (Houtgast and Steeneken 1985; Scheirer and Slaney 1997)
        "syllables": modulation[:, 0],
        "roughness": modulation[:, 1],
        "modulation": modulation[:, 2],
        "pulse": pulse_strength(onset_envelope(traits.flux))[::STEP],
    }
    return np.stack([columns[name] for name in EVIDENCE], axis=1)


_BATCH = 512
"""Windows transformed together: 7 MB."""


def _modulation(bands: np.ndarray, heard: np.ndarray) -> np.ndarray:
    """(T, 9) band levels to (windows, 3): shares of 2.5 to 7 and of 8 to 20 Hz, depth in dB."""
    centres = np.arange(0, len(bands), STEP)
    padded = np.pad(bands, ((WINDOW // 2, WINDOW), (0, 0)), mode="edge")
    weight = np.pad(heard, (WINDOW // 2, WINDOW))
    hertz = np.fft.rfftfreq(WINDOW, 1 / FRAMES_PER_S)
    total = (hertz >= 0.5) & (hertz <= 20)
    syllables, rough = (hertz >= 2.5) & (hertz <= 7), (hertz >= 8) & (hertz <= 20)
    taper = np.hanning(WINDOW + 2)[1:-1]
    found = np.empty((len(centres), 3))
    for first in range(0, len(centres), _BATCH):
        at = centres[first : first + _BATCH, None] + np.arange(WINDOW)
        levels, there = padded[at].astype(np.float64), weight[at][..., None]
        mean = (levels * there).sum(1, keepdims=True) / np.maximum(there.sum(1, keepdims=True), 1)
        power = np.abs(np.fft.rfft((levels - mean) * there * taper[:, None], axis=1)) ** 2
        power = power.sum(axis=2)
        whole = power[:, total].sum(axis=1)
        batch = found[first : first + _BATCH]
        batch[:, 0] = power[:, syllables].sum(axis=1) / (whole + 1e-6)
        batch[:, 1] = power[:, rough].sum(axis=1) / (whole + 1e-6)
        batch[:, 2] = np.sqrt(whole / BANDS) / WINDOW
    return found
