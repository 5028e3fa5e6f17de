import type { Finding } from '../model/finding.ts';

/** A finding as plain sentences, for places that know no columns and no colours: what, who is held up, the safe way. */
export function findingMessage(finding: Finding): string {
  const { title, consequence, remedy, nextCommand } = finding;
  return `${title}\n${consequence}\nSafe way: ${remedy}\nNext: ${nextCommand}`;
}
