"""Languages as data: what each is called, how it is written, and how models and players name it."""
