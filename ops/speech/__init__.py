"""Who speaks when: voice activity and speakers."""
