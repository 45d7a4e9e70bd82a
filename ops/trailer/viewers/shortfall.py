"""Whether a trailer is completed less often than was hoped for: evidence that holds however often it is looked at.

Viewings come in by the minute and a sensor looks at each handful. The posterior probability alone would call one in
three trailers that are just good enough too bad some day. So it is asked together with an e-value: the likelihood of
the viewings averaged over all rates below the target, against that of the target itself. Where the true rate is the
target or above, it ever exceeds 1/alpha with probability alpha at most (Ville).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ops.errors import UsageError

__all__ = ["Shortfall", "shortfall"]

_ALPHA = 0.05
"""How often a trailer that is good enough may ever be called too bad."""


@dataclass(frozen=True)
class Shortfall:
    """What viewings say about a rate and its target.

    Attributes:
        p_below: Posterior probability that the rate is below the target, every rate being as likely before.
        evidence: The e-value against the rate being the target or above.
    """

    p_below: float
    evidence: float

    @property
    def proven(self) -> bool:
        """Whether a new cut should be made."""
        return self.p_below >= 1 - _ALPHA and self.evidence >= 1 / _ALPHA


def shortfall(completed: int, viewings: int, target: float) -> Shortfall:
    """Weigh completions against a target.

    Args:
        completed: Of the viewings.
        viewings: How many, one a viewer.
        target: The rate hoped for, between 0 and 1.

    Raises:
        UsageError: The numbers cannot be.
    """
    if not (0 <= completed <= viewings and 0 < target < 1):
        raise UsageError(
            f"{completed} completions of {viewings} viewings cannot be held against a target of {target}",
            where="the shortfall",
            fix="Count every completion as a viewing; the target lies between 0 and 1.",
        )
    from scipy import special

    left = viewings - completed
    p_below = float(special.betainc(completed + 1, left + 1, target))
    log_mass = float(special.betaln(completed + 1, left + 1)) + (math.log(p_below) if p_below > 0 else -math.inf)
    log_evidence = log_mass - (completed + 1) * math.log(target) - left * math.log1p(-target)
    return Shortfall(p_below, math.exp(min(log_evidence, 700.0)))
