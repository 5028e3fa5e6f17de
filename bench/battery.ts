import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { applyStatement } from '../src/catalog/apply-statement.ts';
import { emptyCatalog } from '../src/catalog/empty-catalog.ts';
import { check, explain } from '../src/index.ts';
import { RULE_DESCRIPTIONS } from '../src/lint/rule-descriptions.ts';
import type { LockMode } from '../src/model/lock-mode.ts';
import { loadParser } from '../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../src/sql/postgres/parse-statements.ts';
import { interruptible } from './interruptible.ts';
import { replaceSection } from './report/replace-section.ts';
import { percent } from './report/words.ts';

/**
 * `npm run bench:battery`: which of the statements that stop a table Evenkeel and squawk-cli see, and which harmless ones
 * they blame. What is harmful is for a server to say. Writes its section of `docs/benchmarks.md`.
 */
const PAGE = 'docs/benchmarks.md';
const SQUAWK = path.resolve('node_modules/.bin/squawk');
const FORMS_MAJOR = 17;
const EXAMPLES_MAJOR = 18;

/** Who takes one of these keeps writers out until it lets go. */
const BLOCKS_WRITES: ReadonlySet<LockMode> = new Set<LockMode>([
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
]);

/** The rules of squawk that say that a statement rewrites, reads through or indexes a table while others wait. */
const SQUAWK_RULES: ReadonlySet<string> = new Set([
  'adding-field-with-default',
  'adding-foreign-key-constraint',
  'adding-not-nullable-field',
  'adding-serial-primary-key-field',
  'ban-alter-domain-with-add-constraint',
  'changing-column-type',
  'constraint-missing-not-valid',
  'disallowed-unique-constraint',
  'prefer-repack',
  'require-concurrent-index-creation',
  'require-concurrent-reindex',
]);

/** The same of ours, with the sharper rules that speak for them. */
const FAMILIES: ReadonlySet<string> = new Set(['rewrite-under-lock', 'scan-under-lock', 'index-build-under-lock']);
const OUR_RULES: ReadonlySet<string> = new Set(
  RULE_DESCRIPTIONS.filter(({ id, group }) => FAMILIES.has(id) || (group !== undefined && FAMILIES.has(group))).map(
    ({ id }) => id,
  ),
);

/** What a server was seen to do. */
interface Effects {
  readonly locks: readonly { readonly relation: string; readonly mode: LockMode }[];
  readonly rewrites: readonly string[];
  readonly scans: readonly string[];
  readonly indexBuilds: readonly string[];
}

interface MeasuredForm extends Effects {
  readonly id: string;
  readonly schema: string;
  readonly setup: string | null;
  readonly sql: string;
  readonly error: string | null;
}

interface Case {
  /** `add-column/bigserial` */
  readonly id: string;
  readonly schema: string;
  readonly sql: string;
  readonly isHarm: boolean;
}

interface Corpus {
  readonly title: string;
  readonly major: number;
  readonly cases: readonly Case[];
}

/** The ids of the cases that a tool blames. */
type Blamed = ReadonlySet<string>;

await interruptible(battery);

async function battery(): Promise<number> {
  await loadParser();
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'evenkeel-battery-'));
  try {
    const corpora = [await measuredForms(), await ruleExamples(scratch)];
    const parts: string[] = [];
    for (const corpus of corpora) {
      const ours = await blamedByEvenkeel(corpus, scratch);
      parts.push(
        tableOf(corpus, [
          ['Evenkeel', ours],
          ['squawk', await blamedBySquawk(corpus, scratch)],
        ]),
      );
    }
    const section = sectionOf(parts);
    console.log(section);
    await writeFile(PAGE, replaceSection(await readFile(PAGE, 'utf8'), 'battery', section));
    return 0;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** A table that was there before is rewritten, read through or indexed while nobody can write to it. */
function isHarm({ locks, rewrites, scans, indexBuilds }: Effects, existing: ReadonlySet<string>): boolean {
  const closed = new Set(
    locks.filter(({ relation, mode }) => existing.has(relation) && BLOCKS_WRITES.has(mode)).map((one) => one.relation),
  );
  return [...rewrites, ...scans].some((key) => closed.has(key)) || (closed.size > 0 && indexBuilds.length > 0);
}

function relationsOf(schema: string, major: number): ReadonlySet<string> {
  return new Set(Object.keys(parseStatements(schema, 'schema').reduce(applyStatement, emptyCatalog(major)).relations));
}

/** Every form that was measured, as a migration after its schema; those that the server refused are left out. */
async function measuredForms(): Promise<Corpus> {
  const text = await readFile(`measured/postgresql-${FORMS_MAJOR}.json`, 'utf8');
  const { forms } = JSON.parse(text) as { readonly forms: readonly MeasuredForm[] };
  const schemas = new Map<string, string>();
  for (const { schema } of forms) {
    if (!schemas.has(schema)) schemas.set(schema, await readFile(`measured/schemas/${schema}.sql`, 'utf8'));
  }
  const cases = forms
    .filter(({ error }) => error === null)
    .map((form): Case => {
      const schema = `${schemas.get(form.schema) ?? ''}\n${form.setup ?? ''}\n`;
      return { id: form.id, schema, sql: form.sql, isHarm: isHarm(form, relationsOf(schema, FORMS_MAJOR)) };
    });
  return { title: `Measured forms, PostgreSQL ${FORMS_MAJOR}`, major: FORMS_MAJOR, cases };
}

/** The examples of the rules, put through a server one by one; those that it refused are left out. */
async function ruleExamples(scratch: string): Promise<Corpus> {
  const schemaFile = 'rules/schema.sql';
  const schema = await readFile(schemaFile, 'utf8');
  const existing = relationsOf(schema, EXAMPLES_MAJOR);
  const folder = path.join(scratch, 'examples');
  const texts = new Map<string, string>();
  const entries = await readdir('rules', { withFileTypes: true });
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    for (const kind of ['bad', 'good']) {
      texts.set(`${name}/${kind}`, await readFile(`rules/${name}/${kind}.sql`, 'utf8'));
    }
  }
  const files = await writeCases(
    folder,
    [...texts].map(([id, sql]) => ({ id, sql })),
  );
  const paths = files.map(({ file }) => file);
  const report = await explain({ paths, schemaFile, serverMajor: EXAMPLES_MAJOR, trace: true });
  const cases = report.files.flatMap((traced, at): readonly Case[] => {
    const id = files[at]?.id ?? '';
    const effects = traced.statements.flatMap((one) => one.traced ?? []);
    if (effects.length === 0 || effects.some(({ error }) => error !== null)) return [];
    return [{ id, schema, sql: texts.get(id) ?? '', isHarm: effects.some((one) => isHarm(one, existing)) }];
  });
  return { title: `Examples of the rules, PostgreSQL ${EXAMPLES_MAJOR}`, major: EXAMPLES_MAJOR, cases };
}

async function writeCases(
  folder: string,
  cases: readonly { readonly id: string; readonly sql: string }[],
): Promise<readonly { readonly id: string; readonly file: string }[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const files = cases.map(({ id }) => ({ id, file: path.join(folder, `${id.replaceAll('/', '--')}.sql`) }));
  await Promise.all(cases.map(({ sql }, at) => writeFile(files[at]?.file ?? '', sql)));
  return files;
}

/** A finding of a rule of the three families that is an error or a warning. */
async function blamedByEvenkeel({ cases, major }: Corpus, scratch: string): Promise<Blamed> {
  const files = await writeCases(path.join(scratch, 'evenkeel'), cases);
  const schemaFile = path.join(scratch, 'schema.sql');
  const blamed = new Set<string>();
  for (const [at, { id, schema }] of cases.entries()) {
    await writeFile(schemaFile, schema);
    const { findings } = await check({ paths: [files[at]?.file ?? ''], schemaFile, serverMajor: major });
    if (findings.some(({ rule, severity }) => OUR_RULES.has(rule) && severity !== 'info')) blamed.add(id);
  }
  return blamed;
}

/** squawk has no schema beside a file, so it gets one file with both, and only what it says of the statement counts. */
async function blamedBySquawk({ cases, major }: Corpus, scratch: string): Promise<Blamed> {
  const whole = cases.map(({ id, schema, sql }) => ({ id, sql: `${schema}\n${sql}\n` }));
  const files = await writeCases(path.join(scratch, 'squawk'), whole);
  const byFile = new Map(files.map(({ file }, at) => [file, cases[at]]));
  const blamed = new Set<string>();
  for (let from = 0; from < files.length; from += 100) {
    const paths = files.slice(from, from + 100).map(({ file }) => file);
    for (const { file, line, rule_name: rule } of await askSquawk(['--pg-version', `${major}.0`, ...paths])) {
      const blamedCase = byFile.get(file);
      if (blamedCase === undefined || !SQUAWK_RULES.has(rule)) continue;
      // Its lines count from 0.
      if (line >= blamedCase.schema.split('\n').length) blamed.add(blamedCase.id);
    }
  }
  return blamed;
}

interface SquawkFinding {
  readonly file: string;
  readonly line: number;
  readonly rule_name: string;
}

function askSquawk(words: readonly string[]): Promise<readonly SquawkFinding[]> {
  return new Promise((resolve, reject) => {
    execFile(SQUAWK, ['--reporter', 'json', ...words], { maxBuffer: 1 << 28 }, (error, stdout) => {
      if (stdout !== '') resolve(JSON.parse(stdout) as readonly SquawkFinding[]);
      else reject(error);
    });
  });
}

function tableOf({ title, cases }: Corpus, tools: readonly (readonly [string, Blamed])[]): string {
  const harmful = cases.filter((one) => one.isHarm);
  const harmless = cases.filter((one) => !one.isHarm);
  const rows = tools.map(([name, blamed]) => {
    const caught = harmful.filter(({ id }) => blamed.has(id)).length;
    const falseAlarms = harmless.filter(({ id }) => blamed.has(id)).length;
    const missed = kindsOf(harmful.filter(({ id }) => !blamed.has(id)));
    const wrong = kindsOf(harmless.filter(({ id }) => blamed.has(id)));
    return [
      name,
      `${caught} of ${harmful.length}`,
      `${falseAlarms} of ${harmless.length}`,
      percent(caught, caught + falseAlarms),
      missed,
      wrong,
    ];
  });
  const head = ['tool', 'catches', 'false alarms', 'precision', 'misses, by kind', 'false alarms, by kind'];
  return `### ${title}\n\n${[head, ['---', '---:', '---:', '---:', '---', '---'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')}`;
}

/** `add-column 3, partition 1`; an example counts under the name of its rule. */
function kindsOf(cases: readonly Case[]): string {
  const counts = new Map<string, number>();
  for (const { id } of cases) {
    const [kind = ''] = id.split('/');
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return sorted.map(([kind, count]) => `${kind} ${count}`).join(', ') || '-';
}

function sectionOf(tables: readonly string[]): string {
  return `## Catches and false alarms, beside squawk

A case is a file that runs on a schema that is there already. It is harmful when a server was seen to rewrite, read
through or index a table of that schema while it held a lock on it that keeps writers out, however small the table was;
everything else is harmless. Cases that the server refuses are left out. Evenkeel catches a case with an error or a warning
of its families \`rewrite-under-lock\`, \`scan-under-lock\` and \`index-build-under-lock\`; squawk-cli 2.66.0 with one of its
rules that claim such work: ${[...SQUAWK_RULES].map((rule) => `\`${rule}\``).join(', ')}. Its other rules are not held against it. It has no
schema beside a file, so schema and statement are one file to it, with \`--pg-version\`; only what it says of the
statement counts. The measured forms are also what Evenkeel's facts are tested with, so this table tells what squawk does
not see rather than how good Evenkeel is with what it has not met.

${tables.join('\n\n')}

Measure it again: \`npm run bench:battery\`.`;
}
