/** How fast something goes, as a range: what the last minute's stretches say that differ most. */
export interface Pace {
  readonly perSecond: { readonly from: number; readonly to: number } | null;
  readonly leftMs: { readonly from: number; readonly to: number | null } | null;
}

const LOOK_BACK_MS = 60_000;
const STRETCH_MS = 2_000;
/** Fewer stretches say nothing of how much it varies. */
const FEWEST_STRETCHES = 2;

/** Measures the progress of one thing after the other. Times are monotonic, ms. */
export class RateMeter {
  #what = '';
  #marks: { readonly atMs: number; readonly done: number }[] = [];

  /** @param what something else than before begins a measure of its own. */
  pace(what: string, done: number, total: number | null, atMs: number): Pace {
    if (what !== this.#what) this.#marks = [];
    this.#what = what;
    const last = this.#marks.at(-1);
    if (last === undefined || atMs - last.atMs >= STRETCH_MS) this.#marks.push({ atMs, done });
    this.#marks = this.#marks.filter((mark) => atMs - mark.atMs <= LOOK_BACK_MS);
    const rates = this.#marks.slice(1).map((mark, at) => {
      const before = this.#marks[at] ?? mark;
      return (1000 * Math.max(0, mark.done - before.done)) / Math.max(1, mark.atMs - before.atMs);
    });
    if (rates.length < FEWEST_STRETCHES) return { perSecond: null, leftMs: null };
    const perSecond = { from: Math.min(...rates), to: Math.max(...rates) };
    if (total === null || perSecond.to === 0) return { perSecond, leftMs: null };
    const left = Math.max(0, total - done);
    const leftMs = {
      from: (1000 * left) / perSecond.to,
      to: perSecond.from === 0 ? null : (1000 * left) / perSecond.from,
    };
    return { perSecond, leftMs };
  }
}
