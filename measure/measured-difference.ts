import type { MeasuredFile, MeasuredForm } from './measured-form.ts';

/**
 * Where fresh data says something else than the committed data; one sentence each, empty when they agree.
 *
 * @example measuredDifferences(committed, fresh)
 * // ['postgresql 18, add-column/nullable, locks: committed [...], measured [...]']
 */
export function measuredDifferences(committed: MeasuredFile | null, fresh: MeasuredFile): readonly string[] {
  const where = `${fresh.server} ${fresh.major}`;
  if (committed === null) return [`${where}: no data is committed`];
  const found: string[] = [];
  if (committed.version !== fresh.version) {
    found.push(`${where}: committed data is of ${committed.version}, measured was ${fresh.version}`);
  }
  const old = new Map(committed.forms.map((form) => [form.id, form]));
  for (const form of fresh.forms) {
    const known = old.get(form.id);
    old.delete(form.id);
    if (known === undefined) found.push(`${where}, ${form.id}: not in the committed data`);
    else found.push(...formDifferences(known, form).map((text) => `${where}, ${form.id}, ${text}`));
  }
  for (const id of old.keys()) found.push(`${where}, ${id}: committed, but not measured any more`);
  return found;
}

function formDifferences(committed: MeasuredForm, fresh: MeasuredForm): readonly string[] {
  const found: string[] = [];
  const names = new Set([...Object.keys(committed), ...Object.keys(fresh)]) as Set<keyof MeasuredForm>;
  for (const name of names) {
    const before = JSON.stringify(committed[name]);
    const now = JSON.stringify(fresh[name]);
    if (before !== now) found.push(`${name}: committed ${before}, measured ${now}`);
  }
  return found;
}
