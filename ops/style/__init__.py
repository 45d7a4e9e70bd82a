"""Styles: what a film looks like to a viewer, as data, and the code that the data names."""
