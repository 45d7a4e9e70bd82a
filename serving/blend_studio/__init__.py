"""The blend studio: a page on which still pictures are blended by feel, and the engine that keeps up with it."""
