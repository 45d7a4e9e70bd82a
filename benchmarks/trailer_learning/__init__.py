"""What viewers' leaving teaches, and how tests of cuts end, on simulated viewers whose tastes are known."""
