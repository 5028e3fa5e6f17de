import { casesNamed } from '../cases/key-places.ts';
import type { Cell, Expected, Fault } from '../fault.ts';

interface Change {
  readonly form: string;
  readonly caseName: string;
  readonly place: RegExp;
  readonly sql: string;
  /** What somebody does about it once the run has said what is wrong; null: nothing is needed. */
  readonly mend: string | null;
  readonly expected: Expected;
}

const REFUSES = { words: 'says what is in the way; mended, then done', endings: ['SIGKILL', 1, 3] } as const;

const CHANGES: readonly Change[] = [
  {
    form: 'the column of the backfill is dropped',
    caseName: 'type',
    place: /after\/copy-batch#1$/,
    sql: 'DROP TRIGGER zzz_evenkeel_orders_total_sync ON orders; ALTER TABLE orders DROP COLUMN evenkeel_total_new',
    mend: `ALTER TABLE orders ADD COLUMN evenkeel_total_new bigint;
      CREATE TRIGGER zzz_evenkeel_orders_total_sync BEFORE INSERT OR UPDATE ON orders
        FOR EACH ROW EXECUTE FUNCTION evenkeel_orders_total_sync()`,
    expected: { ...REFUSES, says: /evenkeel_total_new/ },
  },
  {
    form: 'a column that no step needs is renamed',
    caseName: 'constraints',
    place: /02-[^/]+\/after\/strike#1$/,
    sql: 'ALTER TABLE orders RENAME COLUMN note TO remark',
    mend: 'ALTER TABLE orders RENAME COLUMN remark TO note',
    expected: { words: 'done', endings: ['SIGKILL', 0] },
  },
  {
    form: 'the index is made by hand as the migration would',
    caseName: 'index',
    place: /before\/build-index#1$/,
    sql: 'CREATE INDEX orders_customer_idx ON orders (customer_id)',
    mend: null,
    expected: { words: 'taken as done', endings: ['SIGKILL', 0] },
  },
  {
    form: 'an index of that name is made by hand on another column',
    caseName: 'index',
    place: /before\/build-index#1$/,
    sql: 'CREATE INDEX orders_customer_idx ON orders (total)',
    mend: 'DROP INDEX orders_customer_idx',
    expected: { ...REFUSES, says: /orders_customer_idx is there already/ },
  },
  {
    form: 'the new column is dropped again',
    caseName: 'chain',
    place: /0000_column\/[^/]+\/after\/finish-migration#1$/,
    sql: 'ALTER TABLE orders DROP COLUMN shipped_at',
    mend: null,
    expected: { words: 'done: what comes later does not need it', endings: ['SIGKILL', 0] },
  },
  {
    form: 'rows that break the constraint come in',
    caseName: 'constraints',
    place: /before\/strike#1$/,
    sql: 'INSERT INTO orders (writer, number, customer_id) VALUES (99, 1, 4711)',
    mend: 'DELETE FROM orders WHERE writer = 99',
    expected: { ...REFUSES, says: /orders_customer_fk|customer_id/ },
  },
];

export const changedTable: Fault = {
  name: 'changed table',
  sentence: 'The run was killed, and before the next one somebody else changes the table.',
  cells: (cases) =>
    CHANGES.flatMap((change) =>
      casesNamed(cases, change.caseName).flatMap((scouted): readonly Cell[] => {
        const place = scouted.places.find((one) => change.place.test(one));
        if (place === undefined) return [];
        return [
          {
            scouted,
            place,
            form: change.form,
            expected: change.expected,
            level: change.caseName === 'index' ? 'subset' : 'all',
            act: async (scene) => {
              await scene.end(scene.start({ at: { place, action: 'kill' } }));
              // Whoever changes a table by hand waits for its locks as everybody does.
              await scene.admin.query(change.sql);
              await scene.end(scene.start());
              if (change.mend !== null) await scene.admin.query(change.mend);
              if (change.form.includes('dropped again')) {
                await scene.admin.query('ALTER TABLE orders ADD COLUMN shipped_at timestamptz');
              }
            },
          },
        ];
      }),
    ),
};
