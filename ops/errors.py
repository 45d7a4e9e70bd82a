"""The errors that a user can cause or meet, each saying what is wrong, where, and what to do.

One small tree. A caller that wants "anything Showrunner knows how to explain" catches `ShowrunnerError`;
whatever else escapes is a defect and keeps its traceback.
"""

from __future__ import annotations

__all__ = ["MediaError", "ModelUnavailable", "SettingsError", "ShowrunnerError", "StoreError", "UsageError"]


class ShowrunnerError(Exception):
    """What went wrong, where, and how to mend it.

    Args:
        what: The fault, as a sentence without its subject's path, for example "the file is empty".
        where: The file, title, setting or address it concerns.
        fix: What the reader can do about it.
    """

    def __init__(self, what: str, *, where: object = "", fix: str = "") -> None:
        self.what = what
        self.where = str(where)
        self.fix = fix
        super().__init__(what, self.where, fix)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f" {self.fix}" if self.fix else ""
        return f"{place}{self.what.rstrip('.')}.{remedy}"

    def __reduce__(self):  # keyword-only arguments do not survive the default pickling
        return _rebuild, (type(self), self.what, self.where, self.fix)


def _rebuild(kind: type[ShowrunnerError], what: str, where: str, fix: str) -> ShowrunnerError:
    return kind(what, where=where, fix=fix)


class MediaError(ShowrunnerError):
    """A file that is not the media it should be: not a video, cut short, empty, hostile, oversized."""


class ModelUnavailable(ShowrunnerError):
    """A model that a setting asks for and that is not here; names the setting and the command that fixes it."""


class SettingsError(ShowrunnerError):
    """A setting that cannot be used."""


class StoreError(ShowrunnerError):
    """An artifact or a store that is missing, damaged or out of reach."""


class UsageError(ShowrunnerError):
    """A command that was called with unusable arguments."""
