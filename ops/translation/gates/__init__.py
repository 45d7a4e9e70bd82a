"""Whether a translation is one, told without a reference: each gate looks for one way in which engines fail."""

from ops.translation.gates.judgement import GATES_VERSION, Fault, Judgement
from ops.translation.gates.judging import judged

__all__ = ["GATES_VERSION", "Fault", "Judgement", "judged"]
