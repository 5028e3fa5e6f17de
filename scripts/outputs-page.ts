import { checkMigrations, planMigrations } from '../src/api/check-migrations.ts';
import { type ReportFormat, renderReport } from '../src/report/reporters.ts';

const FOLDER = 'examples/check/migrations';
const FIRST = `${FOLDER}/0001_orders.sql`;

interface Section {
  /** `check` when nothing is said. */
  readonly command?: 'check' | 'plan';
  readonly format: ReportFormat;
  /** The language of the fence. */
  readonly fence: string;
  readonly paths: readonly string[];
  readonly title: string;
  readonly text: string;
}

const SECTIONS: readonly Section[] = [
  {
    format: 'text',
    fence: 'text',
    paths: [FOLDER],
    title: 'Text',
    text: `For people, and the default. Errors and warnings stand in the order of the files, each with the lines it is about; the
carets mark the command that would do the harm alone. Notes follow, a line or two each, then the files that could not be
read. In a terminal it has colours; \`NO_COLOR\` is respected.`,
  },
  {
    format: 'markdown',
    fence: 'markdown',
    paths: [FOLDER],
    title: 'Markdown',
    text: `One comment for a pull request, at most 60,000 characters. Its first line is a marker that nobody sees: a bot that finds
a comment with it updates that comment instead of writing another one.`,
  },
  {
    format: 'github',
    fence: 'text',
    paths: [FOLDER],
    title: 'GitHub annotations',
    text: `Workflow commands: each finding becomes an annotation at its line. Paths start at the top of the repository, wherever
the command runs. GitHub shows ten annotations of a kind for each step, so \`--since\` is a good companion.`,
  },
  {
    format: 'junit',
    fence: 'xml',
    paths: [FOLDER],
    title: 'JUnit',
    text: `A suite a file, a test a statement. Errors and warnings fail a test, a file that could not be read is an error, what a
comment or the baseline accepts is skipped.`,
  },
  {
    format: 'gitlab',
    fence: 'json',
    paths: [FOLDER],
    title: 'GitLab Code Quality',
    text: 'Keep it as `artifacts: reports: codequality`. Accepted findings are not in it.',
  },
  {
    format: 'json',
    fence: 'json',
    paths: [FIRST, `${FOLDER}/0002_public_id.sql`],
    title: 'JSON',
    text: `A contract: keys are added and never taken away, \`version\` counts breaking changes. The schemas are
[schemas/check.json](schemas/check.json), [explain](schemas/explain.json), [plan](schemas/plan.json),
[status](schemas/status.json), [resolve](schemas/resolve.json), [abandon](schemas/abandon.json), [doctor](schemas/doctor.json) and [preflight](schemas/preflight.json). Lines and columns count from 1, columns are UTF-16 code units.`,
  },
  {
    format: 'sarif',
    fence: 'json',
    paths: [FIRST, `${FOLDER}/0003_drop_legacy_code.sql`],
    title: 'SARIF 2.1.0',
    text: 'For code scanning and editors. What is accepted is in it, with its suppression.',
  },
];

const PLANNED = [FIRST, `${FOLDER}/0002_public_id.sql`, `${FOLDER}/0003_drop_legacy_code.sql`];
const PLAN_SECTIONS: readonly Section[] = [
  {
    command: 'plan',
    format: 'text',
    fence: 'text',
    paths: PLANNED,
    title: 'Plan as text',
    text: `For people, and the default. First a table of the steps: the strongest lock of each, how long others may have to wait at
most by its limits, and the rows that it reads or writes (\`all\` where nobody counted). Then what is lost, why it is done
this way and what the statement would cost as it stands, and who may run meanwhile. Then each step; SQL of more than six
lines is cut, \`--format sql\` shows it.

The ways stand on a ladder, cheapest first: catalog only; NOT VALID, then VALIDATE; CONCURRENTLY, taken over with USING
INDEX; a new column with a backfill; a shadow table. Times are said where sizes are known (\`--schema\` with a
[snapshot](snapshot.md), or \`--database-url\`), with the rates that they were reckoned with. What is lost comes with a
query that counts the rows; with \`--database-url\` it is asked, for two seconds at most.`,
  },
  {
    command: 'plan',
    format: 'markdown',
    fence: 'markdown',
    paths: PLANNED,
    title: 'Plan as Markdown',
    text: `The same as one comment for a pull request, the gates as a list to tick off and the SQL folded up. Its first line is a
marker of its own.`,
  },
];

const HEAD = `# Outputs of check and plan

\`evenkeel plan --format\` takes \`text\`, \`json\`, \`sql\` and \`markdown\`: see [the end of this page](#plan-as-text).

\`evenkeel check --format\` takes \`text\`, \`json\`, \`sarif\`, \`github\`, \`gitlab\`, \`junit\` and \`markdown\`. This page shows what each
really prints for the four migrations of [examples/check](../examples/check/); \`npm run write:outputs\` writes it, and a
test fails when it is no longer true. SARIF, JUnit, Code Quality and JSON are validated against their schemas in tests.

The exit code is the same for all: 0 clean or notes alone, 1 an error or a warning, 2 wrong use or a file that could not be
read. Such a file hides no finding of the others; those after it are judged without what it does, and a failure that may
be due to that is a note.

**Fingerprints** (JSON, SARIF, Code Quality, baselines) are made of the rule, the path from the top of the repository, the
words of the statement, and the ordinal among equal ones. They stay when lines move, comments change or the statement is
laid out anew.
`;

/** What `docs/outputs.md` has to say. */
export async function outputsPage(): Promise<string> {
  const sections: string[] = [];
  for (const section of [...SECTIONS, ...PLAN_SECTIONS]) sections.push(await sectionText(section));
  return `${HEAD}\n${sections.join('\n\n')}\n`;
}

async function sectionText({ command = 'check', format, fence, paths, title, text }: Section): Promise<string> {
  const options = { paths, serverMajor: 16 };
  const report = command === 'plan' ? await planMigrations(options) : await checkMigrations(options);
  const { output } = renderReport(report, format);
  const line = `evenkeel ${command} ${paths.join(' ')} --server-version 16${format === 'text' ? '' : ` --format ${format}`}`;
  const fenced = `\`\`\`\`${fence}\n${output.trimEnd()}\n\`\`\`\``;
  return [`## ${title}`, text, `\`\`\`sh\n${line}\n\`\`\``, fenced].join('\n\n');
}
