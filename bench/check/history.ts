import { type Random, seededRandom } from './random.ts';

/** One migration of a made-up history. */
export interface HistoryFile {
  readonly name: string;
  readonly sql: string;
}

interface MadeTable {
  readonly name: string;
  readonly columns: MadeColumn[];
  readonly checks: string[];
  indexes: number;
}

interface MadeColumn {
  name: string;
  type: string;
  notNull: boolean;
  /** Nothing else hangs on it. */
  isFree: boolean;
}

const SUBJECTS = [
  'account',
  'address',
  'audit',
  'basket',
  'billing',
  'campaign',
  'carrier',
  'catalog',
  'contract',
  'customer',
  'delivery',
  'discount',
  'document',
  'invoice',
  'message',
  'order',
  'payment',
  'price',
  'product',
  'refund',
  'report',
  'session',
  'shipment',
  'stock',
  'ticket',
] as const;
const ROLES = [
  'entries',
  'events',
  'items',
  'links',
  'notes',
  'rules',
  'settings',
  'states',
  'tags',
  'types',
  'versions',
  'windows',
] as const;
const WORDS = [
  'amount',
  'balance',
  'channel',
  'city',
  'code',
  'comment',
  'country',
  'currency',
  'email',
  'hint',
  'label',
  'level',
  'locale',
  'origin',
  'phone',
  'position',
  'quantity',
  'reason',
  'region',
  'score',
  'source',
  'status',
  'title',
  'tracking_url',
  'weight',
] as const;
const TYPES = [
  'text',
  'integer',
  'bigint',
  'boolean',
  'timestamptz',
  'numeric(12, 2)',
  'varchar(80)',
  'jsonb',
] as const;

/**
 * The migrations of a service over the years: it makes about 300 tables, then changes them, about 12 statements a file.
 * Every statement runs on what the ones before it leave behind, on PostgreSQL 13 to 18.
 *
 * @example makeHistory(1000)[0]?.name // '0000_create_account_entries.sql'
 */
export function makeHistory(files: number, seed = 1): readonly HistoryFile[] {
  const history = new History(seededRandom(seed));
  return Array.from({ length: files }, (_, number) => history.nextFile(number));
}

/** The same statements in one file of at least so many characters. */
export function makeLongFile(characters: number, seed = 2): string {
  const history = new History(seededRandom(seed));
  let sql = '';
  for (let number = 0; sql.length < characters; number += 1) {
    const file = history.nextFile(number);
    sql += `-- ${file.name}\n${file.sql}\n`;
  }
  return sql;
}

class History {
  readonly #random: Random;
  readonly #tables: MadeTable[] = [];
  #made = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  nextFile(number: number): HistoryFile {
    const most = SUBJECTS.length * ROLES.length;
    const isNew = this.#tables.length < 3 || (this.#tables.length < most && this.#random.chance(0.4));
    const { title, statements } = isNew ? this.#createTable() : this.#changeTables();
    const isWrapped = this.#random.chance(0.1) && !statements.some((one) => one.includes('CONCURRENTLY'));
    const all = isWrapped ? ['BEGIN', ...statements, 'COMMIT'] : statements;
    return { name: `${String(number).padStart(4, '0')}_${title}.sql`, sql: `${all.join(';\n\n')};\n` };
  }

  #createTable(): { title: string; statements: readonly string[] } {
    const at = this.#tables.length;
    const name = `${SUBJECTS[at % SUBJECTS.length]}_${ROLES[Math.floor(at / SUBJECTS.length) % ROLES.length]}`;
    const columns = Array.from({ length: 5 + this.#random.below(6) }, () => this.#newColumn());
    const parent = at === 0 ? null : this.#random.of(this.#some());
    const table: MadeTable = { name, columns, checks: [], indexes: 0 };
    const lines = [
      'id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
      ...columns.map((one) => `${one.name} ${one.type}${one.notNull ? ' NOT NULL' : ''}${defaultOf(one)}`),
      'created_at timestamptz NOT NULL DEFAULT now()',
      'updated_at timestamptz NOT NULL DEFAULT now()',
      ...(parent === null ? [] : [`parent_id bigint REFERENCES ${parent.name} (id)`]),
    ];
    this.#tables.push(table);
    const statements = [
      `CREATE TABLE ${name} (\n  ${lines.join(',\n  ')}\n)`,
      ...(parent === null ? [] : [`CREATE INDEX ${name}_parent_id_idx ON ${name} (parent_id)`]),
      `CREATE INDEX ${name}_created_at_idx ON ${name} (created_at DESC)`,
      `COMMENT ON TABLE ${name} IS 'What the ${name.replaceAll('_', ' ')} of the service are'`,
      `INSERT INTO ${name} (${columns.map((one) => one.name).join(', ')}) VALUES (${columns.map(literalOf).join(', ')})`,
      `GRANT SELECT ON ${name} TO public`,
      ...columns.slice(0, 4).map((one) => `COMMENT ON COLUMN ${name}.${one.name} IS 'The ${one.name} as it was sent'`),
      `ALTER TABLE ${name} ADD CONSTRAINT ${name}_times CHECK (updated_at >= created_at)`,
      `CREATE VIEW ${name}_recent AS SELECT id, created_at FROM ${name} WHERE created_at > '2020-01-01'`,
    ];
    return { title: `create_${name}`, statements };
  }

  #changeTables(): { title: string; statements: readonly string[] } {
    const table = this.#random.of(this.#some());
    const statements: string[] = this.#random.chance(0.3) ? ["SET lock_timeout = '2s'"] : [];
    while (statements.length < 12) {
      const one = this.#random.chance(0.6) ? table : this.#random.of(this.#some());
      statements.push(...this.#change(one));
    }
    return { title: `change_${table.name}`, statements };
  }

  #some(): [MadeTable, ...MadeTable[]] {
    const [first, ...others] = this.#tables;
    return first === undefined ? [{ name: 'nothing', columns: [], checks: [], indexes: 0 }] : [first, ...others];
  }

  #change(table: MadeTable): readonly string[] {
    const column = table.columns[this.#random.below(table.columns.length)];
    const kind = this.#random.below(16);
    if (column === undefined || kind < 4) return this.#addColumn(table);
    if (kind < 6) return this.#addIndex(table, column);
    if (kind < 8) return this.#changeDefault(table, column);
    if (kind < 10) return this.#notNull(table, column);
    if (kind < 11) return this.#changeType(table, column);
    if (kind < 12) return this.#rename(table, column);
    if (kind < 13) return this.#dropColumn(table, column);
    return this.#constraintOrRows(table, column, kind);
  }

  #addColumn(table: MadeTable): readonly string[] {
    const column = { ...this.#newColumn(), notNull: false };
    table.columns.push(column);
    const withDefault = this.#random.chance(0.4) ? ` DEFAULT ${literalOf(column)}` : '';
    return [`ALTER TABLE ${table.name} ADD COLUMN ${column.name} ${column.type}${withDefault}`];
  }

  #addIndex(table: MadeTable, column: MadeColumn): readonly string[] {
    if (column.type === 'jsonb' || table.indexes > 6) return [];
    column.isFree = false;
    table.indexes += 1;
    const how = this.#random.of(['', '', ' CONCURRENTLY']);
    return [`CREATE INDEX${how} ${this.#name(table, 'idx')} ON ${table.name} (${column.name})`];
  }

  #changeDefault(table: MadeTable, column: MadeColumn): readonly string[] {
    const to = this.#random.chance(0.7) ? `SET DEFAULT ${literalOf(column)}` : 'DROP DEFAULT';
    return [`ALTER TABLE ${table.name} ALTER COLUMN ${column.name} ${to}`];
  }

  #notNull(table: MadeTable, column: MadeColumn): readonly string[] {
    if (column.notNull) {
      column.notNull = false;
      return [`ALTER TABLE ${table.name} ALTER COLUMN ${column.name} DROP NOT NULL`];
    }
    column.notNull = true;
    return [
      `UPDATE ${table.name} SET ${column.name} = ${literalOf(column)} WHERE ${column.name} IS NULL`,
      `ALTER TABLE ${table.name} ALTER COLUMN ${column.name} SET NOT NULL`,
    ];
  }

  #changeType(table: MadeTable, column: MadeColumn): readonly string[] {
    const wider = WIDER[column.type];
    if (wider === undefined || !column.isFree) return [];
    column.type = wider;
    return [`ALTER TABLE ${table.name} ALTER COLUMN ${column.name} TYPE ${wider}`];
  }

  #rename(table: MadeTable, column: MadeColumn): readonly string[] {
    const old = column.name;
    column.name = this.#columnName();
    return [`ALTER TABLE ${table.name} RENAME COLUMN ${old} TO ${column.name}`];
  }

  #dropColumn(table: MadeTable, column: MadeColumn): readonly string[] {
    if (!column.isFree || table.columns.length < 4) return [];
    table.columns.splice(table.columns.indexOf(column), 1);
    return [`ALTER TABLE ${table.name} DROP COLUMN ${column.name}`];
  }

  #constraintOrRows(table: MadeTable, column: MadeColumn, kind: number): readonly string[] {
    if (kind === 13) {
      const other = this.#random.of(this.#some());
      const added = this.#columnName();
      const name = this.#name(table, 'fkey');
      const [add, key] = [`${added}_id`, `FOREIGN KEY (${added}_id) REFERENCES ${other.name} (id)`];
      const isTwoSteps = this.#random.chance(0.5);
      return [
        `ALTER TABLE ${table.name} ADD COLUMN ${add} bigint`,
        `ALTER TABLE ${table.name} ADD CONSTRAINT ${name} ${key}${isTwoSteps ? ' NOT VALID' : ''}`,
        ...(isTwoSteps ? [`ALTER TABLE ${table.name} VALIDATE CONSTRAINT ${name}`] : []),
      ];
    }
    if (kind === 14 && table.checks.length < 4) {
      column.isFree = false;
      const name = this.#name(table, 'check');
      table.checks.push(name);
      return [
        `ALTER TABLE ${table.name} ADD CONSTRAINT ${name} CHECK (${column.name} IS DISTINCT FROM ${literalOf(column)} OR id > 0)`,
      ];
    }
    return [`UPDATE ${table.name} SET updated_at = now() WHERE ${column.name} IS NULL`];
  }

  #newColumn(): MadeColumn {
    return { name: this.#columnName(), type: this.#random.of(TYPES), notNull: this.#random.chance(0.5), isFree: true };
  }

  #columnName(): string {
    this.#made += 1;
    return `${this.#random.of(WORDS)}_${this.#made.toString(36)}`;
  }

  #name(table: MadeTable, ending: string): string {
    this.#made += 1;
    return `${table.name}_${this.#made.toString(36)}_${ending}`;
  }
}

const WIDER: Readonly<Record<string, string>> = {
  integer: 'bigint',
  'varchar(80)': 'text',
  'numeric(12, 2)': 'numeric(14, 2)',
};

function defaultOf(column: MadeColumn): string {
  return column.type === 'boolean' ? ' DEFAULT false' : '';
}

function literalOf({ type }: MadeColumn): string {
  switch (type) {
    case 'boolean':
      return 'true';
    case 'timestamptz':
      return 'now()';
    case 'jsonb':
      return "'{}'";
    case 'text':
    case 'varchar(80)':
      return "'none yet'";
    default:
      return '0';
  }
}
