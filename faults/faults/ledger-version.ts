import { casesNamed, mainPlace } from '../cases/key-places.ts';
import type { Fault } from '../fault.ts';

const VERSIONS: readonly { readonly version: number; readonly form: string; readonly says: RegExp }[] = [
  { version: 99, form: 'of a newer tool', says: /version 99/ },
  { version: 0, form: 'of an older tool that no longer can be read', says: /version 0/ },
];

export const ledgerVersion: Fault = {
  name: 'ledger version',
  sentence: 'The run was killed, and the ledger that it left behind says that another version wrote it.',
  cells: (cases) =>
    casesNamed(cases, 'type').flatMap((scouted) =>
      VERSIONS.map(({ version, form, says }) => ({
        scouted,
        place: mainPlace(scouted),
        form,
        expected: { words: '1 with the reason, nothing touched; then done', endings: ['SIGKILL', 1], says },
        level: 'all',
        act: async (scene) => {
          await scene.end(scene.start({ at: { place: mainPlace(scouted), action: 'kill' } }));
          const { rows } = await scene.admin.query<{ version: number }>('SELECT version FROM evenkeel.ledger');
          await scene.admin.query('UPDATE evenkeel.ledger SET version = $1', [version]);
          await scene.end(scene.start());
          await scene.admin.query('UPDATE evenkeel.ledger SET version = $1', [rows[0]?.version]);
        },
      })),
    ),
};
