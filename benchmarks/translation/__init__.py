"""What it costs to translate into every language. Run: python -m benchmarks.translation."""
