"""Still pictures blended from several: the style of some, the content of others, by weights and painted regions."""
