"""Live delivery: films styled while they are watched, by a pool of workers, for HLS and progressive players."""
