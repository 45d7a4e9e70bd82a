"""WHO meets it: the pages and interfaces that people use."""
