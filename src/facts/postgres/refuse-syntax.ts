import type { Action } from '../../model/action.ts';
import type { AlterCommand } from '../../model/alter-command.ts';
import type { ColumnDefinition, ConstraintDefinition } from '../../model/definition.ts';
import type { FactsContext } from './facts-context.ts';
import { addFailure } from './facts-draft.ts';

/** What is written and with which major it came; the parser reads the newest grammar whatever the server. */
interface Novelty {
  readonly what: string;
  readonly since: number;
}

/** Notes syntax that is newer than the server, which refuses it before it looks at anything (42601). */
export function refuseSyntax(context: FactsContext, action: Action): void {
  for (const { what, since } of noveltiesOf(action)) {
    if (context.version.major >= since) continue;
    addFailure(context.draft, '42601', `${what} came with PostgreSQL ${since}`);
  }
}

function noveltiesOf(action: Action): readonly Novelty[] {
  switch (action.kind) {
    case 'alter-table':
      return action.commands.flatMap(ofCommand);
    case 'create-table':
      return [
        ...action.columns.flatMap(ofColumn),
        ...action.constraints.flatMap((one) =>
          one.kind === 'not-null' ? [{ what: 'NOT NULL as a constraint of the table', since: 18 }] : ofConstraint(one),
        ),
      ];
    case 'create-index':
      return /\bNULLS\s+NOT\s+DISTINCT\b/i.test(action.definitionSql)
        ? [{ what: 'NULLS NOT DISTINCT', since: 15 }]
        : [];
    case 'create-trigger':
      return action.replace ? [{ what: 'CREATE OR REPLACE TRIGGER', since: 14 }] : [];
    case 'create-statistics':
      return action.name === null ? [{ what: 'CREATE STATISTICS without a name', since: 16 }] : [];
    case 'analyze':
      return action.only === true ? [{ what: 'ANALYZE ONLY', since: 18 }] : [];
    case 'publication':
      return (action.schemas ?? []).length > 0 ? [{ what: 'FOR TABLES IN SCHEMA', since: 15 }] : [];
    case 'reindex':
      return action.movesTablespace === true ? [{ what: 'REINDEX (TABLESPACE)', since: 14 }] : [];
    case 'dml':
      return action.verb === 'merge' ? [{ what: 'MERGE', since: 15 }] : [];
    default:
      return [];
  }
}

function ofCommand(command: AlterCommand): readonly Novelty[] {
  switch (command.kind) {
    case 'add-column':
      return ofColumn(command.column);
    case 'add-constraint':
      if (command.constraint.kind === 'not-null') return [{ what: 'NOT NULL as a constraint of the table', since: 18 }];
      return ofConstraint(command.constraint);
    case 'set-compression':
      return [{ what: 'SET COMPRESSION', since: 14 }];
    case 'set-expression':
      return [{ what: 'SET EXPRESSION', since: 17 }];
    case 'set-access-method':
      return [{ what: 'SET ACCESS METHOD', since: command.target === null ? 17 : 15 }];
    case 'set-storage':
      return /\bSTORAGE\s+DEFAULT\s*$/i.test(command.sql) ? [{ what: 'SET STORAGE DEFAULT', since: 16 }] : [];
    case 'detach-partition':
      return command.concurrently || command.finalize ? [{ what: 'DETACH CONCURRENTLY', since: 14 }] : [];
    case 'alter-constraint':
      if (command.noInherit !== undefined) return [{ what: 'ALTER CONSTRAINT ... INHERIT', since: 18 }];
      return command.enforced === null ? [] : [{ what: 'ENFORCED', since: 18 }];
    default:
      return [];
  }
}

function ofColumn(column: ColumnDefinition): readonly Novelty[] {
  const isVirtual = column.generated === 'virtual';
  const isCompressed = column.compression !== undefined;
  return [
    ...(isCompressed ? [{ what: 'COMPRESSION', since: 14 }] : []),
    ...(column.storage === undefined ? [] : [{ what: 'STORAGE of a new column', since: 16 }]),
    ...(isVirtual ? [{ what: 'a virtual column', since: 18 }] : []),
    ...column.constraints.flatMap(ofConstraint),
  ];
}

function ofConstraint(constraint: ConstraintDefinition): readonly Novelty[] {
  switch (constraint.kind) {
    case 'primary-key':
    case 'unique':
      return [
        ...(constraint.nullsNotDistinct ? [{ what: 'NULLS NOT DISTINCT', since: 15 }] : []),
        ...(/\bWITHOUT\s+OVERLAPS\b/i.test(constraint.sql) ? [{ what: 'WITHOUT OVERLAPS', since: 18 }] : []),
      ];
    case 'check':
    case 'foreign-key':
      return constraint.enforced ? [] : [{ what: 'NOT ENFORCED', since: 18 }];
    default:
      return [];
  }
}
