import { MEASURED_MAJORS } from '../../model/server-version.ts';
import { type Check, fail, fine, warn } from '../check.ts';

/** Words of `version()` by which a database that only speaks PostgreSQL's protocol is known. */
const OTHER_PRODUCTS: readonly (readonly [RegExp, string])[] = [
  [/cockroachdb/i, 'CockroachDB'],
  [/redshift/i, 'Amazon Redshift'],
  [/-YB-|yugabyte/i, 'YugabyteDB'],
  [/greenplum/i, 'Greenplum'],
  [/materialize/i, 'Materialize'],
  [/cratedb/i, 'CrateDB'],
  [/risingwave/i, 'RisingWave'],
  [/questdb/i, 'QuestDB'],
  [/opengauss|gaussdb/i, 'openGauss'],
  [/spanner/i, 'Cloud Spanner'],
];

/**
 * The product that a `version()` names when it is not PostgreSQL, else null.
 *
 * @example otherProduct('CockroachDB CCL v24.1.0 (x86_64-pc-linux-gnu)') // 'CockroachDB'
 */
export function otherProduct(versionText: string): string | null {
  const [, name] = OTHER_PRODUCTS.find(([words]) => words.test(versionText)) ?? [];
  if (name !== undefined) return name;
  return versionText.startsWith('PostgreSQL ') || versionText.startsWith('EnterpriseDB ')
    ? null
    : versionText.split(' ')[0] || 'a database without a version';
}

const product: Check = {
  id: 'server.product',
  why: 'Locks, rewrites and the order of the lock queue were measured on PostgreSQL itself; another product behaves otherwise behind the same protocol.',
  ask: async ({ versionText, connection }) => {
    const other = otherProduct(versionText);
    if (other !== null) {
      return fail(`This is ${other}: ${versionText}.`, 'give the URL of a PostgreSQL server of version 13 to 18');
    }
    const [row] = await connection.query<{ aurora: boolean }>(
      "SELECT EXISTS (SELECT FROM pg_catalog.pg_proc WHERE proname = 'aurora_version') AS aurora",
    );
    return row?.aurora === true
      ? warn(
          `This is Amazon Aurora: ${versionText}.`,
          'SELECT * FROM aurora_replica_status() -- its replicas are not in pg_stat_replication',
        )
      : fine(`${versionText}.`);
  },
};

const version: Check = {
  id: 'server.version',
  why: 'Facts about locks are measured version by version; what was never measured is not known.',
  ask: async ({ connection: { serverMajor } }) => {
    const [first = 0] = MEASURED_MAJORS;
    const last = MEASURED_MAJORS[MEASURED_MAJORS.length - 1] ?? first;
    if (serverMajor < first) {
      return fail(`The server has version ${serverMajor}; measured are ${first} to ${last}.`, 'upgrade the server');
    }
    return serverMajor > last
      ? warn(
          `The server has version ${serverMajor}; it is judged as ${last}, the newest that was measured.`,
          'npm install evenkeel@latest',
        )
      : fine(`Version ${serverMajor} is one of those that were measured.`);
  },
};

const writable: Check = {
  id: 'server.writable',
  why: 'Migrations change the schema, which only the primary takes.',
  ask: async ({ connection, settings }) => {
    const [row] = await connection.query<{ standby: boolean }>('SELECT pg_catalog.pg_is_in_recovery() AS standby');
    if (row?.standby === true) return fail('This server is a standby.', 'give the URL of the primary');
    const readOnly = settings.get('default_transaction_read_only')?.value === 'on';
    return readOnly
      ? fail(
          'New transactions are read only (default_transaction_read_only).',
          'SHOW default_transaction_read_only -- the check settings.default_transaction_read_only says where it is set',
        )
      : fine('The server is a primary and takes writes.');
  },
};

/** What to do about a pooler that a run cannot go through. */
export const WITHOUT_POOLER =
  'give the URL of the server itself, without the pooler (with PgBouncer mostly port 5432, not 6432)';

const pooler: Check = {
  id: 'server.pooler',
  why: 'The lock of the runner and the settings of its sessions belong to one server process. Behind a pooler that changes it between transactions they are lost, or stay behind with the application.',
  ask: async ({ pooler: { mode, seen } }) => {
    switch (mode) {
      case 'none':
        return fine(`No pooler: ${seen}.`);
      case 'session':
        return fine(`A pooler that keeps one server process for a session: ${seen}.`);
      case 'unclear':
        return fail(`A pooler of which it is not known what it does with sessions: ${seen}.`, WITHOUT_POOLER);
      case 'transaction':
        return fail(`A pooler in transaction mode: ${seen}.`, WITHOUT_POOLER);
      case 'statement':
        return fail(`A pooler in statement mode: ${seen}.`, WITHOUT_POOLER);
    }
  },
};

/** Whether this is a server that Evenkeel can work on at all. */
export const serverChecks: readonly Check[] = [product, version, writable, pooler];
