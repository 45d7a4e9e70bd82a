"""From one language to others: sentences, terms, quality, and the way back to cues."""
