"""Which language is spoken in a film, where somebody declared it."""

from __future__ import annotations

from ops.languages.table import language as known
from resources.database import Database
from resources.ledger import outdate
from resources.store.model import ArtifactKey

__all__ = ["declare_language"]


def declare_language(database: Database, title: str, language: str) -> bool:
    """Note which language is spoken; what was heard in another is stale in the same transaction.

    Args:
        database: The house's.
        title: The title's id.
        language: A code of `ops.languages`.

    Returns:
        Whether it is another than was declared.

    Raises:
        UsageError: There is no such language.
    """
    code = known(language).code
    with database.connection() as connection:
        changed = connection.execute(
            "UPDATE titles SET language = %s WHERE id = %s AND language IS DISTINCT FROM %s", [code, title, code]
        ).rowcount
        if changed:
            outdate(connection, ArtifactKey(title, "transcript"), f"its language is declared: {code}")
    return changed > 0
