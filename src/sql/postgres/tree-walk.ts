import type { Node } from 'libpg-query';

const LOCATION_KEYS: ReadonlySet<string> = new Set([
  'location',
  'stmt_location',
  'stmt_len',
  'name_location',
  'list_start',
  'list_end',
  'rexpr_list_start',
  'rexpr_list_end',
]);

/**
 * Calls `visit` for every object of a tree, outermost first, with the name under which it hangs: the kind of a node,
 * or a field's name where the grammar leaves the kind out. `visit` answers false to leave out what is below. A loop, as
 * a machine-written expression may be nested deeper than the call stack.
 */
export function walkTree(tree: unknown, visit: (name: string, value: object) => boolean | undefined): void {
  // Side by side: an object for each place would be as much again as the tree.
  const names: string[] = [''];
  const values: unknown[] = [tree];
  while (values.length > 0) {
    const name = names.pop() ?? '';
    const value = values.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      for (let index = value.length - 1; index >= 0; index -= 1) {
        names.push(name);
        values.push(value[index]);
      }
      continue;
    }
    if (name !== '' && visit(name, value) === false) continue;
    const fields = Object.keys(value);
    for (let index = fields.length - 1; index >= 0; index -= 1) {
      const field = fields[index] ?? '';
      const child: unknown = value[field as keyof typeof value];
      if (typeof child !== 'object' || child === null) continue;
      names.push(field);
      values.push(child);
    }
  }
}

/** Whether two trees say the same, wherever in a text they stand. */
export function sameTree(a: unknown, b: unknown): boolean {
  const open: (readonly [unknown, unknown])[] = [[a, b]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [left, right] = next;
    if (left === right) continue;
    if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
    if (Array.isArray(left) !== Array.isArray(right)) return false;
    const keys = meaningfulKeys(left);
    if (keys.length !== meaningfulKeys(right).length) return false;
    for (const key of keys) {
      if (!Object.hasOwn(right, key)) return false;
      open.push([left[key as keyof typeof left], right[key as keyof typeof right]]);
    }
  }
  return true;
}

/** The byte offset of the leftmost thing in a tree, or null when nothing in it has a location. */
export function firstLocation(tree: Node): number | null {
  let first: number | null = null;
  walkTree(tree, (_name, value) => {
    const location = (value as { readonly location?: unknown }).location;
    if (typeof location === 'number' && location >= 0 && (first === null || location < first)) first = location;
    return true;
  });
  return first;
}

function meaningfulKeys(value: object): readonly string[] {
  return Object.keys(value).filter((key) => !LOCATION_KEYS.has(key));
}
