import { estimateWork } from '../lint/estimate-work.ts';
import type { WorkEstimate } from '../model/work-estimate.ts';
import type { JudgedStep, JudgeOptions } from './judge-statements.ts';

/** How long a statement would take on tables of known size; null without sizes, and when it only touches the schema. */
export function estimateOf(
  step: JudgedStep,
  { calibration }: JudgeOptions,
  isUsed: (relation: string) => boolean = () => true,
): WorkEstimate | null {
  if (calibration === undefined) return null;
  return estimateWork(step.facts, { catalog: step.before, calibration, isUsed });
}
