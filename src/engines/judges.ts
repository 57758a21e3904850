import type { Judge, JudgeRecipe } from './engine.ts';
import { openYaraJudges } from './yara/judge.ts';

// Apart from `index.ts`, since an inspecting process starts in half the time without all that opens and compiles packs.

/** The judges that recipes describe, in their order; for inspecting processes. */
export function openJudges(recipes: readonly JudgeRecipe[]): readonly Judge[] {
  return openYaraJudges(recipes);
}
