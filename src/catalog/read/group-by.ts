/** Rows by what they belong to, in the order in which they came. */
export function groupBy<Row>(rows: readonly Row[], owner: (row: Row) => string): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(owner(row));
    if (group === undefined) groups.set(owner(row), [row]);
    else group.push(row);
  }
  return groups;
}
