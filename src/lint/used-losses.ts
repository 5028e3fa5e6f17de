import type { RelationKey } from '../model/relation-name.ts';
import { relationOfLoss } from './relation-part.ts';
import type { RuleInput } from './rule.ts';

/** Data in use that a statement deletes. */
export interface UsedLoss {
  /** `table public.users`, `column public.users.email`, `all rows of public.users`. */
  readonly what: string;
  readonly relation: RelationKey;
}

/** What of the losses is in use. A view holds no data of its own: what it shows can be asked for again. */
export function usedLosses(input: RuleInput): readonly UsedLoss[] {
  return input.facts.losses
    .filter((what) => !what.startsWith('view '))
    .map((what) => ({ what, relation: relationOfLoss(what) }))
    .filter(({ relation }) => input.isUsed(relation));
}
