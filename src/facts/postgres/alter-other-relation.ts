import type { AlterTable } from '../../model/action.ts';
import type { AlterCommandKind } from '../../model/alter-command.ts';
import type { Sequence, View } from '../../model/catalog.ts';
import { knownColumns } from '../../model/query-columns.ts';
import { relationKey } from '../../model/relation-name.ts';
import { weakestMode } from './catalog-only-commands.ts';
import type { FactsContext } from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';

/** What ALTER TABLE and its like can do to relations that are no tables (ATSimplePermissions in the server's source). */
const TAKEN: Readonly<Record<View['kind'] | Sequence['kind'], ReadonlySet<AlterCommandKind>>> = {
  view: new Set<AlterCommandKind>([
    'set-default',
    'drop-default',
    'add-identity',
    'set-identity',
    'drop-identity',
    'set-options',
    'reset-options',
    'change-owner',
  ]),
  'materialized-view': new Set<AlterCommandKind>([
    'set-statistics',
    'set-storage',
    'set-compression',
    'set-column-options',
    'set-options',
    'reset-options',
    'cluster-on',
    'set-without-cluster',
    'set-tablespace',
    'set-access-method',
    'change-owner',
  ]),
  sequence: new Set<AlterCommandKind>(['change-owner', 'set-logged', 'set-unlogged', 'set-tablespace']),
};

const IDENTITY_COMMANDS: ReadonlySet<AlterCommandKind> = new Set(['add-identity', 'set-identity', 'drop-identity']);

/** Sequences can be unlogged since 15. */
const UNLOGGED_SEQUENCES_SINCE = 15;

/** ALTER of a view, a materialized view or a sequence: only some commands are for them. */
export function alterOtherRelation(context: FactsContext, relation: View | Sequence, action: AlterTable): void {
  const { draft } = context;
  const key = relationKey(relation.name);
  refuseWord(context, relation.kind, action);
  const isSmall =
    relation.kind !== 'sequence' &&
    action.commands.every((command) => weakestMode(command) === 'SHARE UPDATE EXCLUSIVE');
  addLock(draft, key, isSmall ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE');
  for (const command of action.commands) {
    const isLogging = command.kind === 'set-logged' || command.kind === 'set-unlogged';
    const isTooEarly = isLogging && context.version.major < UNLOGGED_SEQUENCES_SINCE;
    if (!TAKEN[relation.kind].has(command.kind) || isTooEarly) {
      addFailure(draft, '42809', `${key} is a ${relation.kind.replace('-', ' ')}, which cannot do that`);
    }
  }
  for (const command of action.commands) {
    if ('column' in command && typeof command.column === 'string') refuseColumn(context, relation, command.column);
    if (IDENTITY_COMMANDS.has(command.kind) && !/\bIF\s+EXISTS\b/i.test(command.sql)) {
      addFailure(draft, '55000', `${key} has no identity columns`);
    }
    if (command.kind === 'change-owner' && relation.kind === 'sequence' && relation.ownedBy !== null) {
      addFailure(draft, '0A000', `${key} has the owner of ${relation.ownedBy.relation}`);
    }
    if (command.kind === 'set-options' && command.options.includes('check_option')) {
      draft.unknown.add(`Whether rows can be written through ${key} is not known here; if not, it is refused (0A000).`);
    }
    if (command.kind === 'cluster-on' && relation.kind !== 'sequence') {
      const isThere = command.target == null || relation.indexes.some((index) => index.name === command.target);
      if (!isThere) addFailure(draft, '42704', `${key} has no index ${command.target}`);
    }
  }
  if (relation.kind === 'materialized-view') draft.because.add('Only the catalog changes; no row is read or written.');
}

function refuseColumn(context: FactsContext, relation: View | Sequence, name: string): void {
  const columns = knownColumns(relation);
  if (columns === null || columns.some((one) => one.name === name)) return;
  addFailure(context.draft, '42703', `there is no column ${relationKey(relation.name)}.${name}`);
}

/** ALTER TABLE is for everything; ALTER VIEW and its like say what they want. */
function refuseWord(context: FactsContext, kind: View['kind'] | Sequence['kind'], action: AlterTable): void {
  if (action.object === 'table' || action.object === kind || action.object === 'foreign-table') return;
  addFailure(context.draft, '42809', `${action.name.name} is a ${kind.replace('-', ' ')}, no ${action.object}`);
}
