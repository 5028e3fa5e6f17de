import { writeFileSync } from 'node:fs';
import pg from 'pg';
import pico from 'picocolors';
import { watchRun } from '../src/api/watch-run.ts';
import type { Plan } from '../src/model/plan.ts';
import type { WatchState } from '../src/model/watch-state.ts';
import { watchFrame } from '../src/report/watch-frame.ts';
import { runPlan } from '../src/run/run-plan.ts';
import { startPostgresServer } from '../src/server/postgres-server.ts';
import { terminalSvg } from './terminal-svg.ts';

/**
 * `npm run write:watch`: draws docs/watch-*.svg. A server of our own, a table under load, a run that changes it, and
 * frames of `watch` as it saw them; nothing in the pictures is made up.
 */
const SCREEN = { columns: 118, rows: 30, paint: pico.createColors(true) };
const REQUESTS_AT_ONCE = 40;

const SCENES: Readonly<Record<string, { readonly label: string; readonly shows: (state: WatchState) => boolean }>> = {
  'watch-waiting': {
    label: 'evenkeel watch while the run lets an idle transaction go first',
    shows: ({ lettingGo }) => (lettingGo?.waitedMs ?? 0) > 3_000,
  },
  'watch-queue': {
    label: 'evenkeel watch while requests queue behind a strike of the run',
    shows: ({ waits, budget }) => waits.behindRun.sessions >= 5 && (budget.withdrawsInMs ?? 0) > 0,
  },
  'watch-ended': { label: 'evenkeel watch at the end of the run', shows: ({ outcome }) => outcome !== null },
};

/** Made by hand, so that the picture does not change with the recipes. */
const PLAN: Plan = {
  version: 1,
  engine: 'postgresql',
  serverMajor: 18,
  fingerprint: '',
  migrations: [
    {
      id: '0007_order_note',
      path: 'migrations/0007_order_note.sql',
      checksum: 'picture',
      foreignLedgerRow: null,
      steps: [
        {
          kind: 'transaction',
          id: '01-add-note',
          phase: 'expand',
          why: 'A column without a default is catalog work: milliseconds, once the lock is there.',
          line: 1,
          sql: ['ALTER TABLE public.orders ADD COLUMN note text'],
          locks: [{ relation: 'public.orders', mode: 'ACCESS EXCLUSIVE' }],
          lockClass: 'brief',
          lockTimeoutMs: 100,
          statementTimeoutMs: 1_000,
          undo: null,
          postCondition: { sentence: 'the column is there', sql: null },
        },
        {
          kind: 'concurrent-index',
          id: '02-index-note',
          phase: 'expand',
          why: 'Built while everybody works on.',
          line: 2,
          verb: 'create',
          sql: 'CREATE INDEX CONCURRENTLY orders_note_idx ON public.orders (note)',
          table: 'public.orders',
          index: 'public.orders_note_idx',
          locks: [{ relation: 'public.orders', mode: 'SHARE UPDATE EXCLUSIVE' }],
          lockTimeoutMs: 100,
          statementTimeoutMs: null,
          undo: null,
          postCondition: { sentence: 'the index is there', sql: null },
        },
      ],
    },
  ],
};

async function main(): Promise<void> {
  const server = await startPostgresServer({ major: 18 });
  const over = new AbortController();
  try {
    const url = server.url();
    await fill(url);
    const report = await idleReport(url);
    const working = Array.from({ length: REQUESTS_AT_ONCE }, (_, at) => load(url, at, over.signal));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    let isMade = false;
    const makeWay = async (): Promise<void> => {
      if (isMade) return;
      isMade = true;
      await slowReaders(url, over.signal);
      await report.query('COMMIT');
    };
    const running = runPlan({
      url,
      plan: PLAN,
      through: 'migrate',
      passGate: null,
      commandLine: 'evenkeel apply migrations',
      onEvent: ({ type }) => {
        // Long enough for the picture; then the table is never free, though nobody has it for long.
        if (type === 'lock:wait') setTimeout(() => void makeWay(), 4_500);
      },
    });
    await draw(url, over.signal);
    await running;
    over.abort();
    await Promise.allSettled(working);
    await report.end();
  } finally {
    over.abort();
    await server.stop();
  }
}

/** Every scene as it comes by first. */
async function draw(url: string, signal: AbortSignal): Promise<void> {
  const drawn = new Set<string>();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await watchRun({
    databaseUrl: url,
    run: null,
    everyMs: 20,
    signal,
    onLook: ({ state }) => {
      for (const [name, { label, shows }] of Object.entries(SCENES)) {
        if (drawn.has(name) || !shows(state)) continue;
        drawn.add(name);
        writeFileSync(`docs/${name}.svg`, terminalSvg(watchFrame(state, SCREEN).split('\n'), label));
        console.log(`docs/${name}.svg`);
      }
    },
  });
  for (const name of Object.keys(SCENES)) if (!drawn.has(name)) throw new TypeError(`${name} did not come by`);
}

async function connect(url: string, name: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: name });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function fill(url: string): Promise<void> {
  const client = await connect(url, 'fill');
  await client.query(`CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, total int);
    INSERT INTO orders SELECT i, i % 1000, i FROM generate_series(1, 200000) i; ANALYZE orders`);
  await client.end();
}

async function idleReport(url: string): Promise<pg.Client> {
  const client = await connect(url, 'monthly report');
  await client.query('BEGIN');
  await client.query('SELECT customer_id, sum(total) FROM orders GROUP BY customer_id');
  return client;
}

async function load(url: string, at: number, signal: AbortSignal): Promise<void> {
  const client = await connect(url, 'shop');
  for (let key = at; !signal.aborted; key = (key * 31 + 7) % 200_000) {
    if (key % 5 === 0) await client.query('UPDATE orders SET total = total + 1 WHERE id = $1', [key]);
    else await client.query('SELECT * FROM orders WHERE id = $1', [key]);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await client.end();
}

/**
 * Readers that leave no gap for some seconds: what makes a strike stand in the queue until its budget is used up. They
 * are at work when this returns.
 */
async function slowReaders(url: string, signal: AbortSignal): Promise<void> {
  const clients = await Promise.all([1, 2, 3].map(() => connect(url, 'export')));
  const until = performance.now() + 4_000;
  for (const [at, client] of clients.entries()) {
    void (async () => {
      await new Promise((resolve) => setTimeout(resolve, 70 * at));
      while (!signal.aborted && performance.now() < until) {
        await client.query('BEGIN; SELECT count(*) FROM orders WHERE id < 1000; SELECT pg_sleep(0.2); COMMIT');
      }
      await client.end();
    })().catch(() => undefined);
  }
}

await main();
