"""WITH WHAT: settings, database, artifact store, models."""
