// A process of its own, so that neither the bench's printing nor a migration runner shares its event loop.
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadCommand, LoadMessage } from './load-messages.ts';
import { OpenLoop } from './open-loop.ts';
import { OrderConnection } from './order-connection.ts';
import { RequestTally } from './request-tally.ts';

/** How long after the end of a run an answer is still waited for, on top of the deadline. */
const GRACE_MS = 500;

type Start = Extract<LoadCommand, { kind: 'start' }>;

let pool: readonly OrderConnection[] = [];
let endMs = 0;

function tell(message: LoadMessage): void {
  process.send?.(message);
}

async function connect(command: Extract<LoadCommand, { kind: 'connect' }>): Promise<void> {
  const opening = Array.from({ length: command.connections }, () => OrderConnection.open(command.databaseUrl, command));
  pool = await Promise.all(opening);
  tell({ kind: 'connected' });
}

async function run({ ratePerSecond, deadlineMs, lastsMs }: Start): Promise<void> {
  endMs = lastsMs ?? Number.POSITIVE_INFINITY;
  const tally = new RequestTally(deadlineMs);
  const startedMs = performance.now();
  const now = (): number => performance.now() - startedMs;
  const loop = new OpenLoop({ ratePerSecond, deadlineMs, pool, tally, now });
  tell({ kind: 'started', atEpochMs: performance.timeOrigin + startedMs });
  let generatorLagMs = 0;
  let told = 0;
  for (let lastMs = 0, nowMs = 0; nowMs < endMs; lastMs = nowMs) {
    await sleep(1);
    nowMs = now();
    generatorLagMs = Math.max(generatorLagMs, nowMs - lastMs);
    loop.tick(Math.min(nowMs, endMs));
    for (; nowMs >= (told + 1) * 1000; told += 1) {
      tell({ kind: 'second', second: tally.second(told), failedSoFar: tally.failures, queue: loop.waiting });
    }
  }
  const giveUpMs = now() + deadlineMs + GRACE_MS;
  while (now() < giveUpMs && loop.inFlight + loop.waiting > 0) {
    loop.drain();
    await sleep(5);
  }
  loop.close();
  tell({ kind: 'report', report: tally.report({ ratePerSecond, generatorLagMs }) });
}

async function disconnect(): Promise<void> {
  await Promise.all(pool.map((connection) => connection.close()));
  pool = [];
  tell({ kind: 'disconnected' });
}

async function obey(command: LoadCommand): Promise<void> {
  switch (command.kind) {
    case 'connect':
      return connect(command);
    case 'start':
      return run(command);
    case 'stop':
      endMs = Math.min(endMs, command.atMs);
      return;
    case 'disconnect':
      return disconnect();
  }
}

process.on('message', (command: LoadCommand) => {
  obey(command).catch((error: unknown) => {
    tell({ kind: 'broken', message: error instanceof Error ? error.message : String(error) });
  });
});
// The bench decides when the load ends; when the bench itself is gone, so is the reason for the load.
process.on('disconnect', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
