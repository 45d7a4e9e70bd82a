"""How much each piece of evidence speaks for speech, for music and for other sound.

A multinomial logistic regression, written by `benchmarks/sound_kinds.py --fit`, which names the recordings it
was fitted on; none of them is among those that the tests judge it by.
"""

from __future__ import annotations

__all__ = ["INTERCEPT", "WEIGHTS"]

INTERCEPT = (-0.1363, 0.3775, -0.2413)
"""Of speech, music and other sound."""

WEIGHTS = {
    "level_spread": (7.1661, 4.6834, -0.5377, -0.1331, 0.6708),
    "low_energy": (0.2529, 0.2141, 0.2366, 0.0080, -0.2446),
    "flatness": (-11.9980, 8.8812, 0.1561, 0.0684, -0.2244),
    "flatness_spread": (3.9140, 3.3528, -0.1591, -0.1288, 0.2879),
    "centroid_spread": (2.9651, 2.2088, 0.3879, -0.3153, -0.0726),
    "brightness_spread": (6.7760, 4.3242, -0.1681, 0.6140, -0.4459),
    "harmonicity": (0.5278, 0.2023, 0.2520, 0.3703, -0.6223),
    "harmonicity_spread": (0.1700, 0.0901, 0.8793, -0.1614, -0.7179),
    "glide": (0.1827, 0.1723, 1.1080, -0.3710, -0.7371),
    "steadiness": (0.1080, 0.1556, -0.7617, 0.8175, -0.0559),
    "steadiness_spread": (0.1070, 0.0491, 0.0855, -0.1117, 0.0261),
    "flux": (0.5859, 0.3719, 1.1158, -0.2309, -0.8848),
    "flux_spread": (1.0352, 0.8241, -1.7800, 0.7607, 1.0193),
    "flux_peakedness": (2.1759, 1.2343, 0.3636, 0.1404, -0.5040),
    "syllables": (0.3405, 0.1683, 0.4922, -0.0874, -0.4048),
    "roughness": (0.1405, 0.1338, -1.1603, 0.1518, 1.0085),
    "modulation": (2.2276, 1.2605, 1.1328, -0.1987, -0.9341),
    "pulse": (0.1017, 0.1154, -0.2402, 0.8645, -0.6242),
}
"""By name of the evidence: its mean, its scale, then its weight for speech, for music and for other sound."""
