const longestName = 40;

/** The candidate that differs least from what was typed, when it differs so little that it may have been meant. */
export function nearest(typed: string, candidates: readonly string[]): string | undefined {
  if (typed === '' || typed.length > longestName) return undefined;
  const ranked = candidates.map((candidate) => ({ candidate, distance: distanceOf(typed, candidate) })).sort((left, right) => left.distance - right.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= Math.ceil(typed.length / 3) ? best.candidate : undefined;
}

/** Characters to insert, remove or replace to make one text of the other. */
function distanceOf(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
