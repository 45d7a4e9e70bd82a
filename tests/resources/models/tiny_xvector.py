"""X-vector checkpoints of a few thousand weights, in the very layout of the public ones."""

from __future__ import annotations

from pathlib import Path

__all__ = ["DIMENSIONS", "KINDS", "save_tiny_xvector"]

DIMENSIONS = 12
KINDS = ("wavlm", "unispeech-sat", "wav2vec2")


def save_tiny_xvector(folder: Path, kind: str = "wavlm", *, rate: int = 16_000, seed: int = 0) -> Path:
    """Random weights of one of `KINDS`."""
    import torch
    import transformers

    name = {"wavlm": "WavLM", "unispeech-sat": "UniSpeechSat", "wav2vec2": "Wav2Vec2"}[kind]
    torch.manual_seed(seed)
    config = getattr(transformers, f"{name}Config")(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, conv_dim=(8, 8),
        conv_stride=(10, 8), conv_kernel=(10, 8), num_conv_pos_embeddings=8, num_conv_pos_embedding_groups=2,
        tdnn_dim=(16, 16, 24), tdnn_kernel=(5, 3, 1), tdnn_dilation=(1, 2, 1), xvector_output_dim=DIMENSIONS,
    )  # fmt: skip
    getattr(transformers, f"{name}ForXVector")(config).save_pretrained(folder)
    transformers.Wav2Vec2FeatureExtractor(sampling_rate=rate, do_normalize=True).save_pretrained(folder)
    return folder
