/**
 * A stream of decisions made before anything is built. Whatever is built from it shrinks when its numbers do: 0 is
 * always the first, simplest choice, and an exhausted stream goes on with 0.
 */
export class Choices {
  readonly #numbers: readonly number[];
  #at = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  /** A number below `limit`. */
  below(limit: number): number {
    const number = this.#numbers[this.#at] ?? 0;
    this.#at += 1;
    return number % limit;
  }

  /** One of a list; `otherwise` when it is empty. */
  one<Item, Otherwise = Item>(items: readonly Item[], otherwise?: Otherwise): Item | Otherwise {
    const item = items[this.below(Math.max(items.length, 1))];
    return item === undefined ? (otherwise as Otherwise) : item;
  }

  /** Mostly '', once in `times` the text. */
  rarely(text: string, times = 4): string {
    return this.below(times) === times - 1 ? text : '';
  }

  /** One of several ways to go on; the first is the simplest. */
  oneOf<Made>(...ways: readonly (() => Made)[]): Made {
    const way = ways[this.below(ways.length)] ?? ways[0];
    if (way === undefined) throw new RangeError('There is nothing to choose from.');
    return way();
  }
}
