/** Rows that are changed batch by batch, as one block of code that the server runs by itself. */
export interface BackfillBlock {
  /** Schema and name, quoted where that is needed. */
  readonly table: string;
  readonly assignments: string;
  readonly where: string;
  /** Empty: by physical place. */
  readonly keyColumns: readonly string[];
  readonly batchRows: number;
  readonly lockTimeoutMs: number;
  /** Whether every batch is committed; false where the block runs inside a transaction of somebody else. */
  readonly commits: boolean;
  /** The rows that match at the beginning, each once; missing: until no row is left. */
  readonly once?: true;
}

/**
 * The block as SQL, without a closing semicolon. It ends only when no row is left, not when a batch changed none: a row
 * can slip away between being seen and changed. Where rows may match for good, each is changed once.
 */
export function backfillBlock(block: BackfillBlock): string {
  return block.once === true ? walkOnce(block) : walkUntilNothingIsLeft(block);
}

/** Needs key columns: a row that the application changes meanwhile keeps its key, and not its place. */
function walkOnce(block: BackfillBlock): string {
  const { table, assignments, where } = block;
  const keys = block.keyColumns.map(quoted).join(', ');
  const tag = tagFor(`${table}${assignments}${where}${keys}`);
  const places = block.keyColumns.map((name) => `evenkeel_place.${quoted(name)}`).join(', ');
  const timeout = `SET LOCAL lock_timeout = '${block.lockTimeoutMs}ms';`;
  return [
    `DO ${tag}`,
    'DECLARE',
    '  evenkeel_place record;',
    '  evenkeel_changed bigint := 0;',
    'BEGIN',
    `  ${timeout}`,
    `  FOR evenkeel_place IN SELECT ${keys} FROM ${table} WHERE ${where} ORDER BY ${keys} LOOP`,
    `    UPDATE ${table} SET ${assignments} WHERE (${where}) AND (${keys}) = (${places});`,
    '    evenkeel_changed := evenkeel_changed + 1;',
    `    IF evenkeel_changed % ${block.batchRows} = 0 THEN`,
    ...(block.commits ? ['      COMMIT;'] : []),
    `      ${timeout}`,
    '    END IF;',
    '  END LOOP;',
    `END ${tag}`,
  ].join('\n');
}

function walkUntilNothingIsLeft(block: BackfillBlock): string {
  const { table, assignments, where } = block;
  const keys = block.keyColumns.length === 0 ? PHYSICAL_PLACE : block.keyColumns.map(quoted).join(', ');
  const order = block.keyColumns.length === 0 ? '' : ` ORDER BY ${keys}`;
  const tag = tagFor(`${table}${assignments}${where}${keys}`);
  return [
    `DO ${tag}`,
    'BEGIN',
    `  WHILE EXISTS (SELECT FROM ${table} WHERE ${where}) LOOP`,
    `    SET LOCAL lock_timeout = '${block.lockTimeoutMs}ms';`,
    `    UPDATE ${table} SET ${assignments} WHERE (${where}) AND (${keys}) IN (`,
    `      SELECT ${keys} FROM ${table} WHERE ${where}${order} LIMIT ${block.batchRows} FOR UPDATE);`,
    ...(block.commits ? ['    COMMIT;'] : []),
    '  END LOOP;',
    `END ${tag}`,
  ].join('\n');
}

const PHYSICAL_PLACE = 'tableoid, ctid';

/**
 * Reads back what `backfillBlock` wrote; null for every other statement, and for a block that somebody has changed so
 * that it does not say the same any more.
 */
export function readBackfillBlock(sql: string): BackfillBlock | null {
  return readWalkOnce(sql) ?? readWalkUntilNothingIsLeft(sql);
}

function readWalkOnce(sql: string): BackfillBlock | null {
  const found = /^ {2}FOR evenkeel_place IN SELECT ("[^\n]*?") FROM (.+?) WHERE ([\s\S]+?) ORDER BY \1 LOOP\n/m.exec(
    sql,
  );
  const limits = /SET LOCAL lock_timeout = '(\d+)ms';[\s\S]* IF evenkeel_changed % (\d+) = 0 THEN\n/.exec(sql);
  if (found === null || limits === null) return null;
  const [, keys = '', table = '', where = ''] = found;
  const assignments = between(sql, `    UPDATE ${table} SET `, ` WHERE (${where}) AND (`);
  if (assignments === null) return null;
  const block: BackfillBlock = {
    table,
    assignments,
    where,
    keyColumns: namesIn(keys),
    batchRows: Number(limits[2]),
    lockTimeoutMs: Number(limits[1]),
    commits: sql.includes('\n      COMMIT;\n'),
    once: true,
  };
  return backfillBlock(block) === sql ? block : null;
}

function readWalkUntilNothingIsLeft(sql: string): BackfillBlock | null {
  const found = /^ {2}WHILE EXISTS \(SELECT FROM (.+?) WHERE ([\s\S]+?)\) LOOP\n/m.exec(sql);
  const limits = /SET LOCAL lock_timeout = '(\d+)ms';[\s\S]* LIMIT (\d+) FOR UPDATE\);\n/.exec(sql);
  if (found === null || limits === null) return null;
  const [, table = '', where = ''] = found;
  const assignments = between(sql, `    UPDATE ${table} SET `, ` WHERE (${where}) AND (`);
  const keys = between(sql, ` WHERE (${where}) AND (`, ') IN (\n');
  if (assignments === null || keys === null) return null;
  const block: BackfillBlock = {
    table,
    assignments,
    where,
    keyColumns: keys === PHYSICAL_PLACE ? [] : namesIn(keys),
    batchRows: Number(limits[2]),
    lockTimeoutMs: Number(limits[1]),
    commits: sql.includes('\n    COMMIT;\n'),
  };
  return backfillBlock(block) === sql ? block : null;
}

function between(text: string, before: string, after: string): string | null {
  const start = text.indexOf(before);
  const end = start < 0 ? -1 : text.indexOf(after, start + before.length);
  return end < 0 ? null : text.slice(start + before.length, end);
}

/** Names in quotes, out of a list. */
function namesIn(list: string): readonly string[] {
  return (list.match(/"(?:[^"]|"")*"/g) ?? []).map(unquoted);
}

/** Always in quotes: that is right for every name. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function unquoted(name: string): string {
  return name.slice(1, -1).replaceAll('""', '"');
}

/** Dollar quotes that the text itself does not hold. */
function tagFor(text: string): string {
  let tag = '$evenkeel$';
  for (let number = 1; text.includes(tag); number += 1) tag = `$evenkeel${number}$`;
  return tag;
}
