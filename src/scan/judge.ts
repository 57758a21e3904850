import { type Detection, engineKinds } from '#domain/detection.ts';
import type { Verdict } from '#domain/finding.ts';
import { severities } from '#domain/severity.ts';

/**
 * All detections of one content together: the worst one gives name and severity; among equals a signature, which knows
 * what it saw, speaks before a hash list.
 */
export function judge(detections: readonly Detection[]): Verdict {
  const sorted = detections.toSorted(bySpokenOrder);
  const first = sorted[0];
  if (first === undefined) throw new Error('a verdict needs a detection');
  const tags = [...new Set(sorted.flatMap((detection) => detection.tags))].toSorted();
  return { name: first.name, severity: first.severity, tags, detections: sorted.map(withoutPlaces) };
}

// Contents share the verdicts that are alike; where in them something matched would make each its own.
function withoutPlaces({ places: _, ...detection }: Detection): Detection {
  return detection;
}

const speakingOrder = [engineKinds[1], engineKinds[0], ...engineKinds.slice(2)] as const;

function bySpokenOrder(left: Detection, right: Detection): number {
  return (
    severities.indexOf(left.severity) - severities.indexOf(right.severity) ||
    speakingOrder.indexOf(left.kind) - speakingOrder.indexOf(right.kind) ||
    compare(left.pack, right.pack) ||
    compare(left.rule, right.rule)
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
