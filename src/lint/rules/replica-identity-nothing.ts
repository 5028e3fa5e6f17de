import { alterCommandOf } from '../alter-command-of.ts';
import { blockingLocks } from '../blocking-locks.ts';
import { publicationsOf } from '../published.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** REPLICA IDENTITY NOTHING: UPDATE and DELETE fail as soon as the table is published. */
export const replicaIdentityNothing: Rule = {
  id: 'replica-identity-nothing',
  severity: 'warning',
  about: ['alter-table'],
  commands: ['replica-identity'],
  perCommand: true,
  summary: 'A table loses its replica identity: published, its UPDATEs and DELETEs fail.',
  remedy: 'Keep REPLICA IDENTITY DEFAULT, which is the primary key, or name a unique index with USING INDEX.',
  check(input) {
    const found = alterCommandOf(input, 'replica-identity');
    if (found?.command.identity !== 'nothing' || input.facts.failure !== null) return null;
    const { table } = found;
    const publications = table === null ? [] : publicationsOf(input.catalog, table).filter((one) => !one.insertsOnly);
    const names = list(publications.map((one) => one.name));
    return {
      ...(names === '' ? {} : { severity: 'error' }),
      title: `Takes the replica identity of ${found.key} away.`,
      consequence:
        names === ''
          ? 'Nothing fails today; every UPDATE and DELETE of it fails with 55000 from the moment somebody publishes the table.'
          : `It is published by ${names}: every UPDATE and DELETE of it fails with 55000 from the commit on.`,
      relations: [...new Set([found.key, ...blockingLocks(input).map((lock) => lock.relation)])],
    };
  },
};
