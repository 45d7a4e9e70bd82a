"""Where the eye goes first: saliency without a trained model.

Spectral residual (Hou and Zhang, CVPR 2007) tells what departs from the picture's own statistics; colour contrast in
Lab (Achanta et al., CVPR 2009) tells what departs in colour. A slight pull to the middle reflects how pictures are
framed and looked at (Tatler, Journal of Vision 2007).
"""

from __future__ import annotations

import cv2
import numpy as np

__all__ = ["WORKING_WIDTH", "saliency"]

WORKING_WIDTH = 64
"""Spectral residual is defined at about this width; at larger ones it answers to texture."""

_SIGMA = 2.5
_CENTRE_PULL = 0.35
"""How much the middle is favoured: 0 leaves the map as it is, 1 leaves the corners nothing."""


def saliency(rgb: np.ndarray) -> np.ndarray:
    """The saliency of every place of a picture.

    Args:
        rgb: (H, W, 3) uint8 RGB.

    Returns:
        (h, 64) float32, 0 to 1, in the picture's proportions; all equal for a blank picture.
    """
    height, width = rgb.shape[:2]
    small_height = max(8, round(WORKING_WIDTH * height / width))
    small = cv2.resize(rgb, (WORKING_WIDTH, small_height), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    found = 0.5 * _unit(_spectral_residual(lab[..., 0])) + 0.5 * _unit(_colour_contrast(lab))
    return _unit(found * _middle(small_height)).astype(np.float32)


def _spectral_residual(luma: np.ndarray) -> np.ndarray:
    spectrum = np.fft.fft2(luma)
    log_amplitude = np.log(np.abs(spectrum) + 1e-6)
    residual = log_amplitude - cv2.blur(log_amplitude, (3, 3))
    back = np.fft.ifft2(np.exp(residual + 1j * np.angle(spectrum)))
    return cv2.GaussianBlur(np.abs(back) ** 2, (0, 0), _SIGMA)


def _colour_contrast(lab: np.ndarray) -> np.ndarray:
    smooth = cv2.GaussianBlur(lab, (0, 0), 1.0)
    apart = np.linalg.norm(smooth - lab.reshape(-1, 3).mean(axis=0), axis=2)
    return cv2.GaussianBlur(apart, (0, 0), _SIGMA)


def _middle(height: int) -> np.ndarray:
    y = np.linspace(-1, 1, height)[:, None]
    x = np.linspace(-1, 1, WORKING_WIDTH)[None, :]
    return 1.0 - _CENTRE_PULL * np.clip(x**2 + y**2, 0, 1)


def _unit(values: np.ndarray) -> np.ndarray:
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high - low > 1e-9 else np.full_like(values, 0.5)
