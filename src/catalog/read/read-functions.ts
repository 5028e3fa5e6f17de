import type { Connection } from '../../db/connection.ts';
import type { FunctionOverload, UserFunction } from '../../model/catalog.ts';
import { relationKey } from '../../model/relation-name.ts';
import { parseCode } from '../../sql/postgres/parse-code.ts';
import { groupBy } from './group-by.ts';
import { type LockPolicy, unlessReadsLocked } from './lock-policy.ts';
import { TYPE_JOINS, type TypeRow, typeColumns, typeOfRow } from './type-of-row.ts';
import { IS_USER_SCHEMA, isExtensionOwned } from './user-objects.ts';

interface FunctionRow {
  readonly schema: string;
  readonly name: string;
  readonly volatility: 'i' | 's' | 'v';
  readonly language: string;
  readonly body: string;
}

const VOLATILITIES: Readonly<Record<FunctionRow['volatility'], UserFunction['volatility']>> = {
  i: 'immutable',
  s: 'stable',
  v: 'volatile',
};

interface OverloadRow extends TypeRow {
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly returnsSet: boolean;
  readonly makesUpResult: boolean;
  /** JSON: the types of the arguments. */
  readonly arguments: string;
}

const USER_FUNCTION = `p.prokind IN ('f', 'p', 'w') AND l.lanname <> 'internal' AND ${IS_USER_SCHEMA}
  AND NOT ${isExtensionOwned('pg_proc', 'p.oid')}`;

/** Functions and procedures; not the constructors of range types, which are `internal`. Overloads share one name: the most volatile of them speaks for all. */
export async function readFunctions(connection: Connection, locks: LockPolicy): Promise<readonly UserFunction[]> {
  // Bodies in the SQL standard's form came with 14.
  const printed = unlessReadsLocked(locks, 'function', 'p.oid', 'pg_get_function_sqlbody(p.oid)');
  const body = connection.serverMajor >= 14 ? `coalesce(${printed}, p.prosrc)` : 'p.prosrc';
  const rows = await connection.query<FunctionRow>(`SELECT DISTINCT ON (n.nspname, p.proname)
      n.nspname AS schema, p.proname AS name, p.provolatile AS volatility, l.lanname AS language, ${body} AS body
    FROM pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_language l ON l.oid = p.prolang
    WHERE ${USER_FUNCTION}
    ORDER BY n.nspname, p.proname, p.provolatile DESC, p.oid`);
  const overloads = await readOverloads(connection);
  return rows.map(({ schema, name, volatility, language, body: text }) => ({
    name: { schema, name },
    volatility: VOLATILITIES[volatility],
    language,
    body: text,
    overloads: overloads.get(relationKey({ schema, name })) ?? [],
    ...codeOf(language, text),
  }));
}

/** What can be read of a body; only SQL and PL/pgSQL can. */
function codeOf(language: string, body: string): Pick<UserFunction, 'code'> {
  const code = parseCode(language, body);
  return code === null ? {} : { code };
}

async function readOverloads(connection: Connection): Promise<ReadonlyMap<string, readonly FunctionOverload[]>> {
  const rows = await connection.query<OverloadRow>(`SELECT n.nspname AS schema, p.proname AS name, p.prokind AS kind,
      p.proretset AS "returnsSet", coalesce(p.proargmodes && '{o,b,t}', false) AS "makesUpResult",
      (SELECT coalesce(json_agg(json_build_object('typeSchema', an.nspname, 'typeModifier', -1,
          'typeName', coalesce(ae.typname, at.typname), 'isArray', ae.oid IS NOT NULL) ORDER BY position), '[]')::text
        FROM unnest(p.proargtypes) WITH ORDINALITY AS one (type, position)
        JOIN pg_type at ON at.oid = one.type LEFT JOIN pg_type ae ON ae.typarray = at.oid
        JOIN pg_namespace an ON an.oid = coalesce(ae.typnamespace, at.typnamespace)) AS arguments,
      ${typeColumns('-1')}
    FROM pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_language l ON l.oid = p.prolang
    JOIN pg_type t ON t.oid = p.prorettype ${TYPE_JOINS}
    WHERE ${USER_FUNCTION}
    ORDER BY n.nspname, p.proname, p.oid`);
  const groups = groupBy(rows, relationKey);
  return new Map([...groups].map(([key, group]) => [key, group.map(overloadOfRow)]));
}

function overloadOfRow(row: OverloadRow): FunctionOverload {
  const isProcedure = row.kind === 'p';
  return {
    kind: isProcedure ? 'procedure' : 'function',
    arguments: (JSON.parse(row.arguments) as readonly TypeRow[]).map(typeOfRow),
    result: isProcedure || row.makesUpResult ? null : typeOfRow(row),
    returnsSet: row.returnsSet,
  };
}
