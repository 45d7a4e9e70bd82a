"""What falls between the lens and the world: rain, snow, dust on film, light that leaks into the camera."""
