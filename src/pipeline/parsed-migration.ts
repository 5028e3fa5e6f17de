import type { Migration } from '../model/migration.ts';
import type { Statement } from '../model/statement.ts';

export interface ParsedMigration {
  readonly migration: Migration;
  readonly statements: readonly Statement[];
}
