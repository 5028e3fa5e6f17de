import type { AlterCommandKind, AlterCommandOf } from '../model/alter-command.ts';
import { viewsReading } from '../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import { alterCommandsOf } from './alter-command-of.ts';
import type { RuleInput } from './rule.ts';

/** Views that keep a column of a table in use from being changed. */
export interface ViewsInTheWay {
  readonly key: RelationKey;
  readonly column: string;
  readonly views: readonly RelationKey[];
}

/** Of the first command whose column a view reads; null when there is none. The facts tell whether it matters. */
export function viewsInTheWay(
  input: RuleInput,
  kind: Extract<AlterCommandKind, 'set-type' | 'drop-column'>,
): ViewsInTheWay | null {
  for (const { command, key } of alterCommandsOf<'set-type' | 'drop-column'>(input, kind)) {
    const { column }: AlterCommandOf<'set-type' | 'drop-column'> = command;
    const views = viewsReading(input.catalog, key, column).map(({ name }) => relationKey(name));
    if (views.length > 0) return { key, column, views };
  }
  return null;
}
