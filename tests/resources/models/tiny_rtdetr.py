"""An RT-DETRv2 checkpoint of some ten thousand weights, in the very layout of the public ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["LABELS", "save_tiny_rtdetr"]

LABELS = {0: "Person", 1: "dog", 2: "kite"}


def save_tiny_rtdetr(folder: Path, *, version: int = 2, seed: int = 0) -> Path:
    """Random weights, with class scores spread wide enough that some detections are sure."""
    import torch
    from transformers import (
        RTDetrConfig,
        RTDetrForObjectDetection,
        RTDetrImageProcessorPil,
        RTDetrResNetConfig,
        RTDetrV2Config,
        RTDetrV2ForObjectDetection,
    )

    kind: Any
    config: Any
    kind, config = (
        (RTDetrV2ForObjectDetection, RTDetrV2Config) if version == 2 else (RTDetrForObjectDetection, RTDetrConfig)
    )
    torch.manual_seed(seed)
    model = kind(
        config(
            backbone_config=RTDetrResNetConfig(
                embedding_size=8,
                hidden_sizes=[8, 8, 16, 16],
                depths=[1, 1, 1, 1],
                layer_type="basic",
                out_features=["stage2", "stage3", "stage4"],  # pyright: ignore[reportCallIssue]
            ),
            encoder_hidden_dim=16,
            encoder_in_channels=[8, 16, 16],
            encoder_ffn_dim=16,
            encoder_attention_heads=2,
            d_model=16,
            num_queries=20,
            decoder_in_channels=[16, 16, 16],
            decoder_ffn_dim=16,
            decoder_layers=2,
            decoder_attention_heads=2,
            decoder_n_points=2,
            num_denoising=0,
            id2label=LABELS,
        )
    )
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "class_embed" in name:
                weight.normal_(0.0, 1.0)
            elif "bbox_embed" in name:
                weight.normal_(0.0, 0.3)
    model.save_pretrained(folder)
    RTDetrImageProcessorPil(size={"height": 96, "width": 96}).save_pretrained(folder)
    return folder
