"""One rule of cultural adaptation a module; `ops.translation.adapt` puts them in their order."""
