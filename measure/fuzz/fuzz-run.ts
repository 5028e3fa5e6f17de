import fc from 'fast-check';
import type { Catalog } from '../../src/model/catalog.ts';
import { judgeStatement, signatureOf } from './judge-statement.ts';
import { CHOICES_OF_A_STATEMENT, statementOf } from './statement.ts';
import type { Tracer } from './tracer.ts';

export const HIGHEST_CHOICE = 9_999;

export interface FuzzOptions {
  readonly count: number;
  readonly seed: number;
  /** Stop looking for more after so many different disagreements. */
  readonly most: number;
  /** A pattern: only disagreements whose sentence it matches count. */
  readonly focus: string;
  /** Of statements with several faults, the server's SQLSTATE must be foreseen, too. */
  readonly isStrict: boolean;
}

/** The schema, once folded from its statements and once read from the server. */
export interface BothCatalogs {
  readonly folded: Catalog;
  readonly live: Catalog;
}

/** A statement, shrunk, with what nobody can explain of it. */
export interface Unexplained {
  readonly sql: string;
  readonly disagreements: readonly string[];
}

/** Statements out of a seed, each on its own on the same schema. */
export class FuzzRun {
  readonly #tracer: Tracer;
  readonly #catalogs: BothCatalogs;
  readonly #major: number;
  readonly #options: FuzzOptions;
  readonly #focus: RegExp;
  /** What was shown already, by what is alike in disagreements of one cause. */
  readonly #shown = new Set<string>();
  statements = 0;
  accepted = 0;
  unknown = 0;

  constructor(tracer: Tracer, catalogs: BothCatalogs, major: number, options: FuzzOptions) {
    this.#tracer = tracer;
    this.#catalogs = catalogs;
    this.#major = major;
    this.#options = options;
    this.#focus = new RegExp(options.focus);
  }

  /** Hands each new disagreement to `show`, shrunk, and goes on; answers how many there were. */
  async find(show: (unexplained: Unexplained) => void): Promise<number> {
    const { count, seed, most } = this.#options;
    const numbers = fc.noBias(
      fc.array(fc.nat({ max: HIGHEST_CHOICE }), {
        minLength: CHOICES_OF_A_STATEMENT,
        maxLength: CHOICES_OF_A_STATEMENT,
      }),
    );
    const property = fc.asyncProperty(numbers, async (choices) => (await this.#unseen(choices)).length === 0);
    let found = 0;
    for (let part = 0; this.statements < count && found < most; part += 1) {
      const numRuns = count - this.statements;
      const result = await fc.check(property, { numRuns, seed: seed * 1_000 + part });
      if (!result.failed || result.counterexample === null) continue;
      show(await this.#remember(result.counterexample[0]));
      found += 1;
    }
    return found;
  }

  async #remember(choices: readonly number[]): Promise<Unexplained> {
    const sql = statementOf(this.#catalogs.live, this.#major, choices);
    const disagreements = await this.#unseen(choices);
    for (const disagreement of disagreements) this.#shown.add(signatureOf(sql, disagreement));
    return { sql, disagreements };
  }

  async #unseen(choices: readonly number[]): Promise<readonly string[]> {
    const sql = statementOf(this.#catalogs.live, this.#major, choices);
    const disagreements = await this.#disagreements(sql);
    return disagreements.filter((one) => this.#focus.test(one) && !this.#shown.has(signatureOf(sql, one)));
  }

  async #disagreements(sql: string): Promise<readonly string[]> {
    this.statements += 1;
    const outcome = await this.#tracer.trace(sql);
    if (outcome.error === null) this.accepted += 1;
    return (['live', 'folded'] as const).flatMap((source) => {
      const judged = { sql, catalog: this.#catalogs[source], major: this.#major, outcome };
      const { disagreements, isUnknown } = judgeStatement({ ...judged, isStrict: this.#options.isStrict });
      if (isUnknown) this.unknown += 0.5;
      return disagreements.map((one) => `${source}: ${one}`);
    });
  }
}
