import type { RelationReference } from '../../model/relation-name.ts';
import { RESERVED_WORDS } from './reserved-words.ts';

const PLAIN_IDENTIFIER = /^[a-z_][a-z0-9_]*$/;

/**
 * A name as SQL, quoted only where PostgreSQL needs it, as `quote_ident` does.
 *
 * @example quoteIdentifier('order') // '"order"'
 */
export function quoteIdentifier(name: string): string {
  if (PLAIN_IDENTIFIER.test(name) && !RESERVED_WORDS.has(name)) return name;
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * A name with its schema as SQL; without one where the schema is null.
 *
 * @example quoteName({ schema: 'public', name: 'Users' }) // 'public."Users"'
 */
export function quoteName(name: RelationReference): string {
  return name.schema === null
    ? quoteIdentifier(name.name)
    : `${quoteIdentifier(name.schema)}.${quoteIdentifier(name.name)}`;
}

/**
 * A text as an SQL string that means the same whatever `standard_conforming_strings` says, as `quote_literal` does.
 *
 * @example quoteLiteral("it's") // "'it''s'"
 */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}
