import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type pg from 'pg';
import { makePlan } from '../../src/index.ts';
import type { WrittenPlan } from '../../src/model/written-plan.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';

/** A folder of its own for one test, gone afterwards whatever happens. */
export async function withFolder<Answer>(work: (folder: string) => Promise<Answer>): Promise<Answer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-write-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Puts a migration into a file and writes its plan in its place. */
export async function writeInstead(file: string, sql: string, databaseUrl: string): Promise<WrittenPlan> {
  writeFileSync(file, sql);
  const { written } = await makePlan({ paths: [file], databaseUrl, write: true, force: true });
  if (written === undefined) throw new TypeError('nothing was written');
  return written;
}

/** As psql does: one message for each statement, comments and all that stands before it included. */
export async function runAsPsql(client: pg.Client, text: string): Promise<void> {
  for (const { sql } of parseStatements(text, 'file.sql')) await client.query(sql);
}
