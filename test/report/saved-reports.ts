import { createHash } from 'node:crypto';
import type { DoctorReport } from '../../src/model/doctor-report.ts';
import type { StatementFacts } from '../../src/model/facts.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { AbandonReport, ResolveReport } from '../../src/model/mend-report.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { PreflightReport } from '../../src/model/preflight-report.ts';
import type {
  CheckedFile,
  CheckReport,
  ExplainReport,
  JudgedStatement,
  PlanReport,
  StatusReport,
} from '../../src/model/report.ts';
import { partOfSpan, type Span } from '../../src/model/span.ts';

/** Reports as the pipeline would make them, saved as values: reporters are tested without anything in front of them. */
const NO_FACTS: StatementFacts = {
  kind: 'alter-table',
  locks: [],
  rewrites: [],
  scans: [],
  indexBuilds: [],
  transaction: 'any',
  failure: null,
  losses: [],
  breaks: [],
  certainty: 'known',
  because: [],
};

function statement(sql: string, line: number, facts: Partial<StatementFacts>): JudgedStatement {
  const span: Span = {
    line,
    column: 1,
    endLine: line,
    endColumn: sql.length + 1,
    startOffset: line * 1000,
    endOffset: line * 1000 + sql.length,
  };
  return { sql, span, facts: { ...NO_FACTS, ...facts } };
}

const volatileDefault = statement(
  'ALTER TABLE "orders" ADD COLUMN "public_id" uuid DEFAULT gen_random_uuid() NOT NULL',
  1,
  {
    locks: [{ relation: 'public.orders', mode: 'ACCESS EXCLUSIVE' }],
    rewrites: ['public.orders'],
    because: ['A volatile default has to be computed for every row (measured on 18.4).'],
  },
);
const concurrentIndex = statement('CREATE INDEX CONCURRENTLY i\n  ON orders (customer_id)', 3, {
  kind: 'create-index',
  locks: [{ relation: 'public.orders', mode: 'SHARE UPDATE EXCLUSIVE' }],
  scans: ['public.orders'],
  indexBuilds: ['public.i'],
  transaction: 'outside-only',
  because: ['Measured on 18.4.'],
});
const dropColumn = statement('ALTER TABLE customers DROP COLUMN legacy_code', 1, {
  locks: [{ relation: 'public.customers', mode: 'ACCESS EXCLUSIVE' }],
  losses: ['column public.customers.legacy_code'],
  breaks: [
    {
      kind: 'column-gone',
      what: 'public.customers.legacy_code',
      sentence: 'Code that still names legacy_code fails with 42703.',
    },
  ],
  because: ['Measured on 18.4.'],
});
const block = statement('DO $$ BEGIN PERFORM 1; END $$', 5, {
  kind: 'code-block',
  certainty: 'unknown',
  because: ['Evenkeel does not look into DO blocks; write the statements out to have them judged.'],
});

/** A file with each statement on its line, and spans that count in it. */
function file(path: string, statements: readonly JudgedStatement[]): CheckedFile {
  let text = '';
  for (const { sql, span } of statements) {
    text += `${'\n'.repeat(Math.max(0, span.line - text.split('\n').length))}${sql};`;
  }
  return {
    path,
    repositoryPath: `shop/${path}`,
    text: `${text}\n`,
    statements: statements.map((one) => placed(text, one)),
  };
}

function placed(text: string, statement: JudgedStatement): JudgedStatement {
  const startOffset = text.indexOf(statement.sql);
  const { line, column } = statement.span;
  const whole = { line, column, endLine: 1, endColumn: 1, startOffset, endOffset: 0 };
  return { ...statement, span: partOfSpan(whole, statement.sql, 0, statement.sql.length) };
}

const files = [
  file('drizzle/0002_order_public_id.sql', [volatileDefault, concurrentIndex]),
  file('drizzle/0010_drop_legacy_code.sql', [dropColumn, block]),
];

type GivenFields = Omit<Finding, 'span' | 'focus' | 'sql' | 'facts' | 'relations' | 'fingerprint'>;

function finding(judged: JudgedStatement, fields: GivenFields): Finding {
  const { sql, facts } = judged;
  const placed = files.flatMap(({ statements }) => statements).find((one) => one.sql === sql) ?? judged;
  return {
    ...fields,
    span: placed.span,
    focus: placed.span,
    sql,
    facts,
    relations: facts.locks.map(({ relation }) => relation),
    fingerprint: createHash('sha256').update(`${fields.rule} ${sql}`).digest('hex'),
  };
}

const findings: readonly Finding[] = [
  finding(dropColumn, {
    rule: 'drop-column',
    severity: 'warning',
    path: 'drizzle/0010_drop_legacy_code.sql',
    title: 'Dropping a column that the running application may still read.',
    consequence: 'Requests that name the column fail from that moment on.',
    remedy: 'Deploy code that does not name the column first, then drop it.',
    recipe: 'drop-column',
    nextCommand: 'evenkeel plan drizzle/0010_drop_legacy_code.sql',
  }),
  finding(volatileDefault, {
    rule: 'rewrite-volatile-default',
    severity: 'error',
    path: 'drizzle/0002_order_public_id.sql',
    title: 'Adding a column with a volatile default rewrites public.orders.',
    consequence:
      'Every reader and writer of public.orders waits behind it for as long as the rewrite takes, and everybody who comes later queues behind them.',
    remedy: 'Add the column without a default, set the default for new rows, and fill the old ones in batches.',
    recipe: 'add-column-volatile-default',
    nextCommand: 'evenkeel plan drizzle/0002_order_public_id.sql',
  }),
  finding(block, {
    rule: 'unknown-statement',
    severity: 'info',
    path: 'drizzle/0010_drop_legacy_code.sql',
    title: 'A statement that cannot be judged.',
    consequence: 'Nobody can tell what it locks.',
    remedy: 'Write its statements out.',
    recipe: null,
    nextCommand: 'evenkeel explain drizzle/0010_drop_legacy_code.sql',
  }),
];

export const savedCheck: CheckReport = {
  kind: 'check',
  version: 1,
  server: { engine: 'postgresql', major: 18 },
  context: 'replayed migrations',
  files,
  findings,
  suppressed: [],
  problems: [],
  rules: findings.map(({ rule, severity, title, remedy }) => ({ id: rule, severity, summary: title, remedy })),
  baseline: null,
  since: null,
};

const [accepted, ...others] = findings;
const broken = 'CREATE TABLE a (\n  x int NOT NUL\n);\n';

/** A report with everything that a report of check can have. */
export const fullCheck: CheckReport = {
  ...savedCheck,
  findings: others,
  suppressed:
    accepted === undefined
      ? []
      : [{ finding: accepted, by: { kind: 'comment', reason: 'nothing reads it & never will: "sure"', line: 1 } }],
  problems: [
    {
      code: 'sql-syntax',
      path: 'drizzle/0011_broken.sql',
      repositoryPath: 'shop/drizzle/0011_broken.sql',
      line: 2,
      column: 13,
      message: 'syntax error at or near "NUL"; expected NULL instead of NUL.',
      nextCommand: 'open drizzle/0011_broken.sql:2:13, mend it, and run the same command again',
      text: broken,
      fingerprint: createHash('sha256').update('broken').digest('hex'),
    },
    {
      code: 'encoding',
      path: 'drizzle/0012_größe, 100%.sql',
      repositoryPath: 'shop/drizzle/0012_größe, 100%.sql',
      line: 3,
      column: 7,
      message: 'The file is not valid UTF-8, so its SQL cannot be read without guessing.',
      nextCommand: 'save it as UTF-8, then run the same command again',
      text: null,
      fingerprint: createHash('sha256').update('binary').digest('hex'),
    },
  ],
  baseline: { path: 'evenkeel.baseline.json', stale: 2 },
  since: { ref: 'main', unchanged: 9 },
};

export const savedExplain: ExplainReport = {
  kind: 'explain',
  version: 1,
  server: { engine: 'postgresql', major: 16 },
  files,
};

const TIMEOUTS = { lockTimeoutMs: 100, statementTimeoutMs: 2000 } as const;
const EXCLUSIVE = [{ relation: 'public.orders', mode: 'ACCESS EXCLUSIVE' }] as const;

const plan: Plan = {
  version: 1,
  engine: 'postgresql',
  serverMajor: 18,
  fingerprint: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  migrations: [
    {
      id: '0002_order_public_id',
      path: 'drizzle/0002_order_public_id.sql',
      checksum: 'c'.repeat(64),
      foreignLedgerRow: null,
      steps: [
        {
          kind: 'transaction',
          id: '01-add-public_id',
          phase: 'expand',
          why: 'The column comes without a default, so no row is written.',
          line: 1,
          sql: [
            'ALTER TABLE public.orders ADD COLUMN public_id uuid',
            'ALTER TABLE public.orders ALTER COLUMN public_id SET DEFAULT gen_random_uuid()',
          ],
          locks: EXCLUSIVE,
          lockClass: 'brief',
          ...TIMEOUTS,
          undo: ['ALTER TABLE public.orders DROP COLUMN public_id'],
          postCondition: { sentence: 'public.orders has the column public_id.', sql: 'SELECT true' },
        },
        {
          kind: 'backfill',
          id: '02-fill-public_id',
          phase: 'migrate',
          why: 'Old rows get their value in small transactions.',
          line: 1,
          table: 'public.orders',
          assignments: 'public_id = gen_random_uuid()',
          where: 'public_id IS NULL',
          keyColumns: ['id'],
          batchRows: 1000,
          locks: [{ relation: 'public.orders', mode: 'ROW EXCLUSIVE' }],
          ...TIMEOUTS,
          undo: null,
          postCondition: { sentence: 'No row of public.orders lacks public_id.', sql: 'SELECT true' },
        },
        {
          kind: 'concurrent-index',
          id: '03-build-orders_public_id_key',
          phase: 'migrate',
          why: 'Built while everybody works on.',
          line: 3,
          verb: 'create',
          sql: 'CREATE UNIQUE INDEX CONCURRENTLY orders_public_id_key ON public.orders (public_id)',
          table: 'public.orders',
          index: 'public.orders_public_id_key',
          locks: [{ relation: 'public.orders', mode: 'SHARE UPDATE EXCLUSIVE' }],
          lockTimeoutMs: 100,
          statementTimeoutMs: null,
          undo: ['DROP INDEX CONCURRENTLY public.orders_public_id_key'],
          postCondition: { sentence: 'The index is valid.', sql: 'SELECT true' },
        },
        {
          kind: 'gate',
          id: '04-gate-public_id',
          phase: 'contract',
          why: 'Old code does not know the column.',
          line: 1,
          deploy: "Deploy the code that writes public_id; don't go on before every instance runs it.",
          undo: null,
          locks: [],
        },
      ],
    },
  ],
};

export const savedPlan: PlanReport = {
  kind: 'plan',
  version: 1,
  plan,
  notes: [
    {
      path: 'drizzle/0002_order_public_id.sql',
      line: 3,
      note: 'The statement is safe as it stands and is kept.',
    },
  ],
  choices: [
    {
      path: 'drizzle/0002_order_public_id.sql',
      line: 1,
      rung: 'new-column-backfill',
      because: 'Old rows have to be written.',
      ways: [
        {
          recipe: 'add-column-backfill',
          rung: 'new-column-backfill',
          steps: ['01-add-public_id', '02-fill-public_id'],
        },
      ],
      naive: {
        locks: EXCLUSIVE,
        rewrites: ['public.orders'],
        scans: [],
        indexBuilds: [],
        breaks: [],
        certainty: 'known',
        estimate: {
          tables: [{ relation: 'public.orders', rows: 82_000_000, bytes: 32_212_254_720 }],
          durationMs: 1_800_000,
          isAtLeast: false,
          blocks: 'reads and writes',
          requests: 9000,
          sentence: 'public.orders is 30 GB: about 30 minutes with reads and writes blocked (reckoned with 20 MB/s).',
        },
      },
    },
  ],
  rollout: [
    {
      path: 'drizzle/0002_order_public_id.sql',
      gate: null,
      steps: ['01-add-public_id', '02-fill-public_id', '03-build-orders_public_id_key'],
      atGate: null,
      versions: 'The version that runs today runs on.',
      breaks: [],
      fallback: {
        kind: 'fix-forward',
        withoutUndo: ['02-fill-public_id'],
        undo: null,
        added: ['column public.orders.public_id'],
        sentence: 'Fix forward: there is no undo of 02-fill-public_id that loses nothing.',
      },
    },
    {
      path: 'drizzle/0002_order_public_id.sql',
      gate: '04-gate-public_id',
      steps: [],
      atGate: 'Both may run side by side.',
      versions: 'Only versions that write public_id.',
      breaks: ['INSERTs that leave public_id NULL fail with 23502.'],
      fallback: {
        kind: 'fix-forward',
        withoutUndo: ['02-fill-public_id'],
        undo: null,
        added: ['column public.orders.public_id'],
        sentence: 'Fix forward all the same.',
      },
    },
  ],
  losses: [
    {
      path: 'drizzle/0002_order_public_id.sql',
      line: 4,
      rule: 'data-loss',
      title: 'Deletes column public.orders.code.',
      consequence: 'There is no way back from it but a backup.',
      accepted: null,
      counts: [
        {
          relation: 'public.orders',
          rowsEstimate: 82_000_000,
          sql: 'SELECT count(*) FROM public.orders WHERE code IS NOT NULL',
          counted: null,
        },
      ],
    },
    {
      path: 'drizzle/0002_order_public_id.sql',
      line: 5,
      rule: 'narrowing-type',
      title: 'Makes status of public.orders too narrow for some values: varchar(5).',
      consequence: 'It fails with 22001.',
      accepted: 'nobody uses the long ones',
      counts: [
        {
          relation: 'public.orders',
          rowsEstimate: 82_000_000,
          sql: 'SELECT count(*) FROM public.orders WHERE length(status) > 5',
          counted: 3,
        },
      ],
    },
  ],
  sizes: { 'public.orders': { rows: 82_000_000, bytes: 32_212_254_720 } },
};

export const savedStatus: StatusReport = {
  kind: 'status',
  version: 1,
  database: '127.0.0.1:5432/shop',
  ledgerExists: true,
  runner: { pid: 4711, since: '2026-01-05T09:00:00Z' },
  migrations: [
    {
      id: '0000_create_tables',
      path: 'drizzle/0000_create_tables.sql',
      state: 'applied',
      record: {
        id: '0000_create_tables',
        path: 'drizzle/0000_create_tables.sql',
        checksum: 'c'.repeat(64),
        state: 'applied',
        appliedAt: '2026-01-05T09:00:01Z',
        steps: [],
      },
      note: null,
      situation: null,
    },
    {
      id: '0002_order_public_id',
      path: 'drizzle/0002_order_public_id.sql',
      state: 'gated',
      record: {
        id: '0002_order_public_id',
        path: 'drizzle/0002_order_public_id.sql',
        checksum: 'c'.repeat(64),
        state: 'gated',
        appliedAt: null,
        steps: [
          {
            id: '01-add-public_id',
            ordinal: 1,
            state: 'done',
            attempts: 1,
            startedAt: '2026-01-05T09:00:02Z',
            finishedAt: '2026-01-05T09:00:02Z',
            sqlstate: null,
            message: null,
            rowsDone: null,
          },
        ],
      },
      note: null,
      situation: {
        kind: 'gated',
        step: '04-gate-public_id',
        sqlstate: null,
        reason: 'Deploy first: the code that writes public_id.',
        blockers: [],
        nextCommand: 'evenkeel apply drizzle --past-gate 0002_order_public_id:04-gate-public_id',
      },
    },
    { id: '0003_x', path: 'drizzle/0003_x.sql', state: 'pending', record: null, note: null, situation: null },
  ],
  nextCommand: 'evenkeel apply drizzle --past-gate 0002_order_public_id:04-gate-public_id',
};

export const savedResolve: ResolveReport = {
  kind: 'resolve',
  version: 1,
  database: '127.0.0.1:5432/shop',
  migration: '0002_order_public_id',
  steps: [
    { step: '01-add-public_id', outcome: 'marked', said: 'what it makes is there, by definition' },
    {
      step: '02-fill',
      outcome: 'refused',
      said: 'this does not hold: no row of public.orders is left to do',
    },
  ],
  applied: false,
  nextCommand: 'mend it, then: evenkeel resolve 0002_order_public_id 02-fill',
};

export const savedAbandon: AbandonReport = {
  kind: 'abandon',
  version: 1,
  database: '127.0.0.1:5432/shop',
  migration: '0002_order_public_id',
  path: 'drizzle/0002_order_public_id.sql',
  done: [
    { step: '03-gate', state: 'passed', why: 'New code has to be there.', undo: null },
    {
      step: '01-add-public_id',
      state: 'done',
      why: 'The column comes without a default, so no row is written.',
      undo: ['ALTER TABLE public.orders DROP COLUMN public_id'],
    },
  ],
  cleared: ['The index public.orders_public_id_key on public.orders, whose build broke off.'],
  isAbandoned: true,
  outcome: 'completed',
  nextCommand: null,
};

export const savedDoctor: DoctorReport = {
  kind: 'doctor',
  version: 1,
  database: '127.0.0.1:5432/shop',
  server: 'PostgreSQL 16.4 on x86_64-pc-linux-gnu, compiled by gcc 12.2.0, 64-bit',
  role: 'migrator',
  checks: [
    {
      id: 'server.version',
      status: 'ok',
      measured: 'Version 16 is one of those that were measured.',
      why: 'Facts about locks are measured version by version.',
      nextCommand: null,
    },
    {
      id: 'transactions.idle',
      status: 'warn',
      measured: '1 session: pid 4711 (psql\u001b[31m, app) idle in transaction for 5 min: UPDATE orders SET note = ?.',
      why: 'A session that idles in its transaction does no work and keeps its locks.',
      nextCommand: 'end the transaction where it was begun, or SELECT pg_terminate_backend(4711);',
    },
    {
      id: 'resources.disk',
      status: 'unknown',
      measured:
        'The database has 12 GB; biggest: public.orders 8 GB (indexes 3 GB). How much room is left, SQL cannot tell.',
      why: 'A backfill or a new index needs room beside the old.',
      nextCommand: 'df -h /var/lib/postgresql/16/main',
    },
    {
      id: 'replication.synchronous',
      status: 'fail',
      measured: 'Commits wait for 1 standby of a; connected and in step: 0.',
      why: 'A commit waits for its synchronous standby while it holds its locks, and no timeout ends that wait.',
      nextCommand: 'start the standby',
    },
  ],
};

export const savedPreflight: PreflightReport = {
  kind: 'preflight',
  version: 1,
  database: '127.0.0.1:5432/shop',
  verdict: 'wait',
  reasons: [
    {
      verdict: 'wait',
      sentence: 'Another run is under way: pid 99 (evenkeel:control:x).',
      blocker: null,
      nextCommand: 'evenkeel status <folder>',
    },
  ],
  checks: savedDoctor.checks.filter(({ status }) => status === 'fail'),
  steps: [
    {
      migration: '0002_order_public_id',
      path: 'drizzle/0002_order_public_id.sql',
      step: '01-add-public_id',
      kind: 'transaction',
      phase: 'expand',
      verdict: 'wait',
      reasons: [
        {
          verdict: 'wait',
          sentence: 'pid 4711 (psql, app) holds ACCESS SHARE on public.orders, idle in transaction, open for 5 min.',
          blocker: {
            pid: 4711,
            class: 'idle-in-transaction',
            backendStart: '2026-11-21 10:00:00.123456+00',
            relation: 'public.orders',
            mode: 'ACCESS SHARE',
            user: 'app',
            applicationName: 'psql',
            state: 'idle in transaction',
            ageMs: 300_000,
            isAutovacuum: false,
            query: 'SELECT * FROM orders WHERE id = ?',
          },
          nextCommand: 'SELECT pg_terminate_backend(4711);',
        },
      ],
    },
    {
      migration: '0002_order_public_id',
      path: 'drizzle/0002_order_public_id.sql',
      step: '03-build-orders_public_id_key',
      kind: 'concurrent-index',
      phase: 'migrate',
      verdict: 'clear',
      reasons: [
        {
          verdict: 'clear',
          sentence: 'The build needs less than 8 GB of disk, which is what the table has.',
          blocker: null,
          nextCommand: null,
        },
      ],
    },
  ],
  gate: {
    migration: '0002_order_public_id',
    step: '04-gate-public_id',
    deploy: 'Deploy the code that writes public_id.',
  },
  nextCommand: 'evenkeel preflight drizzle -- again, once the way is clear',
};
