import { casesNamed } from '../cases/key-places.ts';
import type { Cell, Fault } from '../fault.ts';

/** What a person does about what the lost ledger knew: take back the half of it that is there. */
const TAKE_BACK: Readonly<Record<string, string>> = {
  column: 'ALTER TABLE orders DROP COLUMN shipped_at',
  index: 'DROP INDEX orders_customer_idx',
  type: `DROP TRIGGER IF EXISTS zzz_evenkeel_orders_total_sync ON orders;
    DROP FUNCTION IF EXISTS evenkeel_orders_total_sync(); ALTER TABLE orders DROP COLUMN evenkeel_total_new`,
};

const PLACES: Readonly<Record<string, RegExp>> = {
  column: /after\/strike#1$/,
  index: /after\/build-index#1$/,
  type: /after\/copy-batch#1$/,
};

export const lostLedger: Fault = {
  name: 'lost ledger',
  sentence:
    'The run was killed with something done, and somebody drops the schema evenkeel. The next run either goes on or says what is in its way; where it does, somebody takes that back by hand.',
  cells: (cases) =>
    casesNamed(cases, 'column', 'index', 'type').flatMap((scouted): readonly Cell[] => {
      const { name } = scouted.migrationCase;
      const place = scouted.places.find((one) => PLACES[name]?.test(one));
      if (place === undefined) return [];
      return [
        {
          scouted,
          place,
          form: '',
          expected: { words: '0, or a refusal that says what is there', endings: ['SIGKILL', 0, 1, 3] },
          level: name === 'type' ? 'subset' : 'all',
          act: async (scene) => {
            await scene.end(scene.start({ at: { place, action: 'kill' } }));
            await scene.admin.query('DROP SCHEMA evenkeel CASCADE');
            const run = await scene.end(scene.start());
            if (run?.exitCode === 0) return;
            const { rows } = await scene.admin.query("SELECT FROM pg_namespace WHERE nspname = 'evenkeel'");
            if (rows.length > 0) await scene.admin.query('DROP SCHEMA evenkeel CASCADE');
            await scene.admin.query(TAKE_BACK[name] ?? '');
          },
        },
      ];
    }),
};
