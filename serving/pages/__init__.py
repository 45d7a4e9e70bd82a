"""The pages that people use: titles, experiments, reviews."""
