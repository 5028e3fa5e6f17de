import { nothingThere, type Signal } from './signal.ts';

interface ArchiveRow {
  readonly on: boolean;
  readonly segments: number | null;
  readonly failing: boolean;
}

/** WAL files that wait to be archived: they fill the disk when archiving does not keep up or fails. */
export const archiveQueue: Signal = {
  name: 'archive-queue',
  usualLimit: 42,
  async read(connection, _subject, limit) {
    const [row] = await connection.query<ArchiveRow>(ARCHIVE_SQL);
    if (row === undefined || !row.on) return nothingThere('nothing is archived');
    if (row.failing) {
      return {
        value: row.segments,
        level: 'hold',
        sentence: 'archiving WAL fails: the last attempt did not succeed (pg_stat_archiver)',
      };
    }
    if (row.segments === null)
      return { value: 0, level: 'fine', sentence: 'nothing was archived since the statistics began' };
    const sentence = `${row.segments} WAL files wait to be archived, the limit is ${limit}`;
    return { value: row.segments, level: row.segments > limit ? 'hold' : 'fine', sentence };
  },
};

/** A WAL file's name is its timeline, and its place in two halves of which the second counts to 4 GB. */
const ARCHIVE_SQL = `
SELECT current_setting('archive_mode') <> 'off' AS on,
  coalesce(a.last_failed_time > coalesce(a.last_archived_time, '-infinity'), false) AS failing,
  greatest(0, floor(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), '0/0') / size.bytes)
    - CASE WHEN a.last_archived_wal ~ '^[0-9A-F]{24}' THEN
        ('x' || substr(a.last_archived_wal, 9, 8))::bit(32)::bigint * (4294967296 / size.bytes)
        + ('x' || substr(a.last_archived_wal, 17, 8))::bit(32)::bigint END - 1)::int AS segments
FROM pg_catalog.pg_stat_archiver a, (
  SELECT setting::bigint AS bytes FROM pg_catalog.pg_settings WHERE name = 'wal_segment_size') size`;
