import { editDistance } from './edit-distance.ts';

/**
 * The word that somebody may have meant; null when none is near.
 *
 * @example closestWord('lock-queu', ['lock-queue', 'data-loss']) // 'lock-queue'
 */
export function closestWord(word: string, words: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const one of words) {
    const distance = word.length >= 3 && one.startsWith(word) ? 1 : editDistance(word.toLowerCase(), one);
    if (distance >= bestDistance) continue;
    best = one;
    bestDistance = distance;
  }
  return best;
}
