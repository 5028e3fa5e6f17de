import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import { deriveFacts } from '../../src/facts/postgres/derive-facts.ts';
import type { Catalog } from '../../src/model/catalog.ts';
import { tableOf } from '../../src/model/catalog-lookup.ts';
import { SqlSyntaxError } from '../../src/model/error.ts';
import type { StatementFacts } from '../../src/model/facts.ts';
import { MEASURED_MAJORS } from '../../src/model/server-version.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';
import { factsDisagreements, type MeasuredOutcome } from '../judge-facts.ts';
import { richSchema } from './rich-schema.ts';
import { CHOICES_OF_A_STATEMENT, statementOf } from './statement.ts';
import { Tracer } from './tracer.ts';

const HIGHEST_CHOICE = 9_999;

interface FuzzOptions {
  readonly count: number;
  readonly seed: number;
  /** Stop looking for more after so many different disagreements. */
  readonly most: number;
  /** A pattern: only disagreements whose sentence it matches count. */
  readonly focus: string;
  /** Of statements with several faults, the server's SQLSTATE must be foreseen, too. */
  readonly strict: boolean;
}

/** Statements out of a seed, each run on a real server and held against the derived facts. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      major: { type: 'string' },
      count: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
      most: { type: 'string', default: '20' },
      focus: { type: 'string', default: '' },
      strict: { type: 'boolean', default: false },
    },
  });
  const options = {
    count: Number(values.count),
    seed: Number(values.seed),
    most: Number(values.most),
    focus: values.focus,
    strict: values.strict,
  };
  await loadParser();
  let found = 0;
  for (const major of values.major === undefined ? MEASURED_MAJORS : [Number(values.major)]) {
    found += await fuzzMajor(major, options);
  }
  process.exitCode = found === 0 ? 0 : 1;
}

async function fuzzMajor(major: number, options: FuzzOptions): Promise<number> {
  const schema = richSchema(major);
  const tracer = await Tracer.start(major, schema);
  try {
    const folded = parseStatements(schema, 'schema').reduce(applyStatement, emptyCatalog(major));
    const catalogs = { folded, live: await tracer.catalog() };
    const run = new FuzzRun(tracer, catalogs, major, options);
    const started = performance.now();
    const found = await run.find(options);
    const seconds = (performance.now() - started) / 1000;
    console.log(
      `PostgreSQL ${major}, seed ${options.seed}: ${run.statements} statements (${run.accepted} went through, ` +
        `${run.unknown} unknown), ${found} unexplained, ${Math.round(run.statements / seconds)} a second`,
    );
    return found;
  } finally {
    await tracer.stop();
  }
}

class FuzzRun {
  readonly #tracer: Tracer;
  readonly #catalogs: { readonly folded: Catalog; readonly live: Catalog };
  readonly #major: number;
  readonly #focus: RegExp;
  readonly #strict: boolean;
  /** What was shown already, by what is alike in disagreements of one cause. */
  readonly #shown = new Set<string>();
  statements = 0;
  accepted = 0;
  unknown = 0;

  constructor(
    tracer: Tracer,
    catalogs: { readonly folded: Catalog; readonly live: Catalog },
    major: number,
    options: FuzzOptions,
  ) {
    this.#tracer = tracer;
    this.#catalogs = catalogs;
    this.#major = major;
    this.#focus = new RegExp(options.focus);
    this.#strict = options.strict;
  }

  /** Prints each new disagreement, shrunk, and goes on; answers how many there were. */
  async find({ count, seed, most }: FuzzOptions): Promise<number> {
    const numbers = fc.array(fc.nat({ max: HIGHEST_CHOICE }), {
      minLength: CHOICES_OF_A_STATEMENT,
      maxLength: CHOICES_OF_A_STATEMENT,
    });
    const property = fc.asyncProperty(numbers, async (choices) => (await this.#unseen(choices)).length === 0);
    let found = 0;
    for (let part = 0; this.statements < count && found < most; part += 1) {
      const numRuns = count - this.statements;
      const result = await fc.check(property, { numRuns, seed: seed * 1_000 + part });
      if (!result.failed || result.counterexample === null) continue;
      await this.#show(result.counterexample[0]);
      found += 1;
    }
    return found;
  }

  async #show(choices: readonly number[]): Promise<void> {
    const sql = statementOf(this.#catalogs.live, this.#major, choices);
    console.log(`\n${this.#major}: ${sql}`);
    for (const disagreement of await this.#unseen(choices)) {
      console.log(`    ${disagreement}`);
      this.#shown.add(signature(sql, disagreement));
    }
  }

  async #unseen(choices: readonly number[]): Promise<readonly string[]> {
    const sql = statementOf(this.#catalogs.live, this.#major, choices);
    const disagreements = await this.#disagreements(sql);
    return disagreements.filter((one) => this.#focus.test(one) && !this.#shown.has(signature(sql, one)));
  }

  async #disagreements(sql: string): Promise<readonly string[]> {
    this.statements += 1;
    const outcome = await this.#tracer.trace(sql);
    if (outcome.error === null) this.accepted += 1;
    return (['live', 'folded'] as const).flatMap((source) => {
      const found = this.#judge(sql, this.#catalogs[source], outcome);
      return found.map((one) => `${source}: ${one}`);
    });
  }

  #judge(sql: string, catalog: Catalog, outcome: MeasuredOutcome): readonly string[] {
    try {
      const [statement] = parseStatements(sql, 'fuzz');
      if (statement === undefined) return ['nothing was read'];
      const version = { engine: 'postgresql', major: this.#major } as const;
      const facts = deriveFacts({ statement, catalog, version, timeZone: 'UTC', catalogIsComplete: true });
      if (facts.certainty === 'unknown') this.unknown += 0.5;
      // Rows that are in the way are met sooner or later than what the schema forbids.
      if (outcome.error !== null && OF_THE_ROWS.test(outcome.error.sqlstate)) return [];
      // Refused for the transaction alone: what else there is to say of it is not known.
      if (outcome.transaction === 'outside-only') {
        return facts.transaction === 'outside-only' ? [] : ['transaction is outside-only'];
      }
      // Of several faults at once the server names the one that it comes to first.
      if (!this.#strict && outcome.error !== null && facts.failure !== null) return [];
      return factsDisagreements(
        asFarAsSeen(sql, facts, outcome),
        outcome,
        (key) => tableOf(catalog, key)?.partitionBy != null,
      );
    } catch (error) {
      if (error instanceof SqlSyntaxError) return outcome.error?.sqlstate === '42601' ? [] : [error.message];
      return [`threw ${String(error)}`];
    }
  }
}

/** Data and constraints that it breaks; not what is wrong with a literal or a parameter of the statement. */
const OF_THE_ROWS = /^(22(?!023|P02)|23)/;

/** Locks of these are given back before they end where there is nothing to do; a look at the end does not see them. */
const GIVES_BACK = /^(DROP (TRIGGER|POLICY|RULE) IF EXISTS|ANALYZE)/;

/** Whether the other side of a foreign key is read in full or row by row is up to the planner. */
const CHECKS_KEYS = /^ALTER TABLE .*(FOREIGN KEY|REFERENCES|VALIDATE|TYPE|ATTACH|ENFORCED)/;

function withoutOtherSides(facts: StatementFacts, outcome: MeasuredOutcome): StatementFacts {
  const [first] = facts.scans.filter((relation) => outcome.scans.includes(relation));
  return first === undefined ? facts : { ...facts, scans: facts.scans.filter((one) => outcome.scans.includes(one)) };
}

/**
 * Facts that list the most that may be: locks of foreign key checks, which the values ask for or not, and locks that are
 * given back. They must cover what was seen, no more.
 */
function asFarAsSeen(sql: string, derived: StatementFacts, outcome: MeasuredOutcome): StatementFacts {
  const facts = CHECKS_KEYS.test(sql) ? withoutOtherSides(derived, outcome) : derived;
  const isMost = facts.kind === 'dml' && facts.locks.length > 1;
  return isMost || GIVES_BACK.test(sql) ? { ...facts, certainty: 'unknown' } : facts;
}

/** The same words about other relations are one cause, most of the time. */
function signature(sql: string, disagreement: string): string {
  const words = sql.match(/\b[A-Z]+\b/g) ?? [];
  return `${words.join(' ')} ${disagreement.replace(/[{([].*$/s, '')}`;
}

await main();
