"""How fast speech becomes words. Run: python -m benchmarks.speech."""
