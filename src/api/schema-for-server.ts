import type { NotWritten } from '../catalog/write/schema-part.ts';
import { writeSchema } from '../catalog/write-schema.ts';
import type { ActionKind } from '../model/action.ts';
import type { TraceInput } from '../trace/trace-files.ts';
import type { LoadedInput } from './load-input.ts';

export type ServerSchema = TraceInput['schema'];

/** Rights, comments and settings: a server may refuse them, and no fact is another. */
const HARMLESS: readonly ActionKind[] = ['set-variable', 'comment', 'grant', 'change-owner'];

/** The schema that files meet, as statements for a server of our own. */
export function schemaForServer({ catalog, catalogIsComplete, context, schemaStatements }: LoadedInput): ServerSchema {
  if (schemaStatements !== null) {
    const statements = schemaStatements
      .filter(({ action }) => action.kind !== 'transaction')
      .map(({ sql, action }) => (HARMLESS.includes(action.kind) ? { sql, isHarmless: true as const } : { sql }));
    return { from: context, statements, inAnyOrder: false, unlike: [], notes: [], isComplete: catalogIsComplete };
  }
  const { statements, notWritten } = writeSchema(catalog);
  return {
    from: context,
    statements,
    inAnyOrder: true,
    unlike: notWritten.flatMap(({ object, ...rest }) =>
      object === null ? [] : [{ object, sentence: sentenceOf([rest.what], rest.reason) }],
    ),
    notes: notesOf(notWritten),
    isComplete: catalogIsComplete,
  };
}

/** Objects that are named before `and 12 more`. */
const NAMED = 5;

/** One sentence a reason. */
function notesOf(notWritten: readonly NotWritten[]): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const { what, reason } of notWritten) byReason.set(reason, [...(byReason.get(reason) ?? []), what]);
  return [...byReason].map(([reason, whats]) => sentenceOf(whats, reason));
}

function sentenceOf(whats: readonly string[], reason: string): string {
  const named = whats.slice(0, NAMED).join(', ');
  const more = whats.length > NAMED ? ` and ${whats.length - NAMED} more` : '';
  return `Not as in production: ${named}${more} (${reason}).`;
}
