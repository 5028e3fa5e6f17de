import type pg from 'pg';
import type { Plan } from '../../src/model/plan.ts';
import type { RunEvent } from '../../src/model/run-event.ts';
import { type RunOptions, type RunResult, runPlan } from '../../src/run/run-plan.ts';
import type { TestDatabase } from '../support/test-database.ts';

export interface TestRun {
  readonly events: readonly RunEvent[];
  readonly result: Promise<RunResult>;
  readonly abort: () => void;
  /** Resolves with the first event of that type, once it comes. */
  next<Type extends RunEvent['type']>(type: Type): Promise<Extract<RunEvent, { type: Type }>>;
  of<Type extends RunEvent['type']>(type: Type): Extract<RunEvent, { type: Type }>[];
}

/** Starts a run; its events can be waited for while it is under way. */
export function startRun(database: TestDatabase, plan: Plan | null, options: Partial<RunOptions> = {}): TestRun {
  const events: RunEvent[] = [];
  const waiting: { type: string; resolve: (event: RunEvent) => void }[] = [];
  const stop = new AbortController();
  const result = runPlan({
    url: database.url,
    plan,
    through: 'contract',
    passGate: null,
    commandLine: 'evenkeel apply migrations',
    signal: stop.signal,
    ...options,
    onEvent: (event) => {
      events.push(event);
      for (const waiter of waiting) if (waiter.type === event.type) waiter.resolve(event);
    },
  });
  result.catch(() => undefined);
  const of = <Type extends RunEvent['type']>(type: Type): Extract<RunEvent, { type: Type }>[] =>
    events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);
  return {
    events,
    result,
    abort: () => stop.abort(),
    of,
    next: async (type) => {
      const [seen] = of(type);
      if (seen !== undefined) return seen;
      const event = await Promise.race([
        new Promise<RunEvent>((resolve) => waiting.push({ type, resolve })),
        result.then((ended) => {
          throw new Error(`the run ended (${ended.outcome}: ${ended.summary}) without ${type}`);
        }),
      ]);
      return event as Extract<RunEvent, { type: typeof type }>;
    },
  };
}

/** Runs to the end. */
export async function run(
  database: TestDatabase,
  plan: Plan | null,
  options: Partial<RunOptions> = {},
): Promise<RunResult & Pick<TestRun, 'events' | 'of'>> {
  const started = startRun(database, plan, options);
  return { ...(await started.result), events: started.events, of: started.of };
}

/** Asks until the answer is true; the test's own time limit is the deadline. */
export async function until(question: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await question())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** The first column of the first row. */
export async function value<T>(client: pg.Client, sql: string, parameters: unknown[] = []): Promise<T> {
  const { rows } = await client.query<Record<string, T>>(sql, parameters);
  return Object.values(rows[0]!)[0] as T;
}

/** A table `orders` of `rows` rows with something to change in each. */
export async function createOrders(client: pg.Client, rows: number): Promise<void> {
  await client.query(`
    CREATE TABLE orders (id bigint PRIMARY KEY, note text, todo boolean NOT NULL DEFAULT true,
      changed int NOT NULL DEFAULT 0);
    INSERT INTO orders (id, note) SELECT i, 'note ' || i FROM generate_series(1, ${rows}) i;
    ANALYZE orders`);
}
