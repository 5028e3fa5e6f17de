import type { Connection } from '../db/connection.ts';
import type { Action } from '../model/action.ts';
import type { StatementFacts } from '../model/facts.ts';
import type { TracedStatement, TraceSummary } from '../model/traced-statement.ts';
import type { TransactionScope } from '../model/transaction-unit.ts';
import { type Doubt, judgeTraced } from './judge-traced.ts';
import { type LoadedStatement, loadSchema, type RefusedStatement } from './load-schema.ts';
import { TraceSession } from './trace-session.ts';
import type { TracedServer } from './traced-server.ts';
import { refuseIfAborted, withTracedServer } from './with-traced-server.ts';

export interface TracedFileInput {
  readonly path: string;
  /** What the file's tool runs in one transaction. */
  readonly transaction: TransactionScope;
  readonly statements: readonly {
    readonly sql: string;
    readonly action: Action;
    /** null for a statement that only has to run. */
    readonly facts: StatementFacts | null;
  }[];
}

export interface TraceInput {
  readonly major: number;
  /** TimeZone of the sessions; null when production's is not known. */
  readonly timeZone: string | null;
  readonly searchPath: readonly string[];
  readonly schema: {
    /** In words, for the report. */
    readonly from: string;
    readonly statements: readonly LoadedStatement[];
    readonly inAnyOrder: boolean;
    /** What the statements do not make as it is in production. */
    readonly unlike: readonly Doubt[];
    /** The same in whole sentences, for the report. */
    readonly notes: readonly string[];
    readonly isComplete: boolean;
  };
  /** `in-order`: one database, each file on what the earlier ones leave. `alone`: each file on the schema itself. */
  readonly files: readonly TracedFileInput[];
  readonly order: 'in-order' | 'alone';
  readonly signal?: AbortSignal;
}

export interface Trace {
  readonly summary: TraceSummary;
  /** A list a file, in order; null for a statement that only had to run. */
  readonly files: readonly (readonly (TracedStatement | null)[])[];
}

/** What they do goes beyond a transaction. */
const TAKES_ITS_OWN: readonly Action['kind'][] = ['transaction', 'set-variable', 'opaque', 'code-block'];

const OF_THE_TRANSACTION = /^(25|2D)/;

/** Refusals of the schema's statements that are told one by one. */
const REFUSALS_TOLD = 10;

/**
 * Starts a server of a major, makes the schema, runs every statement of the files, and says what it did and where the
 * derived facts say otherwise. The server is gone afterwards, whatever happens.
 *
 * @throws UsageError when there are no server binaries of that major; InterruptedError when `signal` asks for an end.
 */
export async function traceFiles(input: TraceInput): Promise<Trace> {
  const { major, signal } = input;
  return withTracedServer({ major, what: 'trace', signal }, (server) => new FileTrace(server, input).trace());
}

class FileTrace {
  readonly #server: TracedServer;
  readonly #input: TraceInput;
  readonly #notes: string[] = [];
  #doubts: Doubt[] = [];

  constructor(server: TracedServer, input: TraceInput) {
    this.#server = server;
    this.#input = input;
  }

  async trace(): Promise<Trace> {
    const database = await this.#load();
    const files = this.#input.order === 'alone' ? await this.#each(database) : await this.#all(database);
    return { summary: this.#summary(), files };
  }

  #summary(): TraceSummary {
    const { schema, timeZone } = this.#input;
    return {
      serverVersion: this.#server.version,
      schema: schema.from,
      notes: [
        'Tables hold no rows but those that the statements themselves write: what fails on data does not show.',
        ...(timeZone === null ? ['Sessions have the TimeZone UTC; that of production is not known.'] : []),
        ...this.#notes,
      ],
    };
  }

  #connect(database: string): Promise<Connection> {
    return this.#server.connect(database, this.#settings());
  }

  #settings(): Readonly<Record<string, string>> {
    const path = this.#input.searchPath.map((schema) => `"${schema.replaceAll('"', '""')}"`).join(', ');
    return { TimeZone: this.#input.timeZone ?? 'UTC', search_path: path === '' ? '""' : path };
  }

  /** A database with the schema that the files meet. */
  async #load(): Promise<string> {
    const { statements, inAnyOrder, unlike, notes } = this.#input.schema;
    const database = await this.#server.createDatabase();
    const connection = await this.#connect(database);
    try {
      const refused = await loadSchema({
        server: this.#server,
        connection,
        database,
        statements,
        inAnyOrder,
      });
      this.#doubts.push(...unlike, ...refused.filter((one) => one.isHarmless !== true).map(doubtOf));
      this.#notes.push(...notes);
      for (const one of refused.slice(0, REFUSALS_TOLD)) this.#notes.push(doubtOf(one).sentence);
      if (refused.length > REFUSALS_TOLD) {
        this.#notes.push(`${refused.length - REFUSALS_TOLD} more statements of the schema were refused.`);
      }
    } finally {
      await connection.close();
    }
    await this.#server.keepRoles();
    return database;
  }

  async #each(template: string): Promise<Trace['files']> {
    const traced: (readonly (TracedStatement | null)[])[] = [];
    const doubts = this.#doubts;
    const shared = await this.#server.createDatabase(template);
    const session = await TraceSession.open(this.#server, shared, this.#settings());
    for (const file of this.#input.files) {
      this.#doubts = [...doubts];
      const takenBack = await this.#takenBack(session, file);
      this.#doubts = [...doubts];
      traced.push(takenBack ?? (await this.#onItsOwn(template, file)));
    }
    await session.close();
    return traced;
  }

  /** A statement alone can be taken back, which is quicker than a database of its own; null when that is no way. */
  async #takenBack(session: TraceSession, file: TracedFileInput): Promise<readonly (TracedStatement | null)[] | null> {
    const [only, ...others] = file.statements;
    if (only === undefined) return [];
    if (others.length > 0 || TAKES_ITS_OWN.includes(only.action.kind)) return null;
    await session.begin();
    const traced = await this.#statement(session, only);
    const late = await session.checkDeferred();
    await session.end('ROLLBACK');
    return late || OF_THE_TRANSACTION.test(traced?.error?.sqlstate ?? '') ? null : [traced];
  }

  async #onItsOwn(template: string, file: TracedFileInput): Promise<readonly (TracedStatement | null)[]> {
    const database = await this.#server.createDatabase(template);
    const session = await TraceSession.open(this.#server, database, this.#settings());
    const traced = await this.#file(session, file);
    await this.#leaveTransaction(session, file.path);
    await session.close();
    await this.#server.dropDatabase(database);
    return traced;
  }

  async #all(database: string): Promise<Trace['files']> {
    const traced: (readonly (TracedStatement | null)[])[] = [];
    let session = await TraceSession.open(this.#server, database, this.#settings());
    for (const [index, file] of this.#input.files.entries()) {
      const goesOn = file.transaction === 'run' && this.#input.files[index - 1]?.transaction === 'run';
      if (!goesOn) {
        await this.#leaveTransaction(session, this.#input.files[index - 1]?.path ?? file.path);
        // A client that is started for each file sets everything anew.
        await session.close();
        session = await TraceSession.open(this.#server, database, this.#settings());
      }
      traced.push(await this.#file(session, file));
    }
    await this.#leaveTransaction(session, this.#input.files.at(-1)?.path ?? '');
    await session.close();
    return traced;
  }

  async #file(session: TraceSession, file: TracedFileInput): Promise<readonly (TracedStatement | null)[]> {
    if (file.transaction !== 'statement' && session.openedBy === null) await session.begin();
    const traced: (TracedStatement | null)[] = [];
    for (const statement of file.statements) traced.push(await this.#statement(session, statement));
    return traced;
  }

  async #statement(
    session: TraceSession,
    statement: TracedFileInput['statements'][number],
  ): Promise<TracedStatement | null> {
    const { sql, action, facts } = statement;
    refuseIfAborted(this.#input.signal, 'trace');
    const relations = facts === null ? [] : facts.locks.map(({ relation }) => relation);
    const run = await session.run({ sql, action, relations });
    const { isComplete: catalogIsComplete } = this.#input.schema;
    const traced =
      facts === null ? null : judgeTraced({ sql, action, facts, run, doubts: this.#doubts, catalogIsComplete });
    this.#learn(action, run.outcome.error);
    if (facts?.certainty === 'unknown' && mayChangeAnything(action)) {
      this.#doubt('What a statement before it changes is not known beforehand, so facts leave it out.', true);
    }
    return traced;
  }

  /** The facts of what follows take it that the statement went through, and that nothing was taken back. */
  #learn(action: Action, error: TracedStatement['error']): void {
    if (action.kind === 'transaction') {
      if (action.verb === 'rollback' || action.verb === 'rollback-to') {
        this.#doubt('A ROLLBACK before it took back what the facts take for done.');
      }
    } else if (error !== null && action.kind !== 'set-variable' && action.kind !== 'grant') {
      this.#doubt('A statement before it failed here, so that it meets another schema than its facts.');
    }
  }

  #doubt(sentence: string, settles = false): void {
    if (this.#doubts.some((doubt) => doubt.sentence === sentence)) return;
    this.#doubts.push({ object: null, sentence, ...(settles ? { settles: true as const } : {}) });
  }

  /** The tool commits what it opened; what a file opened and did not end goes with its session. */
  async #leaveTransaction(session: TraceSession, path: string): Promise<void> {
    if (session.openedBy === null) return;
    if (session.openedBy === 'file') {
      await session.end('ROLLBACK');
      this.#notes.push(`${path} ends in a transaction that it never commits; that was rolled back.`);
      this.#doubt('A file before it never committed its transaction, which the facts take for done.');
      return;
    }
    const error = await session.end('COMMIT');
    if (error === null) return;
    this.#notes.push(
      `The transaction of ${path} could not be committed: ${error.message} (SQLSTATE ${error.sqlstate}).`,
    );
    this.#doubt('The transaction of a file before it could not be committed.');
  }
}

function mayChangeAnything(action: Action): boolean {
  return ['code-block', 'opaque'].includes(action.kind) || (action.kind === 'dml' && action.verb === 'select');
}

function doubtOf({ sql, error }: RefusedStatement): Doubt {
  const line = sql.replace(/\s+/g, ' ').trim();
  const short = line.length <= 80 ? line : `${line.slice(0, 77)}...`;
  return {
    object: null,
    sentence: `The traced server refused a part of the schema: ${short}: ${error.message} (SQLSTATE ${error.sqlstate}).`,
  };
}
