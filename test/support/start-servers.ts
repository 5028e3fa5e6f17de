import type { TestProject } from 'vitest/node';
import { type PostgresServer, startPostgresServer } from '../../src/server/postgres-server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Port of the server of each major that this test run started. */
    postgresPorts: Readonly<Record<number, number>>;
  }
}

const MAJORS = [13, 14, 15, 16, 17, 18];

/** One server a major for the whole test run; a test file makes databases of its own on them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const servers: PostgresServer[] = [];
  for (const major of MAJORS) servers.push(await startPostgresServer({ major }));
  project.provide('postgresPorts', Object.fromEntries(servers.map((server) => [server.major, server.port])));
  return async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
}
