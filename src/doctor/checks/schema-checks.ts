import { countWords, someOf } from '../amount-words.ts';
import { type Check, fine, warn } from '../check.ts';
import type { Subject } from '../subject.ts';

interface InvalidIndexRow {
  readonly index: string;
  readonly relation: string;
  readonly ready: boolean;
  readonly remains: boolean;
  readonly name: string;
}

/**
 * Indexes that are invalid and that nobody is building. The view of builds says nothing of other roles' builds to a role
 * without pg_read_all_stats, so a lock that a build takes counts as one then.
 */
const INVALID_SQL = `
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS index, i.indrelid::oid::regclass::text AS relation,
  i.indisready AS ready, c.relname ~ '_cc(new|old)[0-9]*$' AS remains, c.relname::text AS name
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT (i.indisvalid AND i.indisready AND i.indislive) AND c.relkind = 'i'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p
    WHERE p.index_relid = c.oid OR p.relid = i.indrelid)
  AND NOT ($1 AND EXISTS (SELECT FROM pg_catalog.pg_locks l
    WHERE l.locktype = 'relation' AND l.granted AND l.mode = 'ShareUpdateExclusiveLock' AND l.relation = i.indrelid
      AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())))
ORDER BY 1`;

const invalidIndexes: Check = {
  id: 'schema.invalid-indexes',
  why: 'An invalid index serves no query and costs every write; IF NOT EXISTS takes it for the index that is wanted.',
  ask: async (subject) => {
    // The catalog is read as of the query's start, the view of builds as of now: what is seen twice is believed.
    const first = await readInvalid(subject);
    const again = first.length === 0 ? [] : await readInvalid(subject);
    const rows = again.filter(({ index }) => first.some((one) => one.index === index));
    const [one] = rows;
    if (one === undefined) return fine('No index is invalid, other than those that are being built.');
    const words = rows.map(({ index, relation, remains }) => {
      return `${index} on ${relation}${remains ? ' (left behind by REINDEX CONCURRENTLY)' : ''}`;
    });
    return warn(
      `${countWords(rows.length, 'index')} invalid: ${someOf(words)}.`,
      rows.slice(0, 4).map(repairCommand).join(' '),
    );
  },
};

async function readInvalid({ connection, seesOthers }: Subject): Promise<readonly InvalidIndexRow[]> {
  return connection.query<InvalidIndexRow>(INVALID_SQL, [!seesOthers]);
}

/** What an interrupted DROP or REINDEX leaves is dropped; an index that takes rows already can be built anew in place. */
function repairCommand({ index, ready, remains }: InvalidIndexRow): string {
  return remains || !ready ? `DROP INDEX CONCURRENTLY ${index};` : `REINDEX INDEX CONCURRENTLY ${index};`;
}

const notValidConstraints: Check = {
  id: 'schema.not-valid-constraints',
  why: 'A constraint that was never validated holds for new rows only; old ones may break it, and the planner does not rely on it.',
  ask: async ({ connection }) => {
    const enforced = connection.serverMajor >= 18 ? 'AND o.conenforced' : '';
    const rows = await connection.query<{ relation: string; name: string; what: string }>(
      `SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS relation, pg_catalog.quote_ident(o.conname) AS name,
         CASE o.contype WHEN 'f' THEN 'foreign key' WHEN 'n' THEN 'NOT NULL' ELSE 'CHECK' END AS what
       FROM pg_catalog.pg_constraint o JOIN pg_catalog.pg_class c ON c.oid = o.conrelid
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE NOT o.convalidated AND o.conparentid = 0 AND n.nspname <> 'evenkeel' ${enforced} ORDER BY 1, 2`,
    );
    const [first] = rows;
    if (first === undefined) return fine('Every constraint is validated.');
    const words = rows.map(({ relation, name, what }) => `${what} ${name} of ${relation}`);
    return warn(
      `${countWords(rows.length, 'constraint')} NOT VALID: ${someOf(words)}.`,
      `ALTER TABLE ${first.relation} VALIDATE CONSTRAINT ${first.name};`,
    );
  },
};

const extensions: Check = {
  id: 'schema.extensions',
  why: 'An extension that is older than its files may lack what a migration uses; another server may have the newer one.',
  ask: async ({ connection }) => {
    const rows = await connection.query<{ name: string; installed: string; available: string | null }>(
      `SELECT pg_catalog.quote_ident(e.extname) AS name, e.extversion AS installed, a.default_version AS available
       FROM pg_catalog.pg_extension e LEFT JOIN pg_catalog.pg_available_extensions a ON a.name = e.extname ORDER BY 1`,
    );
    const measured = `${countWords(rows.length, 'extension')}: ${someOf(
      rows.map(({ name, installed, available }) => {
        if (available === null) return `${name} ${installed} (its files are gone)`;
        return available === installed ? `${name} ${installed}` : `${name} ${installed} (${available} is there)`;
      }),
      8,
    )}.`;
    const old = rows.filter(({ installed, available }) => available !== installed);
    if (old.length === 0) return fine(measured);
    const updates = old.filter(({ available }) => available !== null);
    return warn(
      measured,
      updates.length > 0
        ? updates.map(({ name }) => `ALTER EXTENSION ${name} UPDATE;`).join(' ')
        : 'install the files of that extension on the server',
    );
  },
};

/** What earlier changes of the schema left unfinished. */
export const schemaChecks: readonly Check[] = [invalidIndexes, notValidConstraints, extensions];
