import { abandonRun, resolveMigration } from '../../src/api/mend-run.ts';

/* A process that mends the ledger, made to be killed at a failpoint. Arguments: what to do, database URL, migration. */
const [verb, databaseUrl, migration] = process.argv.slice(2);
if (databaseUrl === undefined || migration === undefined)
  throw new Error('usage: mend-child.ts <verb> <url> <migration>');
const controls = {
  databaseUrl,
  migration,
  commandLine: `evenkeel ${verb} ${migration}`,
  onEvent: () => undefined,
  signal: new AbortController().signal,
};
const report =
  verb === 'abandon'
    ? await abandonRun(controls)
    : await resolveMigration({ ...controls, step: null, forceReason: null });
process.stdout.write(JSON.stringify(report));
