import type { Judge, JudgeRecipe } from './engine.ts';
import { openYaraJudge } from './yara/judge.ts';

// Apart from `index.ts`, since an inspecting process starts in half the time without all that opens and compiles packs.

/** The judge a recipe describes; for inspecting processes. */
export function openJudge(recipe: JudgeRecipe): Judge {
  return openers[recipe.engine](recipe);
}

const openers = { yara: openYaraJudge } as const satisfies Record<JudgeRecipe['engine'], (recipe: never) => Judge>;
