import type { Refusal } from './refusal.ts';
import { isRefusal } from './refusal.ts';

/** One step of a request: takes what the steps before it found out, gives that and its own part, or refuses. */
export type Step<In, Out> = (value: In) => Out | Refusal | Promise<Out | Refusal>;

/** Steps in the order in which a request meets them. The first refusal ends it. */
export interface Chain<In, Out> {
  /** The names of the steps, in order. */
  readonly names: readonly string[];
  /** The same chain with one more step at its end. */
  add<More>(name: string, step: Step<Out, Exclude<More, Refusal>>): Chain<In, Exclude<More, Refusal>>;
  run(value: In): Promise<Out | Refusal>;
}

/** An empty chain, to which steps are added. */
export function startChain<In>(): Chain<In, In> {
  return chainOf<In, In>([], []);
}

// The list holds steps of different types; `add` is what guarantees that neighbours fit.
function chainOf<In, Out>(names: readonly string[], steps: readonly Step<never, unknown>[]): Chain<In, Out> {
  return {
    names,
    add: (name, step) => chainOf([...names, name], [...steps, step]),
    run: async (first) => {
      let value: unknown = first;
      for (const step of steps) {
        const result = step(value as never);
        // Most steps are synchronous: awaiting only promises keeps a request within few turns of the event loop.
        value = result instanceof Promise ? await result : result;
        if (isRefusal(value)) return value;
      }
      return value as Out;
    },
  };
}
