import fc from 'fast-check';
import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { catalogDifferences } from '../../src/catalog/catalog-differences.ts';
import type { Catalog } from '../../src/model/catalog.ts';
import { tableOf } from '../../src/model/catalog-lookup.ts';
import type { Statement } from '../../src/model/statement.ts';
import { type BothCatalogs, type FuzzOptions, HIGHEST_CHOICE, type Unexplained } from './fuzz-run.ts';
import { judgeStatement, signatureOf } from './judge-statement.ts';
import { relativesOf } from './relatives.ts';
import { CHOICES_OF_A_STATEMENT, statementOf } from './statement.ts';
import type { ChainStep, Tracer } from './tracer.ts';

/** Statements whose changes no schema is folded from. */
const NOT_FOLDED = new Set(['code-block', 'opaque']);

/**
 * Statements out of a seed that stay: each is judged on the schema folded from those before it, and what is folded in the
 * end is held against the server's own.
 */
export class ChainRun {
  readonly #tracer: Tracer;
  readonly #catalogs: BothCatalogs;
  readonly #major: number;
  readonly #options: FuzzOptions;
  readonly #length: number;
  readonly #focus: RegExp;
  readonly #shown = new Set<string>();
  chains = 0;
  statements = 0;
  accepted = 0;
  unknown = 0;

  constructor(tracer: Tracer, catalogs: BothCatalogs, major: number, options: FuzzOptions, length: number) {
    this.#tracer = tracer;
    this.#catalogs = catalogs;
    this.#major = major;
    this.#options = options;
    this.#length = length;
    this.#focus = new RegExp(options.focus);
  }

  /** As in `FuzzRun`; `count` is of chains. */
  async find(show: (unexplained: Unexplained) => void): Promise<number> {
    const { count, seed, most } = this.#options;
    const numbers = fc.noBias(
      fc.array(fc.nat({ max: HIGHEST_CHOICE }), {
        minLength: CHOICES_OF_A_STATEMENT,
        maxLength: CHOICES_OF_A_STATEMENT,
      }),
    );
    const chain = fc.tuple(
      fc.nat({ max: HIGHEST_CHOICE }),
      fc.noBias(fc.array(numbers, { minLength: 1, maxLength: this.#length, size: 'max' })),
    );
    const property = fc.asyncProperty(chain, async (choices) => (await this.#run(choices)).disagreements.length === 0);
    let found = 0;
    for (let part = 0; this.chains < count && found < most; part += 1) {
      const result = await fc.check(property, { numRuns: count - this.chains, seed: seed * 1_000 + part });
      if (!result.failed || result.counterexample === null) continue;
      const unexplained = await this.#run(result.counterexample[0]);
      const last = unexplained.sql.split(';\n    ').at(-1) ?? '';
      for (const one of unexplained.disagreements) this.#shown.add(signatureOf(last, one));
      show(unexplained);
      found += 1;
    }
    return found;
  }

  /** Runs a chain as far as everything is explained; the schema that it leaves is compared at the end. */
  async #run([place, chain]: readonly [number, readonly (readonly number[])[]]): Promise<Unexplained> {
    this.chains += 1;
    const kept: string[] = [];
    let folded = this.#catalogs.folded;
    const near = relativesOf(folded, place);
    await this.#tracer.beginChain();
    try {
      for (const choices of chain) {
        const sql = statementOf(folded, this.#major, choices, near);
        const step = await this.#tracer.step(sql);
        this.statements += 1;
        const { disagreements, statement } = this.#judge(sql, folded, step);
        if (disagreements.length > 0) return { sql: [...kept, sql].join(';\n    '), disagreements };
        if (step.outcome.error !== null || statement === null) continue;
        this.accepted += 1;
        kept.push(sql);
        folded = NOT_FOLDED.has(statement.action.kind)
          ? withTemporary(await this.#tracer.chainCatalog(), folded)
          : applyStatement(folded, statement);
      }
      const disagreements = kept.length === 0 ? [] : differencesOf(folded, await this.#tracer.chainCatalog());
      const sql = kept.join(';\n    ');
      return { sql, disagreements: this.#unseen(kept.at(-1) ?? '', disagreements) };
    } finally {
      await this.#tracer.endChain();
    }
  }

  #judge(
    sql: string,
    catalog: Catalog,
    { outcome, held }: ChainStep,
  ): { readonly disagreements: readonly string[]; readonly statement: Statement | null } {
    const judged = { sql, catalog, major: this.#major, outcome, held, isStrict: this.#options.isStrict };
    const { disagreements, isUnknown, statement } = judgeStatement(judged);
    if (isUnknown) this.unknown += 1;
    return { disagreements: this.#unseen(sql, disagreements), statement };
  }

  #unseen(sql: string, disagreements: readonly string[]): readonly string[] {
    return disagreements.filter((one) => this.#focus.test(one) && !this.#shown.has(signatureOf(sql, one)));
  }
}

/** Tables whose columns nobody could work out are compared with nothing. */
function differencesOf(folded: Catalog, live: Catalog): readonly string[] {
  const unread = Object.keys(folded.relations).filter((key) => tableOf(folded, key)?.columns.length === 0);
  return catalogDifferences(withoutTemporary(folded), live, { expressions: 'meaning' })
    .filter((one) => !unread.some((key) => one.startsWith(key)))
    .map((one) => `fold: ${one}`);
}

function withoutTemporary(catalog: Catalog): Catalog {
  const kept = Object.entries(catalog.relations).filter(([, relation]) => relation.name.schema !== 'pg_temp');
  return { ...catalog, relations: Object.fromEntries(kept) };
}

/** What only the session sees is not read from the server, and is kept from what was folded. */
function withTemporary(live: Catalog, folded: Catalog): Catalog {
  const own = Object.entries(folded.relations).filter(([, relation]) => relation.name.schema === 'pg_temp');
  return own.length === 0 ? live : { ...live, relations: { ...live.relations, ...Object.fromEntries(own) } };
}
