"""The schema's history: one file a step in versions/, applied in order by upgrade.py."""
