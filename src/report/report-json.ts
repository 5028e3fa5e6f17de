import type { DoctorReport } from '../model/doctor-report.ts';
import type { StatementFacts } from '../model/facts.ts';
import type { Finding } from '../model/finding.ts';
import type { InputProblem } from '../model/input-problem.ts';
import type { AbandonReport, ResolveReport } from '../model/mend-report.ts';
import type { PreflightReport } from '../model/preflight-report.ts';
import type { CheckReport, ExplainReport, JudgedStatement, PlanReport, Report, StatusReport } from '../model/report.ts';
import type { ServerVersion } from '../model/server-version.ts';
import type { WrittenPlan } from '../model/written-plan.ts';
import { findingsInOrder } from './findings-in-order.ts';
import { blockedBy } from './lock-text.ts';
import { traceCounts } from './traced-text.ts';

/**
 * A report as JSON, in the shape that other programs may rely on; keys are only ever added. `version` counts breaking
 * changes. The JSON of a plan is the plan itself, so that it can be read back.
 */
export function reportJson(report: Report): string {
  return `${JSON.stringify(shapeOf(report), null, 2)}\n`;
}

function shapeOf(report: Report): object {
  switch (report.kind) {
    case 'check':
      return checkShape(report);
    case 'explain':
      return explainShape(report);
    case 'plan':
      return planShape(report);
    case 'status':
    case 'resolve':
    case 'abandon':
    case 'doctor':
    case 'preflight':
      return withoutKind(report);
  }
}

function planShape({ plan, notes, choices, rollout, losses, sizes, proof, written }: PlanReport): object {
  return {
    ...plan,
    ...(notes.length > 0 ? { notes } : {}),
    ...(choices.length > 0 ? { choices } : {}),
    ...(rollout.length > 0 ? { rollout } : {}),
    ...(losses.length > 0 ? { losses } : {}),
    ...(Object.keys(sizes).length > 0 ? { sizes } : {}),
    ...(proof === undefined ? {} : { proof }),
    ...(written === undefined ? {} : { written: writtenShape(written) }),
  };
}

function writtenShape({ isDone, files, superseded, notes, nextCommand }: WrittenPlan): object {
  return {
    done: isDone,
    files: files.map(({ path, action, step }) => ({
      path,
      action,
      migration: step?.migration ?? null,
      step: step?.id ?? null,
      phase: step?.phase ?? null,
      deployBefore: step?.deployBefore ?? [],
      deployAfter: step?.deployAfter ?? [],
    })),
    superseded,
    notes,
    nextCommand,
  };
}

function explainShape(report: ExplainReport): object {
  return {
    version: report.version,
    server: serverShape(report.server),
    files: report.files.map(({ path, statements }) => ({ path, statements: statements.map(statementShape) })),
    ...traceShape(report),
  };
}

function serverShape(server: ServerVersion): string {
  return `${server.engine} ${server.major}`;
}

function statementShape(statement: JudgedStatement): object {
  const { sql, span, facts, estimate, traced } = statement;
  return {
    sql,
    line: span.line,
    ...factsShape(facts),
    ...(estimate === undefined ? {} : { estimate }),
    ...(traced === undefined ? {} : { traced }),
  };
}

function traceShape({ trace, files }: CheckReport | ExplainReport): { readonly trace?: object } {
  if (trace === undefined) return {};
  return { trace: { ...trace, summary: traceCounts(files.flatMap((file) => file.statements)) } };
}

/** In the report of `check` statements do not stand on their own. */
function tracedStatements(report: CheckReport): readonly object[] {
  return report.files.flatMap(({ path, statements }) =>
    statements.flatMap(({ sql, span, traced }) =>
      traced === undefined ? [] : [{ path, line: span.line, sql, ...traced }],
    ),
  );
}

function factsShape(facts: StatementFacts): object {
  return {
    kind: facts.kind,
    locks: facts.locks.map(({ relation, mode }) => ({ relation, mode })),
    rewrites: facts.rewrites,
    scans: facts.scans,
    indexBuilds: facts.indexBuilds,
    transaction: facts.transaction,
    blocks: blockedBy(facts.locks),
    certainty: facts.certainty,
    because: facts.because,
  };
}

function checkShape(report: CheckReport): object {
  const statements = report.files.flatMap((file) => file.statements);
  const count = (severity: Finding['severity']): number =>
    report.findings.filter((finding) => finding.severity === severity).length;
  return {
    version: report.version,
    server: serverShape(report.server),
    context: report.context,
    findings: findingsInOrder(report).map(findingShape),
    suppressed: report.suppressed.map(({ finding, by }) => ({ ...findingShape(finding), by })),
    problems: report.problems.map(problemShape),
    baseline: report.baseline,
    since: report.since,
    ...(report.trace === undefined
      ? {}
      : { trace: { ...traceShape(report).trace, statements: tracedStatements(report) } }),
    summary: {
      files: report.files.length,
      statements: statements.length,
      unknown: statements.filter(({ facts }) => facts.certainty === 'unknown').length,
      errors: count('error'),
      warnings: count('warning'),
      infos: count('info'),
      suppressed: report.suppressed.length,
      unreadable: report.problems.length,
    },
  };
}

function findingShape(finding: Finding): object {
  const { span, focus, facts } = finding;
  return {
    rule: finding.rule,
    severity: finding.severity,
    path: finding.path,
    line: span.line,
    column: span.column,
    endLine: span.endLine,
    endColumn: span.endColumn,
    focus: {
      line: focus.line,
      column: focus.column,
      endLine: focus.endLine,
      endColumn: focus.endColumn,
    },
    relations: finding.relations,
    fingerprint: finding.fingerprint,
    sql: finding.sql,
    title: finding.title,
    consequence: finding.consequence,
    remedy: finding.remedy,
    recipe: finding.recipe,
    nextCommand: finding.nextCommand,
    facts: { ...factsShape(facts), failure: facts.failure, losses: facts.losses, breaks: facts.breaks },
  };
}

function problemShape(problem: InputProblem): object {
  const { code, path, line, column, message, nextCommand, fingerprint } = problem;
  return { code, path, line, column, message, nextCommand, fingerprint };
}

function withoutKind(report: StatusReport | ResolveReport | AbandonReport | DoctorReport | PreflightReport): object {
  const { kind: _, ...shape } = report;
  return shape;
}
