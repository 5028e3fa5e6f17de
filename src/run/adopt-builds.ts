import type { Connection } from '../db/connection.ts';
import type { ConcurrentIndexStep } from '../model/plan.ts';
import type { RunEventDetail } from '../model/run-event.ts';
import type { ReconciledPlan } from './reconcile-plan.ts';
import { redactQuery } from './redact-query.ts';
import { type Orphan, terminateOrphan } from './terminate-orphans.ts';

/**
 * A dead runner's session may be hours into a build that we would only begin again: it is left alone when it carries out
 * the very statement of a step that the ledger knows as begun, on the same index and table. The run then waits for it,
 * and believes the catalog alone about what came of it. Every other builder is ended.
 */
export async function adoptBuilds(
  connection: Connection,
  builders: readonly Orphan[],
  plan: ReconciledPlan,
  onEvent: (event: RunEventDetail) => void,
): Promise<void> {
  if (builders.length === 0) return;
  const begun = begunBuilds(plan);
  for (const orphan of builders) {
    const { pid, query } = orphan;
    const wanted = await findBuild(connection, orphan, begun);
    if (wanted === null) await terminateOrphan(connection, orphan, onEvent);
    else {
      const { migration, step } = wanted;
      onEvent({ type: 'orphan:adopted', pid, query: redactQuery(query), migration, step: step.id });
    }
  }
}

interface BegunBuild {
  readonly migration: string;
  readonly step: ConcurrentIndexStep;
}

function begunBuilds({ migrations, recalled }: ReconciledPlan): readonly BegunBuild[] {
  return migrations.flatMap(({ id, steps }) =>
    steps.flatMap((step) =>
      step.kind === 'concurrent-index' && step.verb === 'create' && recalled[id]?.steps[step.id]?.state === 'intent'
        ? [{ migration: id, step }]
        : [],
    ),
  );
}

/** The server cuts long statements off; one that was cut is like no step, so its session is ended. */
async function findBuild(
  connection: Connection,
  orphan: Orphan,
  begun: readonly BegunBuild[],
): Promise<BegunBuild | null> {
  for (const build of begun) {
    if (orphan.query !== build.step.sql) continue;
    const [row] = await connection.query<{ same: boolean }>(
      `SELECT pg_catalog.to_regclass($1)::oid = $3::oid AND pg_catalog.to_regclass($2)::oid = $4::oid AS same`,
      [build.step.index, build.step.table, orphan.index, orphan.table],
    );
    if (row?.same === true) return build;
  }
  return null;
}
