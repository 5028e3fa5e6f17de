import { checkMigrations } from '../src/api/check-migrations.ts';
import { type ReportFormat, renderReport } from '../src/report/reporters.ts';

const FOLDER = 'examples/check/migrations';
const FIRST = `${FOLDER}/0001_orders.sql`;

interface Section {
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
[schemas/check.json](schemas/check.json), [explain](schemas/explain.json), [plan](schemas/plan.json) and
[status](schemas/status.json). Lines and columns count from 1, columns are UTF-16 code units.`,
  },
  {
    format: 'sarif',
    fence: 'json',
    paths: [FIRST, `${FOLDER}/0003_drop_legacy_code.sql`],
    title: 'SARIF 2.1.0',
    text: 'For code scanning and editors. What is accepted is in it, with its suppression.',
  },
];

const HEAD = `# Outputs of check

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
  for (const { format, fence, paths, title, text } of SECTIONS) {
    const report = await checkMigrations({ paths, serverMajor: 16 });
    const { output } = renderReport(report, format);
    const command = `evenkeel check ${paths.join(' ')} --server-version 16${format === 'text' ? '' : ` --format ${format}`}`;
    const fenced = `\`\`\`\`${fence}\n${output.trimEnd()}\n\`\`\`\``;
    sections.push([`## ${title}`, text, `\`\`\`sh\n${command}\n\`\`\``, fenced].join('\n\n'));
  }
  return `${HEAD}\n${sections.join('\n\n')}\n`;
}
