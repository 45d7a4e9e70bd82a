"""The style worker: one process that decodes, styles and encodes, behind a small API."""
