"""The artifact store: what was made of each title, published whole or not at all, in a folder or in S3."""
