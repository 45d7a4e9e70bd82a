"""The difference between two samples, absolute or relative, with Welch's test and interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import stats

from ops.errors import UsageError

__all__ = ["Difference", "Sample", "absolute_difference", "relative_difference"]


@dataclass(frozen=True)
class Sample:
    """A sample by its moments.

    Attributes:
        mean: Its mean.
        variance: Variance of one observation.
        n: Observations.
    """

    mean: float
    variance: float
    n: int

    @classmethod
    def of_clicks(cls, clicks: int, shown: int) -> Sample:
        """The sample of a click rate."""
        if not 0 <= clicks <= shown or shown == 0:
            raise UsageError(f"{clicks} clicks of {shown} are no sample", fix="Show the arm first.")
        rate = clicks / shown
        return cls(rate, rate * (1 - rate), shown)

    @classmethod
    def of_sums(cls, n: int, total: float, squares: float) -> Sample:
        """The sample of n values, by their sum and their sum of squares."""
        if n < 2:
            raise UsageError(f"{n} values have no variance", fix="Gather two or more.")
        return cls(total / n, (squares - total**2 / n) / (n - 1), n)


@dataclass(frozen=True)
class Difference:
    """A difference of means, treatment minus control, or that difference as a share of the control's mean.

    Attributes:
        estimate: The difference.
        variance: Variance of the estimate.
        degrees: Welch and Satterthwaite's degrees of freedom.
    """

    estimate: float
    variance: float
    degrees: float

    def interval(self, alpha: float = 0.05) -> tuple[float, float]:
        """The interval that misses the truth with probability alpha, if it is looked at once."""
        half = float(stats.t.ppf(1 - alpha / 2, self.degrees)) * math.sqrt(self.variance)
        return self.estimate - half, self.estimate + half

    @property
    def p(self) -> float:
        """Two-sided p-value, if it is looked at once."""
        return float(2 * stats.t.sf(abs(self.estimate) / math.sqrt(self.variance), self.degrees))


def absolute_difference(control: Sample, treatment: Sample) -> Difference:
    """Treatment minus control.

    Raises:
        UsageError: If either sample does not vary, so that the test would be certain of anything.
    """
    each = [_of_mean(control), _of_mean(treatment)]
    return Difference(treatment.mean - control.mean, sum(each), _degrees(control, treatment))


def relative_difference(control: Sample, treatment: Sample) -> Difference:
    """Treatment minus control as a share of control, its variance by the delta method.

    Raises:
        UsageError: If the control's mean is not above 0, or either sample does not vary.
    """
    if control.mean <= 0:
        raise UsageError(
            f"the control's mean is {control.mean}: a relative difference has no meaning",
            fix="Wait for its first click.",
        )
    variance = _of_mean(treatment) / control.mean**2 + _of_mean(control) * treatment.mean**2 / control.mean**4
    return Difference(treatment.mean / control.mean - 1, variance, _degrees(control, treatment))


def _of_mean(sample: Sample) -> float:
    if sample.variance <= 0:
        raise UsageError(
            f"all {sample.n} observations of a sample are {sample.mean}: nothing tells how it varies",
            fix="Wait for more of them.",
        )
    return sample.variance / sample.n


def _degrees(control: Sample, treatment: Sample) -> float:
    a, b = _of_mean(control), _of_mean(treatment)
    return (a + b) ** 2 / (a**2 / (control.n - 1) + b**2 / (treatment.n - 1))
