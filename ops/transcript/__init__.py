"""From sound to words: recognition, forced alignment, and what guards against what was never said."""
