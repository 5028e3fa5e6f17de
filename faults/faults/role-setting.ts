import { casesNamed } from '../cases/key-places.ts';
import type { ScoutedCase } from '../cases/migration-case.ts';
import type { Cell, Expected, Fault } from '../fault.ts';
import { holdFor } from '../hold-for.ts';

interface Setting {
  readonly name: string;
  readonly value: string;
  readonly since?: number;
  readonly expected?: Expected;
}

const COMPLETES: Expected = { words: 'done, as if nobody had set it', endings: [0] };
const SETTINGS: readonly Setting[] = [
  { name: 'statement_timeout', value: '100ms' },
  { name: 'lock_timeout', value: '5ms' },
  { name: 'idle_in_transaction_session_timeout', value: '5ms' },
  { name: 'transaction_timeout', value: '100ms', since: 17 },
  { name: 'default_transaction_isolation', value: 'serializable' },
  {
    name: 'default_transaction_read_only',
    value: 'on',
    expected: { words: '2 with the reason, then done', endings: [2], says: /read only/ },
  },
];

/** Somebody set a timeout or a mode on the role that migrates. */
export const roleSetting: Fault = {
  name: 'role setting',
  sentence:
    'A setting of the migrating role that would cut its work short leaks into every session; an old transaction makes builds take over a second.',
  cells: (cases, major) =>
    SETTINGS.filter(({ since }) => (since ?? 0) <= major).flatMap((setting) =>
      casesNamed(cases, 'column', 'index', 'type').map((scouted) => settingCell(scouted, setting)),
    ),
};

function settingCell(scouted: ScoutedCase, { name, value, expected }: Setting): Cell {
  return {
    scouted,
    place: 'throughout',
    form: `${name} = ${value}`,
    expected: expected ?? COMPLETES,
    level: scouted.migrationCase.name === 'index' ? 'subset' : 'all',
    act: async (scene) => {
      await scene.admin.query(`ALTER ROLE migrator IN DATABASE ${scene.database} SET ${name} = '${value}'`);
      scene.afterwards(() => scene.admin.query(`ALTER ROLE migrator IN DATABASE ${scene.database} RESET ALL`));
      await holdFor(scene, 1_200, ['BEGIN', 'UPDATE orders SET note = note WHERE number = 1 AND writer = 0']);
      await scene.end(scene.start());
    },
  };
}
