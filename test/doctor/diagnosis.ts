import { expect } from 'vitest';
import { examineServer } from '../../src/api/examine-server.ts';
import type { DoctorLimits } from '../../src/doctor/limits.ts';
import type { CheckStatus, DoctorCheck } from '../../src/model/doctor-report.ts';

/** What the doctor says of one thing on a server. */
export async function checkOf(url: string, id: string, limits: Partial<DoctorLimits> = {}): Promise<DoctorCheck> {
  const { checks } = await examineServer({ databaseUrl: url, limits });
  const found = checks.find((check) => check.id === id);
  if (found === undefined) throw new Error(`the doctor does not look at ${id}`);
  return found;
}

/** Expects a status and words of what was measured, and of the next command where there has to be one. */
export function expectCheck(
  check: DoctorCheck,
  status: CheckStatus,
  measured: RegExp | string,
  next?: RegExp | string,
): void {
  expect(check).toMatchObject({
    status,
    measured: typeof measured === 'string' ? measured : expect.stringMatching(measured),
  });
  if (status === 'ok') expect(check.nextCommand).toBeNull();
  if (typeof next === 'string') expect(check.nextCommand).toBe(next);
  else if (next !== undefined) expect(check.nextCommand).toMatch(next);
}
