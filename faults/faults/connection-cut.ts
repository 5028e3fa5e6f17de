import type { ScoutedCase } from '../cases/migration-case.ts';
import type { Cell, CellLevel, Expected, Fault } from '../fault.ts';
import { type CutMoment, TcpProxy } from '../proxy/tcp-proxy.ts';

/** A message of the run, in words and as SQL. */
interface Message {
  readonly name: string;
  readonly cases: readonly string[];
  readonly matching: RegExp;
}

const MESSAGES: readonly Message[] = [
  {
    name: 'the strike with its COMMIT',
    cases: ['column', 'constraints', 'chain'],
    matching: /ALTER TABLE[\s\S]*COMMIT$/,
  },
  { name: 'the swap of the columns', cases: ['type'], matching: /RENAME[\s\S]*COMMIT$/ },
  { name: 'VALIDATE', cases: ['constraints', 'type'], matching: /VALIDATE CONSTRAINT[\s\S]*COMMIT$/ },
  {
    name: 'the concurrent build',
    cases: ['index', 'unique index', 'chain'],
    matching: /^CREATE (UNIQUE )?INDEX CONCURRENTLY/,
  },
  { name: 'a batch of the backfill', cases: ['type'], matching: /^WITH changed AS/ },
  { name: 'the stored plan', cases: ['column'], matching: /INSERT INTO evenkeel\.migration/ },
  { name: 'the end of a migration', cases: ['index', 'chain'], matching: /UPDATE evenkeel\.migration[\s\S]*'applied'/ },
];

const MOMENTS: readonly { readonly moment: CutMoment; readonly words: string }[] = [
  { moment: 'cut-before', words: 'before it arrives' },
  { moment: 'cut-during', words: 'after it is done, its answer withheld' },
  { moment: 'cut-after', words: 'after its answer' },
];

/** The connection breaks before, during and after a message. */
export const connectionCut: Fault = {
  name: 'connection cut',
  sentence: 'A proxy cuts the connection before a message arrives, with its answer withheld, or after the answer.',
  cells: (cases) =>
    MESSAGES.flatMap((message) =>
      cases
        .filter(({ migrationCase }) => message.cases.includes(migrationCase.name))
        .flatMap((scouted) => MOMENTS.map(({ moment, words }) => cutCell(scouted, message, moment, words))),
    ),
};

function cutCell(scouted: ScoutedCase, message: Message, moment: CutMoment, words: string): Cell {
  return {
    scouted,
    place: message.name,
    form: words,
    expected: expectedOf(scouted, message, moment),
    level: levelOf(scouted, message, moment),
    act: async (scene) => {
      const proxy = await TcpProxy.start(scene.server.port);
      scene.afterwards(() => proxy.stop());
      let hasStruck = false;
      void proxy.arm({ moment, matching: message.matching }).then(() => {
        hasStruck = true;
      });
      await scene.end(scene.start({ port: proxy.port }));
      if (!hasStruck) scene.findings.push(`the run never sent ${message.name}`);
    },
  };
}

/** With the answer to the last write of the last migration everything is done, and there is nothing to go on with. */
function expectedOf({ migrationCase }: ScoutedCase, message: Message, moment: CutMoment): Expected {
  const isLast = message.name === 'the end of a migration' && migrationCase.name !== 'chain';
  if (isLast && moment === 'cut-after') return { words: '0: all was done by then', endings: [0] };
  return { words: '3, then done', endings: [3] };
}

function levelOf({ migrationCase }: ScoutedCase, message: Message, moment: CutMoment): CellLevel {
  if (message.cases[0] !== migrationCase.name) return 'all';
  if (moment !== 'cut-during') return message === MESSAGES[0] ? 'subset' : 'all';
  return /COMMIT|batch/.test(message.name) ? 'ci' : 'subset';
}
