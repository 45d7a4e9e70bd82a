"""What the experiments' machinery does on simulated viewers whose tastes are known."""
