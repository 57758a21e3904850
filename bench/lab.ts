import { generatedPack, givenPack, type RulePack } from './pack.ts';
import { openTree, type Tree } from './tree.ts';
import { openTreeImages, type TreeImages } from './tree-images.ts';
import type { Workspace } from './workspace.ts';

/** What cases work with. What is large is made when the first case asks for it. */
export interface Lab {
  readonly workspace: Workspace;
  readonly signal: AbortSignal;
  /** How often each comparison is made. */
  readonly runs: number;
  /** Whether the rules are our own generated ones. */
  readonly isGenerated: boolean;
  /** Calls that `lists` measures; none: all. */
  readonly calls: readonly string[];
  /** Tells a person what is going on. */
  readonly say: (text: string) => void;
  tree(): Promise<Tree>;
  images(): Promise<TreeImages>;
  pack(): Promise<RulePack>;
}

interface LabOptions {
  readonly workspace: Workspace;
  readonly signal: AbortSignal;
  readonly runs: number;
  readonly rules: readonly string[];
  readonly tree: string | undefined;
  readonly calls: readonly string[];
  readonly say: (text: string) => void;
}

export function openLab(options: LabOptions): Lab {
  const { workspace, signal, runs, rules, calls, say } = options;
  const tree = once(() => {
    say('making the tree, or taking the kept one');
    return openTree({ workspace, given: options.tree, signal, say });
  });
  return {
    workspace,
    signal,
    runs,
    isGenerated: rules.length === 0,
    calls,
    say,
    tree,
    images: once(async () => {
      const made = await tree();
      say('packing the images, or taking the kept ones');
      return await openTreeImages(workspace, made, signal);
    }),
    pack: once(async () => {
      say('writing and compiling the rules');
      return rules.length === 0 ? await generatedPack(workspace, signal) : await givenPack(rules, workspace, signal);
    }),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
