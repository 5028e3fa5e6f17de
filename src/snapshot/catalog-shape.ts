import type { Shape } from './shape.ts';

const TEXT: Shape = { kind: 'text' };
const NUMBER: Shape = { kind: 'number' };
const BOOLEAN: Shape = { kind: 'boolean' };
const TEXTS: Shape = list(TEXT);

function list(of: Shape): Shape {
  return { kind: 'list', of };
}

function nullable(of: Shape): Shape {
  return { kind: 'nullable', of };
}

function oneOf(...words: readonly string[]): Shape {
  return { kind: 'text', oneOf: words };
}

function object(required: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape {
  return { kind: 'object', required, optional };
}

const NAME = object({ schema: TEXT, name: TEXT });
const DATA_TYPE = object({ schema: nullable(TEXT), name: TEXT, modifiers: list(NUMBER), arrayDimensions: NUMBER });
const EXPRESSION = object({
  sql: TEXT,
  isConstant: BOOLEAN,
  functions: TEXTS,
  columns: TEXTS,
  provesNotNull: TEXTS,
});

const COLUMN = object({
  name: TEXT,
  type: DATA_TYPE,
  notNull: BOOLEAN,
  default: nullable(EXPRESSION),
  identity: nullable(oneOf('always', 'by-default')),
  generated: nullable(oneOf('stored', 'virtual')),
  collation: nullable(TEXT),
});

const KEY = object({ name: TEXT, columns: TEXTS, deferrable: BOOLEAN }, { initiallyDeferred: BOOLEAN });

const CONSTRAINT: Shape = {
  kind: 'choice',
  by: 'kind',
  of: {
    'primary-key': KEY,
    unique: KEY,
    'foreign-key': object(
      {
        name: TEXT,
        columns: TEXTS,
        references: TEXT,
        referencedColumns: TEXTS,
        valid: BOOLEAN,
        deferrable: BOOLEAN,
        onDelete: TEXT,
        onUpdate: TEXT,
      },
      { initiallyDeferred: BOOLEAN, matchFull: BOOLEAN, onDeleteColumns: TEXTS },
    ),
    check: object({ name: TEXT, expression: EXPRESSION, valid: BOOLEAN, noInherit: BOOLEAN }),
    'not-null': object({ name: TEXT, column: TEXT, valid: BOOLEAN }),
    exclude: object({ name: TEXT }),
  },
};

const INDEX = object(
  {
    name: TEXT,
    unique: BOOLEAN,
    primary: BOOLEAN,
    valid: BOOLEAN,
    method: TEXT,
    keys: list(object({ column: nullable(TEXT), expression: nullable(EXPRESSION) })),
    include: TEXTS,
    predicate: nullable(EXPRESSION),
    constraint: nullable(TEXT),
    definitionSql: TEXT,
  },
  { attachedTo: TEXT, clustered: { kind: 'constant', value: true }, tablespace: TEXT },
);

const TABLE = object(
  {
    name: NAME,
    columns: list(COLUMN),
    constraints: list(CONSTRAINT),
    indexes: list(INDEX),
    triggers: list(object({ name: TEXT, columns: TEXTS, function: TEXT }, { forEachRow: BOOLEAN })),
    rowSecurity: oneOf('off', 'on', 'forced'),
    policies: TEXTS,
    persistence: oneOf('permanent', 'unlogged', 'temporary'),
    replicaIdentity: oneOf('default', 'full', 'nothing', 'index'),
    partitionBy: nullable(object({ strategy: oneOf('range', 'list', 'hash'), key: TEXT })),
    partitionOf: nullable(object({ parent: TEXT, bound: TEXT })),
    inherits: TEXTS,
  },
  { tablespace: TEXT, accessMethod: TEXT, notSeen: TEXTS },
);

const VIEW = object(
  {
    name: NAME,
    reads: list(object({ relation: TEXT, columns: nullable(TEXTS) })),
    sql: TEXT,
    indexes: list(INDEX),
  },
  { columns: nullable(list(object({ name: TEXT, type: nullable(DATA_TYPE) }))), notSeen: TEXTS },
);

const RELATION: Shape = {
  kind: 'choice',
  by: 'kind',
  of: {
    table: TABLE,
    view: VIEW,
    'materialized-view': VIEW,
    sequence: object({ name: NAME, type: TEXT, ownedBy: nullable(object({ relation: TEXT, column: TEXT })) }),
  },
};

const NAMED = object({ name: NAME });

const TYPE: Shape = {
  kind: 'choice',
  by: 'kind',
  of: {
    enum: object({ name: NAME, labels: TEXTS }),
    domain: object({
      name: NAME,
      base: DATA_TYPE,
      notNull: BOOLEAN,
      constraints: list(object({ name: TEXT, expression: EXPRESSION, valid: BOOLEAN })),
    }),
    composite: NAMED,
    range: NAMED,
    other: NAMED,
  },
};

const FUNCTION = object(
  { name: NAME, volatility: oneOf('immutable', 'stable', 'volatile'), language: TEXT, body: TEXT },
  {
    overloads: list(
      object({
        kind: oneOf('function', 'procedure', 'aggregate'),
        arguments: list(DATA_TYPE),
        result: nullable(DATA_TYPE),
        returnsSet: BOOLEAN,
      }),
    ),
  },
);

/** A schema, as `src/model/catalog.ts` has it. */
export const CATALOG_SHAPE: Shape = object(
  {
    engine: { kind: 'constant', value: 'postgresql' },
    serverMajor: NUMBER,
    searchPath: TEXTS,
    relations: { kind: 'map', of: RELATION },
    types: { kind: 'map', of: TYPE },
    functions: { kind: 'map', of: FUNCTION },
    schemas: TEXTS,
  },
  {
    extensions: TEXTS,
    publications: list(object({ name: TEXT, allTables: BOOLEAN, tables: TEXTS, schemas: TEXTS })),
    statistics: list(object({ name: NAME, table: TEXT, columns: TEXTS })),
    policyReads: list(object({ table: TEXT, policy: TEXT, relation: TEXT, columns: TEXTS })),
  },
);
