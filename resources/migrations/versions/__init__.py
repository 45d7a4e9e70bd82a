"""The steps: NNNN_what.py, the number being the revision. Plain SQL; a step that shipped is never edited."""
