/** What a value of JSON has to look like. One description answers both questions: is this one, and how to publish it. */
export type Shape =
  | { readonly kind: 'text'; readonly oneOf?: readonly string[] }
  | { readonly kind: 'number'; readonly minimum?: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'constant'; readonly value: string | number | boolean }
  | { readonly kind: 'nullable'; readonly of: Shape }
  | { readonly kind: 'list'; readonly of: Shape }
  /** Any names, all values of one shape. */
  | { readonly kind: 'map'; readonly of: Shape }
  /** Keys beside those are allowed: a later release may have added them. */
  | {
      readonly kind: 'object';
      readonly required: Readonly<Record<string, Shape>>;
      readonly optional?: Readonly<Record<string, Shape>>;
    }
  /** Objects told apart by the text under one key. */
  | { readonly kind: 'choice'; readonly by: string; readonly of: Readonly<Record<string, Shape>> };

/**
 * The first place where a value is not of a shape, in words; null when it is.
 *
 * @param path how to call the value.
 * @example mismatch({ kind: 'list', of: { kind: 'text' } }, ['a', 1], 'names') // 'names[1] is no text'
 */
export function mismatch(shape: Shape, value: unknown, path: string): string | null {
  switch (shape.kind) {
    case 'text':
      if (typeof value !== 'string') return `${path} is no text`;
      return shape.oneOf === undefined || shape.oneOf.includes(value)
        ? null
        : `${path} is none of ${shape.oneOf.join(', ')}`;
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) return `${path} is no number`;
      return shape.minimum === undefined || value >= shape.minimum ? null : `${path} is less than ${shape.minimum}`;
    case 'boolean':
      return typeof value === 'boolean' ? null : `${path} is neither true nor false`;
    case 'constant':
      return value === shape.value ? null : `${path} is not ${JSON.stringify(shape.value)}`;
    case 'nullable':
      return value === null ? null : mismatch(shape.of, value, path);
    case 'list':
      if (!Array.isArray(value)) return `${path} is no list`;
      return first(value.map((one, at) => () => mismatch(shape.of, one, `${path}[${at}]`)));
    case 'map':
      if (!isObject(value)) return `${path} is no object`;
      return first(
        Object.entries(value).map(
          ([name, one]) =>
            () =>
              mismatch(shape.of, one, member(path, name)),
        ),
      );
    case 'object':
      return isObject(value) ? mismatchOfObject(shape, value, path) : `${path} is no object`;
    case 'choice':
      return isObject(value) ? mismatchOfChoice(shape, value, path) : `${path} is no object`;
  }
}

type Values = Readonly<Record<string, unknown>>;

function mismatchOfObject(shape: Extract<Shape, { kind: 'object' }>, value: Values, path: string): string | null {
  const missing = Object.keys(shape.required).find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return `${member(path, missing)} is missing`;
  return first(
    Object.entries({ ...shape.required, ...shape.optional }).map(([name, of]) => () => {
      const one = value[name];
      return one === undefined ? null : mismatch(of, one, member(path, name));
    }),
  );
}

function mismatchOfChoice(shape: Extract<Shape, { kind: 'choice' }>, value: Values, path: string): string | null {
  const name = value[shape.by];
  const of = typeof name === 'string' && Object.hasOwn(shape.of, name) ? shape.of[name] : undefined;
  if (of !== undefined) return mismatch(of, value, path);
  return `${member(path, shape.by)} is none of ${Object.keys(shape.of).join(', ')}`;
}

function first(checks: readonly (() => string | null)[]): string | null {
  for (const check of checks) {
    const found = check();
    if (found !== null) return found;
  }
  return null;
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function member(path: string, name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}
