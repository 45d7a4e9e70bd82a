"""Words in a trailer: cards of their own, and lines over the picture."""
