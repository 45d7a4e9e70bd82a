"""Who speaks when: stretches of speech, sorted by whose voice they are."""
