import type { Connection } from '../db/connection.ts';
import type { Catalog, Table, View } from '../model/catalog.ts';
import { DatabaseError } from '../model/error.ts';
import { quoteIdentifier, quoteLiteral } from '../sql/postgres/quote.ts';

/** A twin of a table, of our own session, that nobody else sees and that is rolled back. */
const TWIN = 'pg_temp.evenkeel_twin';

/** Two spellings of what should be one, and how a server is made to print them alike. */
interface Spelling {
  readonly what: string;
  readonly wanted: string;
  readonly found: string;
  /** Makes it on the twin. */
  make(text: string): string;
  /** Reads one text: what the server made of it. */
  readonly read: string;
}

/**
 * In which expressions two schemas differ that are the same else: what a server prints is not what somebody wrote, so it
 * is asked to print both. An expression that it does not take counts as a difference.
 */
export async function sameExpressions(
  connection: Connection,
  wanted: Catalog,
  live: Catalog,
): Promise<readonly string[]> {
  const differences: string[] = [];
  for (const [key, found] of Object.entries(live.functions)) {
    const other = wanted.functions[key];
    if (other !== undefined && other.body.trim() !== found.body.trim()) differences.push(`${key}() has another body`);
  }
  for (const [key, found] of Object.entries(live.relations)) {
    const other = wanted.relations[key];
    if (other === undefined || other.kind === 'sequence' || found.kind === 'sequence' || other === found) continue;
    const spellings =
      other.kind === 'table' && found.kind === 'table'
        ? tableSpellings(key, other, found)
        : viewSpellings(key, other as View, found as View);
    for (const spelling of spellings) {
      if (spelling.wanted === spelling.found) continue;
      if (!(await isSame(connection, key, spelling))) differences.push(spelling.what);
    }
  }
  return differences;
}

function tableSpellings(key: string, wanted: Table, found: Table): readonly Spelling[] {
  return [
    ...columnSpellings(key, wanted, found),
    ...checkSpellings(key, wanted, found),
    ...indexSpellings(key, wanted, found),
  ];
}

function columnSpellings(key: string, wanted: Table, found: Table): readonly Spelling[] {
  return wanted.columns.flatMap((column): Spelling[] => {
    const other = found.columns.find(({ name }) => name === column.name);
    if (column.default === null || other === undefined || other.default === null) return [];
    const generated = column.generated !== null;
    return [
      {
        what: `${key}.${column.name}: default ${column.default.sql} wanted, ${other.default.sql} found`,
        wanted: column.default.sql,
        found: other.default.sql,
        // A generated expression is held to what a check may say.
        make: (text) =>
          generated
            ? `ALTER TABLE ${TWIN} ADD CONSTRAINT evenkeel_twin_check CHECK ((${text}) IS NULL) NOT VALID`
            : `ALTER TABLE ${TWIN} ALTER COLUMN ${quoteIdentifier(column.name)} SET DEFAULT ${text}`,
        read: generated ? READ_CHECK : readDefault(column.name),
      },
    ];
  });
}

const READ_CHECK = `SELECT pg_catalog.pg_get_expr(conbin, conrelid) AS text FROM pg_catalog.pg_constraint
  WHERE conrelid = '${TWIN}'::regclass AND conname = 'evenkeel_twin_check'`;

function readDefault(column: string): string {
  return `SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS text FROM pg_catalog.pg_attrdef d
    JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    WHERE d.adrelid = '${TWIN}'::regclass AND a.attname = ${quoteLiteral(column)}`;
}

function checkSpellings(key: string, wanted: Table, found: Table): readonly Spelling[] {
  return wanted.constraints.flatMap((constraint): Spelling[] => {
    const other = found.constraints.find(({ name }) => name === constraint.name);
    if (constraint.kind !== 'check' || other?.kind !== 'check') return [];
    return [
      {
        what: `${key} constraint ${constraint.name}: CHECK (${constraint.expression.sql}) wanted, CHECK (${other.expression.sql}) found`,
        wanted: constraint.expression.sql,
        found: other.expression.sql,
        make: (text) => `ALTER TABLE ${TWIN} ADD CONSTRAINT evenkeel_twin_check CHECK (${text}) NOT VALID`,
        read: READ_CHECK,
      },
    ];
  });
}

function indexSpellings(key: string, wanted: Table, found: Table): readonly Spelling[] {
  return wanted.indexes.flatMap((index): Spelling[] => {
    const other = found.indexes.find(({ name }) => name === index.name);
    if (other === undefined) return [];
    return [
      {
        what: `${key} index ${index.name}: ${index.definitionSql} wanted, ${other.definitionSql} found`,
        wanted: index.definitionSql,
        found: other.definitionSql,
        make: (text) => `CREATE INDEX evenkeel_twin_index ON ${TWIN} ${text}`,
        read: `SELECT pg_catalog.pg_get_indexdef('pg_temp.evenkeel_twin_index'::regclass) AS text`,
      },
    ];
  });
}

function viewSpellings(key: string, wanted: View, found: View): readonly Spelling[] {
  return [
    {
      what: `${key} has another query`,
      wanted: wanted.sql,
      found: found.sql,
      make: (text) => `CREATE TEMP VIEW evenkeel_twin_view AS ${text.replace(/;\s*$/, '')}`,
      read: `SELECT pg_catalog.pg_get_viewdef('pg_temp.evenkeel_twin_view'::regclass) AS text`,
    },
  ];
}

async function isSame(connection: Connection, key: string, spelling: Spelling): Promise<boolean> {
  const [wanted, found] = [
    await printed(connection, key, spelling, spelling.wanted),
    await printed(connection, key, spelling, spelling.found),
  ];
  return wanted !== null && wanted === found;
}

/** null where the server does not take it. */
async function printed(connection: Connection, key: string, spelling: Spelling, text: string): Promise<string | null> {
  await connection.execute("BEGIN; SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '10s'");
  try {
    if (!spelling.what.endsWith('another query'))
      await connection.execute(`CREATE TEMP TABLE evenkeel_twin (LIKE ${key})`);
    await connection.execute(spelling.make(text));
    const [row] = await connection.query<{ text: string | null }>(spelling.read);
    return row?.text ?? null;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    // Somebody holds the table for a moment: that is no answer at all.
    if (error.sqlstate === '55P03' || error.sqlstate === '57014') throw error;
    return null;
  } finally {
    await connection.execute('ROLLBACK').catch(() => undefined);
  }
}
