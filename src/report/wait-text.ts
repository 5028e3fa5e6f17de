import { groupedNumber } from '../model/grouped-number.ts';
import type { LockedThing, WaitingPid, WaitingSession, WaitNode } from '../model/wait-forest.ts';
import { durationText } from './quantity-text.ts';

/**
 * A session in a few words.
 *
 * @example sessionText(812, who) // 'pid 812 (metabase, idle in transaction for 3 min)'
 */
export function sessionText(pid: WaitingPid, who: WaitingSession): string {
  const words = detailsOf(who);
  return `${pidText(pid)}${words === '' ? '' : ` (${words})`}`;
}

/** Who it is, what it holds or waits for, and its query: one line of the tree. */
export function waitNodeText(node: WaitNode): string {
  // What the run does stands among its steps.
  const query = node.isRun || node.who.query === null || node.who.query === '' ? '' : `: ${node.who.query}`;
  const parts = [subject(node), ...waiting(node), ...holding(node)];
  return `${node.isInDeadlock ? 'deadlock: ' : ''}${parts.join(', ')}${query}`;
}

function subject(node: WaitNode): string {
  const [pid = null] = node.pids;
  if (node.isRun) return `the run, ${pidText(pid)}`;
  if (node.count === 1) return sessionText(pid, node.who);
  const details = detailsOf(node.who);
  return `${groupedNumber(node.count)} x ${details === '' ? 'session' : details}`;
}

function waiting({ waits, count }: WaitNode): readonly string[] {
  if (waits === null) return [];
  const verb = waits.behind === 'queue' ? 'queues for' : 'waits for';
  const longest = durationText(waits.longestMs);
  return [`${verb} ${lockText(waits)}, ${count === 1 ? longest : `the longest ${longest}`}`];
}

function holding({ holds }: WaitNode): readonly string[] {
  if (holds === null) return [];
  if (holds.thing === 'row') return [`changed ${holds.on}`];
  return holds.thing === 'transaction' ? [] : [`holds ${lockText(holds)}`];
}

/** Modes mean something for relations only. */
export function lockText(lock: { readonly thing: LockedThing; readonly mode: string; readonly on: string }): string {
  return lock.thing === 'relation' ? `${lock.mode} on ${lock.on}` : lock.on;
}

export function pidText(pid: WaitingPid): string {
  return pid === null ? 'a prepared transaction' : `pid ${pid}`;
}

function detailsOf(who: WaitingSession): string {
  const age = who.transactionMs === null ? '' : ` for ${durationText(who.transactionMs)}`;
  const name = who.applicationName === null || who.applicationName === '' ? who.user : who.applicationName;
  const state = who.state === null ? '' : `${who.state}${age}`;
  return [who.isAutovacuum ? 'autovacuum' : name, state].filter((part) => part !== null && part !== '').join(', ');
}
