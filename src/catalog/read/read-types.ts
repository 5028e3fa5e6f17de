import type { Connection } from '../../db/connection.ts';
import type { UserType } from '../../model/catalog.ts';
import type { ReadExpression } from './expression-reader.ts';
import { TYPE_JOINS, type TypeRow, typeColumns, typeOfRow } from './type-of-row.ts';
import { IS_USER_SCHEMA, isExtensionOwned } from './user-objects.ts';

interface UserTypeRow {
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly isForeign: boolean;
  /** JSON: labels of an enum in their order. */
  readonly labels: string | null;
}

/** Types of the user's; those of extensions too, as columns are of them, but without a look inside. */
export async function readTypes(connection: Connection, readExpression: ReadExpression): Promise<readonly UserType[]> {
  const rows = await connection.query<UserTypeRow>(`SELECT n.nspname AS schema, t.typname AS name, t.typtype AS kind,
      ${isExtensionOwned('pg_type', 't.oid')} AS "isForeign",
      (SELECT json_agg(enumlabel ORDER BY enumsortorder)::text FROM pg_enum WHERE enumtypid = t.oid) AS labels
    FROM pg_type t
    JOIN pg_namespace n ON n.oid = t.typnamespace
    LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE ${IS_USER_SCHEMA} AND t.typtype IN ('b', 'c', 'e', 'r', 'p') AND (c.oid IS NULL OR c.relkind = 'c')
      AND t.oid NOT IN (SELECT e.typarray FROM pg_type e WHERE e.typarray <> 0)`);
  return [...rows.map(typeOfUser), ...(await readDomains(connection, readExpression))];
}

function typeOfUser(row: UserTypeRow): UserType {
  const name = { schema: row.schema, name: row.name };
  if (row.isForeign) return { kind: 'other', name };
  switch (row.kind) {
    case 'e':
      return { kind: 'enum', name, labels: JSON.parse(row.labels ?? '[]') as readonly string[] };
    case 'c':
      return { kind: 'composite', name };
    case 'r':
      return { kind: 'range', name };
    default:
      return { kind: 'other', name };
  }
}

interface DomainRow extends TypeRow {
  readonly schema: string;
  readonly name: string;
  readonly isForeign: boolean;
  readonly notNull: boolean;
  /** JSON: name, expression and validity of each CHECK. */
  readonly constraints: string;
}

async function readDomains(connection: Connection, readExpression: ReadExpression): Promise<readonly UserType[]> {
  const rows = await connection.query<DomainRow>(`SELECT n.nspname AS schema, d.typname AS name,
      ${isExtensionOwned('pg_type', 'd.oid')} AS "isForeign", d.typnotnull AS "notNull",
      coalesce((SELECT json_agg(json_build_object('name', k.conname, 'expression', pg_get_expr(k.conbin, 0),
          'valid', k.convalidated) ORDER BY k.conname COLLATE "C")
        FROM pg_constraint k WHERE k.contypid = d.oid AND k.contype = 'c'), '[]')::text AS constraints,
      ${typeColumns('d.typtypmod')}
    FROM pg_type d
    JOIN pg_namespace n ON n.oid = d.typnamespace
    JOIN pg_type t ON t.oid = d.typbasetype ${TYPE_JOINS}
    WHERE d.typtype = 'd' AND ${IS_USER_SCHEMA}`);
  return rows.map((row) => domainOfRow(row, readExpression));
}

function domainOfRow(row: DomainRow, readExpression: ReadExpression): UserType {
  const name = { schema: row.schema, name: row.name };
  if (row.isForeign) return { kind: 'other', name };
  const checks = JSON.parse(row.constraints) as readonly { name: string; expression: string; valid: boolean }[];
  return {
    kind: 'domain',
    name,
    base: typeOfRow(row),
    notNull: row.notNull,
    constraints: checks.map((check) => ({ ...check, expression: readExpression(check.expression) })),
  };
}
