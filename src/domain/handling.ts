/**
 * What became of a finding. `open`: the latest scan of its image saw it. `fixed`: the latest whole scan of its image did not see it any
 * more, or its tag names a newer image, scanned to its end, that does not have it, and no other current tag names the old one. `allowed`: a rule of the owner says that it
 * is no threat. A finding that comes back is open again and keeps its id and `firstSeen`.
 */
export const handlingStates = ['open', 'fixed', 'allowed'] as const;
export type HandlingState = (typeof handlingStates)[number];
