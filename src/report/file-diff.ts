import type { WrittenFile } from '../model/written-plan.ts';

/** Lines around a change that are shown with it. */
const CONTEXT_LINES = 3;

/**
 * A file as a unified diff with one hunk, which `git apply` takes: from the first line that differs to the last one.
 *
 * @returns nothing when both texts are the same.
 */
export function fileDiff({ path, before, text }: Pick<WrittenFile, 'path' | 'before' | 'text'>): readonly string[] {
  const [old, now] = [linesOf(before ?? ''), linesOf(text)];
  const same = commonLines(old, now);
  if (same === old.length && same === now.length) return [];
  const sameAtEnd = commonLines(old.slice(same).reverse(), now.slice(same).reverse());
  const start = Math.max(0, same - CONTEXT_LINES);
  const tail = old.slice(old.length - sameAtEnd).slice(0, CONTEXT_LINES);
  const removed = old.slice(same, old.length - sameAtEnd);
  const added = now.slice(same, now.length - sameAtEnd);
  const around = same - start + tail.length;
  return [
    `--- ${before === null ? '/dev/null' : `a/${path}`}`,
    `+++ b/${path}`,
    `@@ -${range(start, removed.length + around)} +${range(start, added.length + around)} @@`,
    ...old.slice(start, same).map((line) => ` ${line}`),
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
    ...tail.map((line) => ` ${line}`),
  ];
}

function range(start: number, count: number): string {
  return `${count === 0 ? start : start + 1},${count}`;
}

/** A last line without a line feed is another one than that with it. */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  return rest === '' ? lines : [...lines, `${rest}\n\\ No newline at end of file`];
}

function commonLines(left: readonly string[], right: readonly string[]): number {
  let count = 0;
  while (count < left.length && count < right.length && left[count] === right[count]) count += 1;
  return count;
}
