"""The music of a trailer: the film's own, a supplied track, or a piece of our own making."""
