import { parseArgs } from 'node:util';
import { UsageError } from '../src/model/error.ts';
import { MEASURED_MAJORS } from '../src/model/server-version.ts';
import { ALL_FORMS } from './all-forms.ts';
import { measureMajor } from './measure-major.ts';
import { measuredDifferences } from './measured-difference.ts';
import { readMeasuredFile, writeMeasuredFile } from './measured-file.ts';

/** Three servers at a time: much of the work is waiting. */
const SERVERS_AT_ONCE = 3;

/**
 * `npm run measure`: runs every form on a real server of every major and writes `measured/postgresql-<major>.json`.
 * With `--check` it writes nothing, compares, and exits with 1 when anything differs. `--major 18` does one major.
 * `--every-request` also looks in every form for locks that are given back before the statement ends.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean', default: false },
      'every-request': { type: 'boolean', default: false },
      major: { type: 'string', multiple: true },
    },
  });
  const majors = values.major?.map(knownMajor) ?? MEASURED_MAJORS;
  const queue = [...majors];
  const differences: string[] = [];
  const work = async (): Promise<void> => {
    for (let major = queue.shift(); major !== undefined; major = queue.shift()) {
      differences.push(...(await measureAndKeep(major, values.check, values['every-request'])));
    }
  };
  await Promise.all(Array.from({ length: SERVERS_AT_ONCE }, work));
  for (const difference of differences) console.error(difference);
  if (values.check) console.log(differences.length === 0 ? 'measured/ is reproduced unchanged' : 'measured/ differs');
  if (differences.length > 0) process.exitCode = 1;
}

function knownMajor(text: string): number {
  const major = Number(text);
  if (MEASURED_MAJORS.includes(major)) return major;
  throw new UsageError(`PostgreSQL ${text} is not measured; the majors are ${MEASURED_MAJORS.join(', ')}.`, {
    nextCommand: 'npm run measure',
  });
}

async function measureAndKeep(major: number, check: boolean, everyRequest: boolean): Promise<readonly string[]> {
  const startedMs = performance.now();
  const fresh = await measureMajor(major, ALL_FORMS, { everyRequest });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`postgresql ${fresh.version}: ${fresh.forms.length} forms in ${seconds} s`);
  if (check) return measuredDifferences(readMeasuredFile(major), fresh);
  writeMeasuredFile(fresh);
  return [];
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message} Try: ${error.nextCommand}`);
  process.exitCode = error.exitCode;
}
