import { startBackfill } from '../../src/api/start-backfill.ts';
import { NO_SIGNALS } from './backfill-support.ts';

/** A process of its own, to be killed: `backfill-child.ts <url> <statement> <settings.json>`. Answers the outcome. */
const [url = '', statement = '', settings = '{}'] = process.argv.slice(2);
const outcome = await startBackfill({
  databaseUrl: url,
  statement,
  settings: { dutyCycle: 1, workers: 4, limits: NO_SIGNALS, ...JSON.parse(settings) },
  rangeRows: 150,
  onEvent: () => undefined,
  signal: new AbortController().signal,
});
process.stdout.write(outcome);
