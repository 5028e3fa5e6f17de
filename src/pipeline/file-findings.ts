import { fileOpinions } from '../lint/file-opinions.ts';
import { FILE_RULES } from '../lint/file-rules.ts';
import type { UnmarkedFinding } from '../lint/lint-statement.ts';
import { ruleLevel } from '../lint/rule-level.ts';
import type { StatementFacts } from '../model/facts.ts';
import type { ProjectSetting } from '../model/project-setting.ts';
import type { RuleDescription, RuleSettings } from '../model/rule-settings.ts';
import type { Span } from '../model/span.ts';
import type { ParsedMigration } from './parsed-migration.ts';
import type { DirectivesOfFile } from './read-directives.ts';

export interface FileFindingInput {
  readonly parsed: ParsedMigration;
  readonly settings?: RuleSettings;
}

/** What there is to say about a file itself and about the comments in it that accept nothing. */
export function fileFindings(input: FileFindingInput, { misread }: DirectivesOfFile): readonly UnmarkedFinding[] {
  const { migration, statements } = input.parsed;
  const span: Span = { line: 1, column: 1, endLine: 1, endColumn: 1, startOffset: 0, endOffset: 0 };
  const empty =
    statements.length > 0
      ? []
      : fileFinding(input, FILE_RULES.emptyFile, { span, comment: '' }, `${migration.path} holds no statement.`);
  return [
    ...empty,
    ...fileOpinions(migration, statements).flatMap(({ rule, statement, title, consequence }) =>
      fileFinding(input, rule, { span: statement.span, comment: statement.sql }, title, consequence),
    ),
    ...misread.flatMap((one) =>
      fileFinding(input, FILE_RULES.badSuppression, one, `This comment accepts nothing: ${lowerFirst(one.why)}`),
    ),
  ];
}

const CONSEQUENCES: Readonly<Record<string, string>> = {
  [FILE_RULES.typeormSynchronize.id]:
    'It compares the schema with the entities and drops, renames and rewrites under strong locks, without asking: columns that no entity names are gone with their data.',
  [FILE_RULES.emptyFile.id]: 'Applying it changes nothing, and it counts as applied from then on.',
  [FILE_RULES.badSuppression.id]: 'The findings that it was written for still count.',
  [FILE_RULES.unusedSuppression.id]: 'It would hide the finding should the statement change.',
};

/** What a tool is told in the code of the project. */
export function projectFinding(
  { path, text, span }: ProjectSetting,
  settings: RuleSettings,
): readonly UnmarkedFinding[] {
  const comment = text.slice(span.startOffset, span.endOffset);
  const title = 'TypeORM changes the schema by itself when the application starts (synchronize: true).';
  return findingAt({ path, settings }, FILE_RULES.typeormSynchronize, { span, comment }, title);
}

/** At most one finding: none when the rule is off. `comment` is the text that it is about. */
export function fileFinding(
  input: FileFindingInput,
  rule: RuleDescription,
  at: { readonly span: Span; readonly comment: string },
  title: string,
  consequence?: string,
): readonly UnmarkedFinding[] {
  const { parsed, settings = {} } = input;
  return findingAt({ path: parsed.migration.path, settings }, rule, at, title, consequence);
}

function findingAt(
  { path, settings }: { readonly path: string; readonly settings: RuleSettings },
  rule: RuleDescription,
  at: { readonly span: Span; readonly comment: string },
  title: string,
  consequence: string = CONSEQUENCES[rule.id] ?? rule.summary,
): readonly UnmarkedFinding[] {
  const severity = ruleLevel(rule, rule.severity, [], settings);
  if (severity === 'off') return [];
  return [
    {
      rule: rule.id,
      severity,
      path,
      span: at.span,
      focus: at.span,
      sql: at.comment,
      title,
      consequence,
      remedy: rule.remedy,
      recipe: null,
      nextCommand: `evenkeel rules ${rule.id}`,
      facts: NO_FACTS,
      relations: [],
    },
  ];
}

/** A comment does nothing to a server. */
const NO_FACTS: StatementFacts = {
  kind: 'opaque',
  locks: [],
  rewrites: [],
  scans: [],
  indexBuilds: [],
  transaction: 'any',
  failure: null,
  losses: [],
  breaks: [],
  certainty: 'known',
  because: [],
};

/** `It names` reads on as `it names`; a rule's name stays as it is. */
function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
