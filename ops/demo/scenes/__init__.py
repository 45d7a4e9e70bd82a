"""The demo film's scenes, one module each: `scene(size, seconds)` prepares a `Painter` for a shot of that length."""
