/** The longest pattern that is allowed, in characters. */
export const longestGlob = 256;

/**
 * Whether a name fits a pattern: `*` stands for any characters but a slash, `**` for any at all, `?` for one that is no slash. Costs at most the product of both
 * lengths, whatever the pattern.
 */
export function matchesGlob(name: string, pattern: string): boolean {
  const steps = stepsOf(pattern.slice(0, longestGlob));
  // Places of the pattern that may be reached after what was read of the name.
  let reached = withoutStars(steps, new Set([0]));
  for (const character of name) {
    const next = new Set<number>();
    for (const place of reached) {
      const step = steps[place];
      if (step === undefined || !accepts(step, character)) continue;
      next.add(isStar(step) ? place : place + 1);
    }
    if (next.size === 0) return false;
    reached = withoutStars(steps, next);
  }
  return reached.has(steps.length);
}

function stepsOf(pattern: string): readonly string[] {
  return pattern.match(/\*{2,}|[^]/gu) ?? [];
}

function isStar(step: string): boolean {
  return step.startsWith('*');
}

function accepts(step: string, character: string): boolean {
  if (step.length > 1 && isStar(step)) return true;
  return step === '*' || step === '?' ? character !== '/' : step === character;
}

// A star may stand for nothing.
function withoutStars(steps: readonly string[], places: ReadonlySet<number>): ReadonlySet<number> {
  const all = new Set(places);
  for (const place of all) if (isStar(steps[place] ?? '')) all.add(place + 1);
  return all;
}
