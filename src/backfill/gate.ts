import type { BackfillOutcome, BackfillSettings } from '../model/backfill.ts';

/** Why a process ends its work. */
export interface BackfillEnding {
  readonly outcome: BackfillOutcome;
  /** A whole sentence; null where there is nothing to say. */
  readonly message: string | null;
}

/**
 * What stands between two batches of every worker of a process: they go through, wait, or end. The governor opens and
 * closes it, any worker may end it.
 */
export class Gate {
  settings: BackfillSettings;
  #ending: BackfillEnding | null = null;
  #isHeld = false;
  #waiting: (() => void)[] = [];
  readonly #over = new AbortController();

  constructor(settings: BackfillSettings) {
    this.settings = settings;
  }

  get ending(): BackfillEnding | null {
    return this.#ending;
  }

  /** Aborted once the work ends: pauses need not be sat out. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  hold(): void {
    this.#isHeld = true;
  }

  go(): void {
    this.#isHeld = false;
    this.#wake();
  }

  /** The first reason counts. */
  end(ending: BackfillEnding): void {
    this.#ending ??= ending;
    this.#over.abort();
    this.#wake();
  }

  /** Waits while it is held; false when the work has ended. */
  async pass(): Promise<boolean> {
    while (this.#isHeld && this.#ending === null) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.#ending === null;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
