import type { Catalog } from '../model/catalog.ts';
import type { StatementFacts } from '../model/facts.ts';
import { blocksWrites } from '../model/lock-mode.ts';
import type { RelationKey } from '../model/relation-name.ts';

/** A relation that a statement changes, and what nobody could see of it. */
export interface UnseenRelation {
  readonly relation: RelationKey;
  readonly sentence: string;
}

/** The first relation that a statement locks strongly and that a snapshot could not see in full; null when there is none. */
export function unseenRelation(facts: StatementFacts, catalog: Catalog): UnseenRelation | null {
  for (const { relation, mode } of facts.locks) {
    const found = catalog.relations[relation];
    if (found === undefined || found.kind === 'sequence' || found.notSeen === undefined) continue;
    const isWeak = !blocksWrites(mode) && mode !== 'SHARE UPDATE EXCLUSIVE';
    if (isWeak) continue;
    const parts =
      found.notSeen.length > 3 ? `${found.notSeen.slice(0, 2).join(', ')} and more` : found.notSeen.join(', ');
    const sentence = `The snapshot lacks ${parts} (${relation}): somebody held it locked when the snapshot was taken.`;
    return { relation, sentence };
  }
  return null;
}

/** Facts about a relation that was not seen in full are not certain. */
export function doubtUnseen(facts: StatementFacts, catalog: Catalog): StatementFacts {
  const unseen = unseenRelation(facts, catalog);
  if (unseen === null) return facts;
  return { ...facts, certainty: 'unknown', because: [unseen.sentence, ...facts.because] };
}
