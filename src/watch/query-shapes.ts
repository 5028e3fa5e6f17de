import { redactQuery } from '../run/redact-query.ts';

const MOST_KNOWN = 50_000;

/**
 * Queries without their literals, so that those which differ in nothing else count as one. The same queries are met
 * again at every look, so what was found is kept.
 */
export class QueryShapes {
  readonly #known = new Map<string, string>();

  /** @example shapeOf('SELECT * FROM a WHERE id IN (1, 2)') // 'SELECT * FROM a WHERE id IN (?)' */
  shapeOf(query: string | null): string | null {
    if (query === null) return null;
    const known = this.#known.get(query);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    const shape = (redactQuery(query) ?? '').replaceAll(/\?(?:, ?\?)+/g, '?');
    this.#known.set(query, shape);
    return shape;
  }
}
