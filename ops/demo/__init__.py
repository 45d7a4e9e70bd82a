"""The demo film: a short that the project paints, scores and speaks itself, with the truth about it beside it."""
