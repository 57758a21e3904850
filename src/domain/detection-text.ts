import type { Detection } from './detection.ts';

/** What the authors of the rules wrote, in the language asked for if any of them did, else in the other; '' where nobody wrote anything. */
export function detectionText(detections: readonly Detection[], part: 'description' | 'advice', language: 'en' | 'zh'): string {
  const texts = detections.map((detection) => detection[part]);
  const other = language === 'en' ? 'zh' : 'en';
  return texts.find((text) => text[language] !== '')?.[language] ?? texts.find((text) => text[other] !== '')?.[other] ?? '';
}
