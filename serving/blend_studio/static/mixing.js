// Weights that stay balanced: moving one takes from, or gives to, those that are not locked, in their proportions.

const DIGITS = 4;
const rounded = (value) => Number(value.toFixed(DIGITS));

/** The weights after `weights[moved]` was set to `wanted`, all adding up to 1 as far as the locks allow.
 *  Where nobody else may move, the moved one stays where the others leave it. */
export function balanced(weights, locks, moved, wanted) {
  const others = weights.map((_, index) => index).filter((index) => index !== moved && !locks[index]);
  const held = weights.reduce((sum, weight, index) => sum + (index !== moved && locks[index] ? weight : 0), 0);
  const room = Math.max(0, 1 - held);
  if (!others.length) return weights.map((weight, index) => (index === moved ? rounded(weights.length === 1 ? wanted : room) : weight));
  const own = Math.min(Math.max(wanted, 0), room);
  const had = others.reduce((sum, index) => sum + weights[index], 0);
  return weights.map((weight, index) => {
    if (index === moved) return rounded(own);
    if (!others.includes(index)) return weight;
    return rounded((room - own) * (had > 0 ? weight / had : 1 / others.length));
  });
}

/** The weights without one of them: what it had goes to the others. */
export function without(weights, gone) {
  const left = weights.filter((_, index) => index !== gone);
  const sum = left.reduce((total, weight) => total + weight, 0);
  return sum > 0 ? left.map((weight) => rounded(weight / sum)) : left;
}
