import type { PlanProof } from '../model/plan-proof.ts';
import type { Paint } from './paint.ts';
import { countText } from './quantity-text.ts';
import { labelled } from './wrap-text.ts';

/** Differences that are told one by one. */
const DIFFERENCES_TOLD = 20;

/** What came of proving a plan. */
export function proofText(proof: PlanProof, paint: Paint): string {
  const notes = proof.notes.map((note) => labelled('', note, '', 0));
  return [headOf(proof, paint), ...detailsOf(proof), ...notes].join('\n');
}

function headOf({ outcome, serverVersion, objects }: PlanProof, paint: Paint): string {
  const on = `PostgreSQL ${serverVersion}`;
  switch (outcome) {
    case 'equal':
      return paint.bold(
        `Proved on ${on}: the plan ends where the migration itself ends (${countText(objects, 'object')} compared).`,
      );
    case 'different':
      return paint.red(`Not proved on ${on}: the plan ends otherwise than the migration itself.`);
    case 'refused':
      return paint.red(`${on} refuses the migration as it stands, so there is nothing to compare the plan with.`);
    case 'stopped':
      return paint.red(`Not proved on ${on}: the plan did not get through.`);
  }
}

function detailsOf({ refusal, differences }: PlanProof): readonly string[] {
  const told = differences.slice(0, DIFFERENCES_TOLD).map((one) => `  ${one}`);
  const rest = differences.length - told.length;
  const place = refusal?.path == null ? '' : `${refusal.path}${refusal.line === null ? '' : `:${refusal.line}`}: `;
  const state = refusal?.sqlstate == null ? '' : ` (SQLSTATE ${refusal.sqlstate})`;
  return [
    ...(refusal === null ? [] : [`  ${place}${refusal.message}${state}`]),
    ...told,
    ...(rest > 0 ? [`  and ${rest} more`] : []),
    ...(differences.length > 0
      ? ['  Evenkeel is wrong here: please report it, with the statements and what they name.']
      : []),
  ];
}
