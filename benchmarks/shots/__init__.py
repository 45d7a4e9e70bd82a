"""How well and how fast shots are found, beside PySceneDetect. Run: python -m benchmarks.shots."""
