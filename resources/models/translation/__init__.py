"""Engines that translate sentences; see `ops.translation.translator`."""
