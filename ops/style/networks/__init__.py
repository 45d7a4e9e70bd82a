"""Styles as feed-forward networks: the house's own, trained here from pictures painted here, and what a user trains."""
