"""What trailers cost and what they are worth, measured. Run: python -m benchmarks.trailers."""
