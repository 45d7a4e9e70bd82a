"""What subtitles cost, how well their cues keep to the rules, and what is gained over cutting at full lines."""
