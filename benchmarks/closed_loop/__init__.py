"""The loop closed: thumbnails are made, tested by simulated viewers, promoted, worn out, and made again better."""
