"""The fixtures of the asset tests."""

from tests.support.house import house, instance, studio

__all__ = ["house", "instance", "studio"]
