import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CliContext } from '../../src/cli/context.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import type { ApplyOptions, JudgeOptions, Toolkit } from '../../src/cli/toolkit.ts';
import {
  ConnectionError,
  DatabaseError,
  RunnerBusyError,
  SourceError,
  SqlSyntaxError,
  StalePlanError,
  UsageError,
} from '../../src/model/error.ts';
import type { RunOutcome } from '../../src/model/run-event.ts';
import {
  savedAbandon,
  savedCheck,
  savedDoctor,
  savedExplain,
  savedPlan,
  savedPreflight,
  savedResolve,
  savedStatus,
} from '../report/saved-reports.ts';

/** A toolkit that answers saved reports and remembers what it was asked. */
interface Recorder extends Toolkit {
  readonly asked: { readonly name: string; readonly options: object }[];
}

const PAGE = { text: '# a-rule\n\n**What happens.** Much.\n', bad: 'DROP TABLE a;\n', good: 'SELECT 1;\n' };

async function refuse(): Promise<never> {
  throw new UsageError('There is no backfill 7 in this database.', { nextCommand: 'evenkeel backfill list' });
}

const answers: Toolkit = {
  loadConfig: async () => null,
  writeBaseline: async () => 3,
  listRules: () => [
    { id: 'a-rule', severity: 'error', summary: 'Something bad happens.', remedy: 'Do not.' },
    { id: 'another-rule', severity: 'info', summary: 'Something happens.', remedy: 'Be careful.' },
  ],
  readRulePage: async () => PAGE,
  listRecipes: () => [{ name: 'a-recipe', summary: 'Do it slowly.' }],
  readRecipePage: async () => PAGE,
  check: async () => savedCheck,
  explain: async () => savedExplain,
  makePlan: async () => savedPlan,
  apply: async () => 'completed',
  backfills: {
    start: async () => 'finished',
    resume: async () => 'stopped',
    list: async () => [],
    status: refuse,
    pause: refuse,
    cancel: refuse,
    retune: refuse,
    verify: refuse,
  },
  resume: async () => 'completed',
  status: async () => savedStatus,
  doctor: async () => savedDoctor,
  preflight: async () => savedPreflight,
  watch: async () => null,
  replay: async () => null,
  resolve: async () => savedResolve,
  abandon: async () => savedAbandon,
  takeSnapshot: async () => {
    throw new ConnectionError('No server answers at h:5432/d: the connection was refused.');
  },
};

function recorder(overrides: Partial<Toolkit> = {}): Recorder {
  const asked: Recorder['asked'] = [];
  const toolkit = { ...answers, ...overrides };
  const note =
    <Options extends object, Answer>(name: string, answer: (options: Options) => Promise<Answer>) =>
    (options: Options): Promise<Answer> => {
      asked.push({ name, options });
      return answer(options);
    };
  return {
    ...toolkit,
    asked,
    check: note('check', toolkit.check),
    explain: note('explain', toolkit.explain),
    makePlan: note('plan', toolkit.makePlan),
    apply: note('apply', toolkit.apply),
    resume: note('resume', toolkit.resume),
    status: note('status', toolkit.status),
    doctor: note('doctor', toolkit.doctor),
    preflight: note('preflight', toolkit.preflight),
    watch: note('watch', toolkit.watch),
    replay: note('replay', toolkit.replay),
    resolve: note('resolve', toolkit.resolve),
    abandon: note('abandon', toolkit.abandon),
    takeSnapshot: note('snapshot', toolkit.takeSnapshot),
  };
}

interface Session {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'evenkeel-cli-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

interface Setting {
  readonly toolkit?: Toolkit;
  readonly env?: CliContext['env'];
  readonly isTerminal?: boolean;
  readonly now?: CliContext['now'];
  readonly onInterrupt?: CliContext['onInterrupt'];
  readonly exitNow?: CliContext['exitNow'];
}

async function evenkeel(line: string, setting: Setting = {}): Promise<Session> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr'): CliContext['stdout'] => ({
    write: (text) => {
      written[name] += text;
    },
    isTerminal: setting.isTerminal ?? false,
    columns: 80,
    rows: 24,
  });
  const context: CliContext = {
    version: '1.2.3',
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    env: setting.env ?? {},
    cwd,
    now: setting.now ?? (() => 0),
    onInterrupt: setting.onInterrupt ?? (() => () => undefined),
    exitNow: setting.exitNow ?? (() => undefined),
  };
  const exitCode = await runCli(line.split(' ').filter(Boolean), context, setting.toolkit ?? recorder());
  return { exitCode, ...written };
}

async function asked(line: string, setting: Setting = {}): Promise<unknown> {
  const toolkit = recorder();
  await evenkeel(line, { ...setting, toolkit });
  return toolkit.asked;
}

/** Hours around now, as `--plan-window` takes them. */
function window(fromMinutes: number, toMinutes: number): string {
  const time = (minutes: number): string => {
    const then = new Date(Date.now() + minutes * 60_000);
    return `${String(then.getHours()).padStart(2, '0')}:${String(then.getMinutes()).padStart(2, '0')}`;
  };
  return `${time(fromMinutes)}-${time(toMinutes)}`;
}

describe('what the library is asked', () => {
  it('check with flags', async () => {
    expect(await asked('check a.sql b --schema base.sql --server-version 16.4')).toEqual([
      { name: 'check', options: { paths: ['a.sql', 'b'], schemaFile: 'base.sql', serverMajor: 16 } },
    ]);
  });

  it('plan with flags for writing', async () => {
    const options = { paths: ['a.sql'], write: true };
    expect(await asked('plan a.sql --write')).toEqual([{ name: 'plan', options }]);
    expect(await asked('plan a.sql --write --force')).toEqual([{ name: 'plan', options: { ...options, force: true } }]);
  });

  it.each(['plan a.sql --force', 'plan a.sql --write --format sql'])('nothing by %s', async (line) => {
    expect(await asked(line)).toEqual([]);
    expect((await evenkeel(line)).exitCode).toBe(2);
  });

  it('check, explain and plan never take the database from the environment', async () => {
    const env = { DATABASE_URL: 'postgresql://h/d' };
    const options: JudgeOptions = { paths: ['a.sql'] };
    expect(await asked('check a.sql', { env })).toEqual([{ name: 'check', options }]);
    expect(await asked('explain a.sql', { env })).toEqual([{ name: 'explain', options }]);
    expect(await asked('plan a.sql', { env })).toEqual([{ name: 'plan', options }]);
  });

  it('check with what is accepted', async () => {
    expect(await asked('check a.sql --since origin/main --baseline old.json')).toEqual([
      { name: 'check', options: { paths: ['a.sql'], since: 'origin/main', baselineFile: 'old.json' } },
    ]);
  });

  it('what the config says, as far as the command line does not', async () => {
    const config = {
      file: 'evenkeel.config.json',
      paths: ['db'],
      schemaFile: 'base.sql',
      serverVersion: '15.2',
      rules: { 'lock-queue': 'off' },
      blockers: { policies: [{ class: 'active-query', action: 'cancel', afterMs: 1_000 }], atMost: 2 },
      queue: { maxQueued: 40, reason: 'the shop retries' },
    } as const;
    const ask = async (line: string): Promise<object | undefined> => {
      const toolkit = recorder({ loadConfig: async () => config });
      await evenkeel(line, { toolkit, env: { DATABASE_URL: 'postgresql://h/d' } });
      return toolkit.asked[0]?.options;
    };
    const { rules } = config;
    expect(await ask('check')).toEqual({ paths: ['db'], schemaFile: 'base.sql', serverMajor: 15, rules });
    expect(await ask('check a.sql --schema x.sql --server-version 17')).toEqual({
      paths: ['a.sql'],
      schemaFile: 'x.sql',
      serverMajor: 17,
      rules,
    });
    expect(await ask('check --database-url postgresql://h/d')).toEqual({
      paths: ['db'],
      databaseUrl: 'postgresql://h/d',
      rules,
    });
    expect(await ask('explain a.sql')).toEqual({ paths: ['a.sql'], schemaFile: 'base.sql', serverMajor: 15 });
    expect(await ask('plan a.sql --schema s.json')).toEqual({ paths: ['a.sql'], schemaFile: 's.json' });
    expect(await ask('status')).toMatchObject({ paths: ['db'] });
    expect(await ask('apply db')).toMatchObject({ blockers: config.blockers, queue: config.queue });
  });

  it('check without a path takes the folder that is there', async () => {
    mkdirSync(path.join(cwd, 'migrations'));
    expect(await asked('check')).toEqual([{ name: 'check', options: { paths: ['migrations'] } }]);
    mkdirSync(path.join(cwd, 'drizzle'));
    expect(await asked('check')).toEqual([{ name: 'check', options: { paths: ['drizzle'] } }]);
  });

  it('apply with its defaults', async () => {
    const [call] = (await asked('apply drizzle', { env: { DATABASE_URL: 'postgresql://h/d' } })) as Recorder['asked'];
    expect(call).toMatchObject({
      name: 'apply',
      options: {
        path: 'drizzle',
        databaseUrl: 'postgresql://h/d',
        through: 'migrate',
        pastGate: null,
        commandLine: 'evenkeel apply drizzle',
        maxWaitMs: 1_800_000,
      },
    });
    expect(call?.options).not.toHaveProperty('blockers');
  });

  it('resume needs no files', async () => {
    const [call] = (await asked('resume --past-gate m:s --database-url postgresql://h/d')) as Recorder['asked'];
    const commandLine = 'evenkeel resume --database-url "$DATABASE_URL"';
    expect(call).toMatchObject({
      name: 'resume',
      options: { databaseUrl: 'postgresql://h/d', pastGate: 'm:s', commandLine },
    });
    expect(call?.options).not.toHaveProperty('path');
  });

  it('apply that waits no longer than told, and in hours around now', async () => {
    const line = 'apply drizzle --database-url postgresql://h/d --max-wait 90s --plan-window 00:00-24:00';
    expect(await evenkeel(line)).toMatchObject({ exitCode: 2 });
    const hours = window(-60, 60);
    const [call] = (await asked(line.replace('00:00-24:00', hours))) as Recorder['asked'];
    const again = `evenkeel apply drizzle --database-url "$DATABASE_URL" --max-wait 90s --plan-window ${hours}`;
    expect(call).toMatchObject({ options: { maxWaitMs: 90_000, commandLine: again } });
  });

  describe('apply in hours that are to come', () => {
    const line = (): string => `apply drizzle --database-url postgresql://h/d --plan-window ${window(60, 120)}`;

    it('says at once what cannot be read, and waits for nothing', async () => {
      const toolkit = recorder({
        preflight: async () => {
          throw new SourceError('drizzle cannot be read: it does not exist.', { nextCommand: 'ls .' });
        },
      });
      expect(await evenkeel(line(), { toolkit })).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('ls .'),
      });
      expect(toolkit.asked.map(({ name }) => name)).not.toContain('apply');
    });

    it('tells what would be refused, waits, and begins nothing when it is interrupted', async () => {
      const refused = {
        ...savedPreflight.steps[0]!.reasons[0]!,
        verdict: 'refused',
        sentence: 'It owns no table.',
      } as const;
      const toolkit = recorder({
        preflight: async () => ({ ...savedPreflight, checks: [], reasons: [refused], steps: [] }),
      });
      const onInterrupt: CliContext['onInterrupt'] = (listener) => {
        const timer = setTimeout(listener, 50);
        return () => clearTimeout(timer);
      };
      const { exitCode, stderr } = await evenkeel(line(), { toolkit, onInterrupt });
      expect(exitCode).toBe(3);
      expect(stderr).toContain('As things are now, the run would be refused: It owns no table.\n');
      expect(stderr).toMatch(/Waiting for the window .+, which opens in .+\. Nothing is begun before\./);
      expect(stderr).toMatch(/nothing was begun/);
      expect(toolkit.asked.map(({ name }) => name)).toEqual(['preflight']);
    });
  });

  it.each([
    ['--max-wait soon', /--max-wait takes a time such as 90s, 5min or 2h, not soon/],
    ['--plan-window 2-4', /--plan-window takes two times of the day such as 02:00-04:00, not 2-4/],
    ['--plan-window 25:00-26:00', /--plan-window takes two times of the day/],
  ])('apply %s is wrong use', async (flags, sentence) => {
    const { exitCode, stderr } = await evenkeel(`apply drizzle --database-url postgresql://h/d ${flags}`);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(sentence);
  });

  it('apply with flags; the command line to repeat never holds the connection string', async () => {
    const line = 'apply drizzle --database-url postgresql://me:secret@h/d --through expand --past-gate m:s';
    const [call] = (await asked(line, { env: { DATABASE_URL: 'postgresql://other/d' } })) as Recorder['asked'];
    expect(call).toMatchObject({
      options: {
        databaseUrl: 'postgresql://me:secret@h/d',
        through: 'expand',
        pastGate: 'm:s',
        commandLine: 'evenkeel apply drizzle --database-url "$DATABASE_URL" --through expand',
      },
    });
  });

  it('resolve and abandon hand on what was typed, and tell what came out', async () => {
    const env = { DATABASE_URL: 'postgresql://me:s3cr3t@h/d' };
    const toolkit = recorder();
    const resolved = await evenkeel('resolve 0002_order_public_id 02-fill --force --reason because', { env, toolkit });
    expect(resolved.exitCode).toBe(1);
    expect(resolved.stdout).toContain('this does not hold: no row of public.orders is left to do');
    const abandoned = await evenkeel('abandon 0002_order_public_id --format json --max-wait 90s', { env, toolkit });
    expect(abandoned.exitCode).toBe(0);
    expect(JSON.parse(abandoned.stdout)).toMatchObject({ version: 1, isAbandoned: true });
    expect(toolkit.asked).toMatchObject([
      {
        name: 'resolve',
        options: {
          migration: '0002_order_public_id',
          step: '02-fill',
          forceReason: 'because',
          commandLine: 'evenkeel resolve 0002_order_public_id 02-fill',
        },
      },
      { name: 'abandon', options: { maxWaitMs: 90_000, commandLine: 'evenkeel abandon 0002_order_public_id' } },
    ]);
  });

  it('status without a folder asks for the ledger alone', async () => {
    expect(await asked('status', { env: { DATABASE_URL: 'postgresql://h/d' } })).toEqual([
      { name: 'status', options: { paths: [], databaseUrl: 'postgresql://h/d' } },
    ]);
  });

  it('doctor and preflight', async () => {
    expect(await asked('doctor --database-url postgresql://h/d')).toEqual([
      { name: 'doctor', options: { databaseUrl: 'postgresql://h/d' } },
    ]);
    expect(await asked('preflight db --past-gate a:b', { env: { DATABASE_URL: 'postgresql://h/d' } })).toEqual([
      { name: 'preflight', options: { path: 'db', databaseUrl: 'postgresql://h/d', pastGate: 'a:b' } },
    ]);
    const url = '--database-url postgresql://h/d';
    expect((await evenkeel(`doctor ${url}`)).exitCode).toBe(1);
    const isFine = { ...savedDoctor, checks: savedDoctor.checks.filter(({ status }) => status !== 'fail') };
    expect((await evenkeel(`doctor ${url}`, { toolkit: recorder({ doctor: async () => isFine }) })).exitCode).toBe(0);
    expect((await evenkeel(`preflight db ${url} --format json`)).exitCode).toBe(1);
    expect((await evenkeel('doctor')).exitCode).toBe(2);
    expect((await evenkeel(`preflight ${url}`)).exitCode).toBe(2);
  });
});

describe('what is printed', () => {
  it('check exits with the code of its report', async () => {
    expect(await evenkeel('check a.sql')).toMatchObject({ exitCode: 1, stderr: '' });
    const toolkit = recorder({ check: async () => ({ ...savedCheck, findings: [] }) });
    expect(await evenkeel('check a.sql', { toolkit })).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('json is one document on stdout', async () => {
    const { stdout } = await evenkeel('explain a.sql --format json');
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, server: 'postgresql 16' });
  });

  it('plan has a third format', async () => {
    expect((await evenkeel('plan a.sql --format sql')).stdout).toMatch(/^-- Safe plan for PostgreSQL 18/);
  });

  it.each([
    [{}, false, false],
    [{}, true, true],
    [{ NO_COLOR: '1' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, false, true],
    [{ TERM: 'dumb' }, true, false],
  ])('colours with %o on a terminal (%s): %s', async (env, isTerminal, coloured) => {
    const { stdout } = await evenkeel('check a.sql', { env, isTerminal });
    expect(stdout.includes('\x1b[')).toBe(coloured);
  });
});

describe('apply', () => {
  const env = { DATABASE_URL: 'postgresql://h/d' };
  const applying =
    (outcome: RunOutcome) =>
    async (options: ApplyOptions): Promise<RunOutcome> => {
      const at = '2026-01-05T09:00:00.000Z';
      options.onEvent({ seq: 1, at, run: 'r', type: 'run:start', migrations: 1, steps: 1, resumed: false });
      options.onEvent({ seq: 2, at, run: 'r', type: 'migration:done', migration: '0001_a' });
      return outcome;
    };

  it.each([
    ['completed', 0],
    ['gated', 0],
    ['stopped', 3],
    ['failed', 3],
  ] as const)('that ends %s exits with %i', async (outcome, exitCode) => {
    const session = await evenkeel('apply drizzle', { env, toolkit: recorder({ apply: applying(outcome) }) });
    expect(session).toEqual({
      exitCode,
      stdout: '09:00:00 run: 1 migration, 1 step\n09:00:00 0001_a: applied\n',
      stderr: '',
    });
  });

  it('writes its events as NDJSON', async () => {
    const toolkit = recorder({ apply: applying('completed') });
    const { stdout } = await evenkeel('apply drizzle --format json', { env, toolkit });
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ type }) => type)).toEqual(['run:start', 'migration:done']);
  });

  it('stops cleanly at the first signal, takes one that comes with it for the same, and leaves at the next', async () => {
    const listeners = new Set<() => void>();
    const exits: number[] = [];
    let nowMs = 0;
    const signal = (): void => {
      for (const listener of listeners) listener();
    };
    const toolkit = recorder({
      apply: async (options) => {
        expect(options.signal.aborted).toBe(false);
        signal();
        expect(options.signal.aborted).toBe(true);
        signal();
        expect(exits).toEqual([]);
        nowMs += 1000;
        signal();
        return 'stopped';
      },
    });
    const session = await evenkeel('apply drizzle', {
      env,
      toolkit,
      now: () => nowMs,
      onInterrupt: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      exitNow: (exitCode) => void exits.push(exitCode),
    });
    expect(session.exitCode).toBe(3);
    expect(session.stderr).toMatch(/^Stopping as soon as .* press Ctrl\+C again to leave at once\.\n$/);
    expect(exits).toEqual([130]);
    expect(listeners.size).toBe(0);
  });
});

describe('errors', () => {
  const failing = (error: unknown): Setting => ({
    toolkit: recorder({ check: () => Promise.reject(error) }),
  });

  it.each([
    ['a source error', new SourceError('x.sql cannot be read.', { nextCommand: 'ls' }), 2],
    ['broken SQL', new SqlSyntaxError('syntax error at "FROM"', { path: 'x.sql', line: 2, column: 3 }), 2],
    ['no connection', new ConnectionError('h:5432 does not answer.', { nextCommand: 'pg_isready -h h' }), 2],
    ['a stale plan', new StalePlanError('The schema changed since.'), 1],
    ['a second runner', new RunnerBusyError('Another runner is at work.'), 3],
  ])('%s is one sentence and the next command', async (_, error, exitCode) => {
    const session = await evenkeel('check a.sql', failing(error));
    expect(session.exitCode).toBe(exitCode);
    expect(session.stdout).toBe('');
    expect(session.stderr).toMatch(/^error [^\n]+\n(Next: [^\n]+\n)?$/);
    expect(session.stderr).toContain(error.message);
  });

  it('broken SQL says where, once', async () => {
    const error = new SqlSyntaxError('syntax error at "FROM"', { path: 'x.sql', line: 2, column: 3 });
    expect((await evenkeel('check a.sql', failing(error))).stderr).toMatchInlineSnapshot(`
      "error x.sql:2:3: syntax error at "FROM"
      Next: open x.sql:2:3, mend it, and run the same command again
      "
    `);
  });

  it('json has an envelope on stdout', async () => {
    const error = new DatabaseError('Two rows have the same email.', {
      sqlstate: '23505',
      detail: 'Key (email)=(a) is there twice.',
      recovery: 'fix',
    });
    const session = await evenkeel('check a.sql --format json', failing(error));
    expect(session.exitCode).toBe(3);
    expect(session.stderr).toBe('');
    expect(JSON.parse(session.stdout)).toMatchInlineSnapshot(`
      {
        "error": {
          "code": "database",
          "detail": "Key (email)=(a) is there twice.",
          "message": "Two rows have the same email.",
          "nextCommand": "mend the cause, then run the same command again",
          "recovery": "fix",
          "sqlstate": "23505",
        },
      }
    `);
  });

  it('what nobody foresaw is a fault of Evenkeel, without a stack', async () => {
    const session = await evenkeel('check a.sql', failing(new TypeError('x is undefined')));
    expect(session.exitCode).toBe(3);
    expect(session.stderr).toMatchInlineSnapshot(`
      "error This is a fault of Evenkeel itself: TypeError: x is undefined
      Next: run it again with EVENKEEL_DEBUG=1 and report what it prints
      "
    `);
  });

  it('EVENKEEL_DEBUG=1 adds the stacks, causes too', async () => {
    const error = new SourceError('x.sql cannot be read.', { cause: new TypeError('deep down') });
    const { stderr } = await evenkeel('check a.sql', { ...failing(error), env: { EVENKEEL_DEBUG: '1' } });
    expect(stderr).toContain('because of TypeError: deep down');
    expect(stderr).toContain('run-cli.test.ts');
  });

  it('passwords never get out, whatever the message says', async () => {
    const leaky =
      'cannot use postgresql://me:s3cr3t@h/d, postgresql://me:s3cr3t/x@h/d?sslpassword=s3cr3t nor password=s3cr3t';
    for (const line of ['check a.sql', 'check a.sql --format json']) {
      const error = new DatabaseError(leaky, { sqlstate: null, detail: leaky, recovery: 'fix' }, new TypeError(leaky));
      const session = await evenkeel(line, { ...failing(error), env: { EVENKEEL_DEBUG: '1' } });
      expect(session.stdout + session.stderr).not.toContain('s3cr3t');
      expect(session.stdout + session.stderr).toContain('postgresql://me:***@h/d');
    }
  });
});

describe('wrong use', () => {
  it.each([
    'check',
    'check a.sql --schema a --database-url b',
    'check a.sql --server-version newest',
    'check a.sql --schema=',
    'check a.sql --format yaml',
    'check a.sql --colour',
    'explain',
    'plan',
    'apply',
    'apply a b',
    'apply a',
    'apply a --database-url x --through everything',
    'status',
    'doctor',
    'preflight',
    'watch',
    'watch --database-url x --every often',
    'watch --database-url x --every 5',
    'watch --database-url x --run=',
    'watch --database-url x --replay=',
    'watch --database-url x --run a --replay b',
    'resolve',
    'resolve 0001_a',
    'resolve 0001_a 01-a --database-url x --force',
    'resolve 0001_a 01-a --database-url x --reason because',
    'resolve 0001_a --database-url x --force --reason because',
    'abandon',
    'abandon 0001_a',
    'abandon 0001_a --database-url x --max-wait soon',
    'chekc a.sql',
  ])('evenkeel %s', async (line) => {
    const toolkit = recorder();
    const session = await evenkeel(line, { toolkit });
    expect(session.exitCode).toBe(2);
    expect(session.stdout).toBe('');
    expect(session.stderr).toMatch(/^error [^\n]+\nNext: [^\n]+\n$/);
    expect(toolkit.asked).toEqual([]);
    expect(session.stderr.replaceAll(cwd, 'X')).toMatchSnapshot();
  });

  it('has an envelope with --format json', async () => {
    const session = await evenkeel('explain --format json');
    expect(session).toMatchObject({ exitCode: 2, stderr: '' });
    expect(JSON.parse(session.stdout).error).toMatchObject({ code: 'usage', recovery: 'fix' });
  });

  it('evenkeel alone prints the help and exits with 2', async () => {
    const session = await evenkeel('');
    expect(session).toMatchObject({ exitCode: 2, stdout: '' });
    expect(session.stderr).toMatch(/^Usage: evenkeel[\s\S]*Example:/);
  });
});

describe('help', () => {
  it.each([
    '--help',
    'help',
    'check --help',
    'explain --help',
    'plan --help',
    'apply --help',
    'status --help',
    'resolve --help',
    'abandon --help',
  ])('evenkeel %s has an example', async (line) => {
    const session = await evenkeel(line);
    expect(session).toMatchObject({ exitCode: 0, stderr: '' });
    expect(session.stdout).toMatch(/Example:\n {2}\$ .*evenkeel/);
  });

  it('evenkeel --version', async () => {
    expect(await evenkeel('--version')).toEqual({ exitCode: 0, stdout: '1.2.3\n', stderr: '' });
  });
});

describe('rules and recipes', () => {
  it('are listed with what they mean', async () => {
    expect((await evenkeel('rules')).stdout).toMatchInlineSnapshot(`
      "a-rule        error    Something bad happens.
      another-rule  info     Something happens.

      2 rules. Next: evenkeel rules <rule>
      "
    `);
    expect((await evenkeel('recipes')).stdout).toMatchInlineSnapshot(`
      "a-recipe  Do it slowly.

      1 recipe. Next: evenkeel recipes <recipe>
      "
    `);
  });

  it('show their page and examples', async () => {
    expect((await evenkeel('rules a-rule')).stdout).toMatchInlineSnapshot(`
      "a-rule

      What happens. Much.

      Speaks up about
        DROP TABLE a;

      Is silent about
        SELECT 1;
      "
    `);
    expect((await evenkeel('recipes a-recipe', { env: { FORCE_COLOR: '1' } })).stdout).toContain(
      '\u001b[1mWhat happens.',
    );
    expect(JSON.parse((await evenkeel('rules a-rule --format json')).stdout)).toMatchObject({
      version: 1,
      bad: 'DROP TABLE a;\n',
    });
  });
});
