/**
 * Things after those that they need; where they need each other in a circle, in the order given.
 *
 * @param needs the keys of what a thing needs; those of things that are not there do not count.
 */
export function inOrder<Thing>(
  things: ReadonlyMap<string, Thing>,
  needs: (thing: Thing) => readonly string[],
): readonly Thing[] {
  const ordered = new Set<Thing>();
  const underway = new Set<string>();
  const add = (key: string): void => {
    const thing = things.get(key);
    if (thing === undefined || underway.has(key)) return;
    underway.add(key);
    for (const needed of needs(thing)) add(needed);
    ordered.add(thing);
  };
  for (const key of things.keys()) add(key);
  return [...ordered];
}
