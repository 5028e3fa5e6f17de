import { casesNamed } from '../cases/key-places.ts';
import type { Fault } from '../fault.ts';
import { SLOW_VACUUM } from '../slow-vacuum.ts';

const FREEZE_MAX_AGE = 100_000;

const SETTINGS = 'autovacuum_enabled, autovacuum_freeze_min_age, autovacuum_freeze_max_age';

/** Uses up transaction ids: every failed block is a subtransaction with one of its own. */
const AGE_SQL = `
CREATE TEMP TABLE aged (n int);
DO $$ BEGIN
  FOR i IN 1..${FREEZE_MAX_AGE + 20_000} LOOP
    BEGIN INSERT INTO aged VALUES (i); RAISE division_by_zero; EXCEPTION WHEN division_by_zero THEN NULL; END;
  END LOOP;
END $$`;

export const wraparoundVacuum: Fault = {
  name: 'wraparound vacuum',
  sentence: 'An autovacuum against wraparound works on the table: it gives way to nobody and must not be cancelled.',
  cells: (cases) =>
    casesNamed(cases, 'column', 'index').map((scouted) => ({
      scouted,
      place: 'from the start',
      form: '',
      expected: { words: 'waits for its end, then done', endings: [0] },
      level: 'all',
      ownServer: SLOW_VACUUM,
      act: async (scene) => {
        // No other vacuum of the table than the one that cannot be switched off, and one that freezes what it finds.
        await scene.admin.query('ALTER TABLE orders SET (autovacuum_enabled = off, autovacuum_freeze_min_age = 0)');
        await scene.admin.query(AGE_SQL);
        await scene.admin.query(`ALTER TABLE orders SET (autovacuum_freeze_max_age = ${FREEZE_MAX_AGE})`);
        scene.afterwards(() => scene.admin.query(`ALTER TABLE orders RESET (${SETTINGS})`));
        await scene.until(
          'a vacuum against wraparound',
          "SELECT count(*) = 1 FROM pg_stat_activity WHERE query LIKE 'autovacuum: VACUUM%public.orders (to prevent%'",
        );
        await scene.end(scene.start());
        const { rows } = await scene.admin.query<{ ended: boolean }>(
          "SELECT last_autovacuum IS NOT NULL AS ended FROM pg_stat_user_tables WHERE relid = 'orders'::regclass",
        );
        if (rows[0]?.ended !== true) scene.findings.push('the vacuum against wraparound never came to its end');
      },
    })),
};
