import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { casesNamed } from '../cases/key-places.ts';
import type { Fault } from '../fault.ts';

/** The application takes the tables of a foreign key in the other order. */
export const deadlock: Fault = {
  name: 'deadlock',
  sentence:
    'Three sessions of the application change an order and then its customer, over and over: the tables of the foreign key in the other order.',
  cells: (cases) =>
    casesNamed(cases, 'constraints', 'chain').map((scouted) => ({
      scouted,
      place: 'throughout',
      form: '',
      expected: { words: 'done; no request of the application is the victim', endings: [0] },
      level: scouted.migrationCase.name === 'constraints' ? 'subset' : 'all',
      act: async (scene) => {
        const state = { isOver: false };
        const loops = [];
        for (const order of [1, 2, 3]) {
          const session = await scene.session('postgres', 'shop');
          loops.push(crossing(session, order, state, scene.findings));
        }
        await scene.end(scene.start());
        state.isOver = true;
        await Promise.all(loops);
      },
    })),
};

async function crossing(
  session: pg.Client,
  order: number,
  state: { readonly isOver: boolean },
  findings: string[],
): Promise<void> {
  while (!state.isOver) {
    try {
      await session.query('BEGIN');
      await session.query('UPDATE orders SET note = $1 WHERE writer = 0 AND number = $2', [String(order), order]);
      await sleep(15);
      await session.query('UPDATE customers SET name = name WHERE id = $1', [order]);
      await session.query('COMMIT');
    } catch (error) {
      findings.push(`the application was the victim: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    await sleep(5);
  }
}
