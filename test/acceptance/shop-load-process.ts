// A process of its own: neither the test nor the command line shares its event loop.
import { setTimeout as sleep } from 'node:timers/promises';
import { ShopClient, type ShopClientOptions } from './shop-client.ts';
import type { Release } from './shop-code.ts';
import type { LoadAnswer, LoadOrder } from './shop-load.ts';

/** Between two requests of one client, ms. */
const PAUSE_MS = 50;

let clients: readonly ShopClient[] = [];
let release: Release = 'first';
let stopped = false;
let loops: readonly Promise<void>[] = [];

async function start(first: Release, options: ShopClientOptions): Promise<LoadAnswer> {
  release = first;
  clients = await Promise.all(Array.from({ length: options.clients }, (_, number) => ShopClient.open(number, options)));
  loops = clients.map(async (client) => {
    while (!stopped) {
      await client.step(release);
      await sleep(PAUSE_MS * (0.5 + Math.random()));
    }
  });
  return { kind: 'started' };
}

/** The next release takes over; it is deployed once no client waits for an answer to the old one. */
async function deploy(next: Release): Promise<LoadAnswer> {
  release = next;
  await Promise.all(clients.map((client) => client.idle()));
  return { kind: 'deployed', release };
}

/** So many more requests were sent. */
async function work(requests: number): Promise<LoadAnswer> {
  const total = (): number => clients.reduce((sum, client) => sum + client.sent, 0);
  const goal = total() + requests;
  while (total() < goal) await sleep(20);
  return { kind: 'worked' };
}

async function stop(): Promise<LoadAnswer> {
  stopped = true;
  await Promise.all(loops);
  await Promise.all(clients.map((client) => client.close()));
  return {
    kind: 'report',
    report: {
      sent: clients.reduce((sum, client) => sum + client.sent, 0),
      slowestMs: Math.max(...clients.map((client) => client.slowestMs)),
      failures: clients.flatMap((client) => client.failures),
      truths: clients.map((client) => client.truth()),
    },
  };
}

function obey(order: LoadOrder): Promise<LoadAnswer> {
  switch (order.kind) {
    case 'start':
      return start(order.release, order.options);
    case 'deploy':
      return deploy(order.release);
    case 'work':
      return work(order.requests);
    case 'stop':
      return stop();
  }
}

process.on('message', (order: LoadOrder) => {
  obey(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ kind: 'broken', message: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
