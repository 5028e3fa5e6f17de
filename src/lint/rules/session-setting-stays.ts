import type { Action } from '../../model/action.ts';
import type { Rule } from '../rule.ts';

/** Settings that change what later statements mean, or how long they wait. */
const MATTERS: Readonly<Record<string, string>> = {
  search_path: 'names without a schema then mean other tables',
  timezone: 'times without a zone then mean other moments',
  role: 'they then run with the rights of that role',
  session_authorization: 'they then run as that user',
  session_replication_role: 'they then run without triggers and foreign keys',
  row_security: 'they then meet errors or other rows where policies apply',
  lock_timeout: 'they then give up waiting for locks after that time',
  statement_timeout: 'they are then cancelled after that time',
};

/** SET without LOCAL in the transaction of a tool: the session keeps it, and sessions are used again. */
export const sessionSettingStays: Rule = {
  id: 'session-setting-stays',
  severity: 'info',
  about: ['set-variable'],
  summary: 'SET without LOCAL in the transaction of a tool stays in force after the migration.',
  remedy: 'Write SET LOCAL, which ends with the transaction, or RESET it at the end of the file.',
  check({ action, unit, history, later }) {
    if (unit.openedBy !== 'tool' || action.kind !== 'set-variable' || action.local || action.value === null)
      return null;
    const matter = MATTERS[action.name];
    const isSaid = history.file.some(({ action: one }) => setsSame(one, action.name));
    if (matter === undefined || isSaid || [...later()].some((one) => resets(one, action.name))) return null;
    return {
      title: `Sets ${action.name} for the session, which goes on after the migration.`,
      consequence: `Later migrations of the same run see it, and so does whoever gets the connection from a pool next: ${matter}.`,
      relations: [],
    };
  },
};

function setsSame(action: Action, name: string): boolean {
  return action.kind === 'set-variable' && !action.local && action.name === name && action.value !== null;
}

function resets(action: Action, name: string): boolean {
  return action.kind === 'set-variable' && action.value === null && (action.name === name || action.name === 'all');
}
