import type { Table } from '../../src/model/catalog.ts';
import type { Choices } from './choices.ts';
import { type Names, quoted } from './names.ts';

const TYPES = [
  'integer',
  'text',
  'bigint',
  'varchar(50)',
  'varchar(10)',
  'varchar',
  'numeric(12, 2)',
  'numeric(14, 2)',
  'numeric(12, 4)',
  'numeric',
  'smallint',
  'timestamptz',
  'timestamp',
  'timestamp(3)',
  'timestamptz(0)',
  'date',
  'boolean',
  'jsonb',
  'real',
  'double precision',
  'uuid',
  'text[]',
  'char(10)',
  'mood',
  'plain_text',
  'short_text',
  'nested_text',
  'given_number',
  'public.mood',
  'oid',
  'interval',
  'time',
  'bytea',
  'inet',
] as const;

export function anyType(choices: Choices): string {
  return choices.one(TYPES, 'integer');
}

/** A default that a type takes, most of the time. */
export function defaultFor(type: string, choices: Choices): string {
  const base = type.replace(/\(.*/, '');
  if (choices.below(16) === 15) return choices.one(["'x'", '1', 'no_such_function()', 'now()', 'NULL'], 'NULL');
  switch (base) {
    case 'integer':
    case 'bigint':
    case 'numeric':
      return choices.one(
        ['0', '7', "'5'", 'pure(1)', 'wild()', 'quiet()', "nextval('ticket_seq')", '(1 + 1)', 'NULL', "length('abc')"],
        '0',
      );
    case 'smallint':
    case 'real':
    case 'double precision':
      return choices.one(['0', '1.5', 'random()', 'inlined()', "'1'"], '0');
    case 'timestamptz':
    case 'timestamp':
    case 'date':
      return choices.one(['now()', "'2024-01-01'", 'CURRENT_TIMESTAMP', 'clock_timestamp()', 'steady()'], 'now()');
    case 'boolean':
      return choices.one(['true', 'false', "'yes'"], 'true');
    case 'uuid':
      return choices.one(['gen_random_uuid()', "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"], 'gen_random_uuid()');
    case 'mood':
    case 'public.mood':
      return choices.one(["'sad'", "'sad'::mood", "'angry'"], "'sad'");
    case 'given_number':
      return choices.one(['1', 'wild()'], '1');
    case 'jsonb':
      return choices.one(["'{}'", "'[]'::jsonb"], "'{}'");
    case 'text[]':
      return choices.one(["'{}'", "ARRAY['a']", "ARRAY['a']::text[]"], "'{}'");
    case 'interval':
      return "'1 day'";
    case 'time':
      return "'12:00'";
    case 'bytea':
      return "'\\x00'";
    case 'inet':
      return "'10.0.0.1'";
    case 'oid':
      return '1';
    default:
      return choices.one(
        ["'a'", "''", 'md5(random()::text)', "upper('a')", "lower('B'::text)", 'CURRENT_USER', 'NULL'],
        "'a'",
      );
  }
}

/** A condition over the columns of a table that holds for all of its rows, most of the time. */
export function conditionOn(table: Table, names: Names, choices: Choices): string {
  const column = names.columnOf(table, ['int4', 'int8', 'numeric', 'int2', 'float4']);
  if (column !== null) {
    const name = quoted(column.name);
    return choices.one(
      [
        `${name} >= 0`,
        `${name} > -1`,
        `pure(${name}::integer) > -5`,
        `${name} IS NOT NULL`,
        `${name} IS NULL`,
        `${name} < 50`,
      ],
      `${name} >= 0`,
    );
  }
  const text = names.columnOf(table, ['text', 'varchar']);
  if (text !== null) {
    const name = quoted(text.name);
    return choices.one(
      [`length(${name}) < 100`, `${name} <> ''`, `${name} IS NOT NULL`, `lower(${name}) <> 'zz'`],
      'true',
    );
  }
  return `${names.column(table)} IS NOT NULL`;
}
