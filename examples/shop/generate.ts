import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Makes the shop's migrations from scratch by running `drizzle-kit generate` once for every file of `schema/`, as the
 * people of the shop did over sixteen weeks. `npx tsx examples/shop/generate.ts [folder]` writes `drizzle/` and `sql/`
 * into the folder (this one when none is given).
 */
const here = path.dirname(fileURLToPath(import.meta.url));
const drizzleKit = path.join(path.dirname(createRequire(import.meta.url).resolve('drizzle-kit')), 'bin.cjs');

/** Monday mornings, from the shop's first one on: drizzle-kit would write the time of the run. */
const FIRST_MONDAY_MS = Date.UTC(2026, 0, 5, 9);
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

const BREAKPOINT = '--> statement-breakpoint';
const DONE = 'Your SQL migration file';
const ARROW_DOWN_AND_ENTER = '\x1b[B\r';

async function generate(folder: string): Promise<void> {
  const drizzle = path.join(folder, 'drizzle');
  rmSync(drizzle, { recursive: true, force: true });
  const schemas = readdirSync(path.join(here, 'schema')).filter((file) => /^\d{4}-.*\.ts$/.test(file));
  for (const [index, schema] of schemas.sort().entries()) {
    const name = path.basename(schema, '.ts').slice('0000-'.length).replaceAll('-', '_');
    await runDrizzleKit(path.join(here, 'schema', schema), drizzle, name);
    settle(drizzle, index);
  }
  writePlainFiles(drizzle, path.join(folder, 'sql'));
}

async function runDrizzleKit(schema: string, out: string, name: string): Promise<void> {
  const preload = path.join(here, 'press-rename.cjs');
  // drizzle-kit puts `./` before the folder, so it must be relative; its globs want forward slashes.
  const flags = ['--dialect', 'postgresql', '--schema', schema, '--out', path.relative(process.cwd(), out)];
  const child = spawn(process.execPath, ['--require', preload, drizzleKit, 'generate', ...flags, '--name', name], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  let answered = 0;
  const listen = (text: Buffer): void => {
    said += text.toString();
    const questions = said.split(/created or renamed from another column\?/).length - 1;
    if (questions > 0 && answered === 0) {
      answered += 1;
      child.stdin.write(ARROW_DOWN_AND_ENTER);
    }
    if (said.includes(DONE)) child.stdin.end();
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0 || !said.includes(DONE)) {
    throw new TypeError(`drizzle-kit did not generate ${name}:\n${said}`);
  }
}

/** Replaces what differs from run to run, the time and the random ids, by values that do not. */
function settle(drizzle: string, index: number): void {
  const journalFile = path.join(drizzle, 'meta', '_journal.json');
  const journal = JSON.parse(readFileSync(journalFile, 'utf8'));
  journal.entries[index].when = FIRST_MONDAY_MS + index * WEEK_MS;
  writeFileSync(journalFile, JSON.stringify(journal, null, 2));
  const snapshotFile = path.join(drizzle, 'meta', `${String(index).padStart(4, '0')}_snapshot.json`);
  const snapshot = JSON.parse(readFileSync(snapshotFile, 'utf8'));
  snapshot.id = idOf(index);
  writeFileSync(snapshotFile, JSON.stringify(snapshot, null, 2));
}

function idOf(index: number): string {
  const hex = createHash('sha256').update(`shop ${index}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The same SQL as a folder of plain files, for tools and people without a journal. */
function writePlainFiles(drizzle: string, sql: string): void {
  rmSync(sql, { recursive: true, force: true });
  mkdirSync(sql, { recursive: true });
  for (const file of readdirSync(drizzle).filter((name) => name.endsWith('.sql'))) {
    const text = readFileSync(path.join(drizzle, file), 'utf8');
    writeFileSync(path.join(sql, file), `${text.replaceAll(BREAKPOINT, '').trimEnd()}\n`);
  }
}

await generate(path.resolve(process.argv[2] ?? here));
