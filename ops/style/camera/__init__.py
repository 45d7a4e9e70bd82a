"""Camera moves that were not made on the day, made within the picture that was."""
