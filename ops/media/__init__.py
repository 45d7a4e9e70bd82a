"""Reading and writing media files: PyAV inside the process, the FFmpeg binary beside it."""
