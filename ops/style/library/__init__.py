"""The styles that ship with the house: a page of data and a picture each."""
