"""How MADLAD-400 names the languages of the house: "<2fr>", "<2zh_Hant>", "<2ace_Arab>".

Its tags are BCP 47's with an underscore, its own habits apart (Kudugunta et al., MADLAD-400, 2023, and the published
vocabulary). Whether a checkpoint has a tag is asked of its own vocabulary besides.
"""

from __future__ import annotations

from ops.languages.table import languages

__all__ = ["tag_of"]

_OWN = {
    "dik_Latn": "din",
    "fuv_Latn": "fuv",
    "nob_Latn": "no",
    "prs_Arab": "prs",
    "quy_Latn": "quy",
    "tgl_Latn": "fil",
    "zho_Hans": "zh",
}

_NONE = frozenset({
    # Arabic that it does not part from the standard, and Azerbaijani in Arabic script
    "acm_Arab", "acq_Arab", "aeb_Arab", "ajp_Arab", "apc_Arab", "ars_Arab", "azb_Arab",
    # written there in another script than here, or in one that nobody tells
    "sat_Beng", "mni_Beng", "tzm_Tfng",
    # Akan has one tag, Twi none of its own
    "twi_Latn",
})  # fmt: skip


def tag_of(code: str) -> str | None:
    """The tag that stands before a source to have it translated into a language; None where there is none."""
    if code in _NONE:
        return None
    name = _OWN.get(code) or languages()[code].bcp47.replace("-", "_")
    return f"<2{name}>"
