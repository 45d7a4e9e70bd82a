"""What viewers of trailers did, and what that teaches the editor."""
