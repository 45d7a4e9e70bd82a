"""The editor: which moments of a film, for how long, in what order, with which lines and joins."""
