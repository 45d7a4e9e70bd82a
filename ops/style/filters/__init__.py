"""Paints that need no network: cartoon, oil paint, watercolour, pencil."""
