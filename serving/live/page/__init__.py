"""The page on which a title is watched live, in a look that can be changed while it plays."""
