import type { VitalSign } from '../model/alarm.ts';
import type { BlockerPolicy } from '../model/blocker-policy.ts';
import { groupedNumber } from '../model/grouped-number.ts';
import type { Blocker, RunEvent } from '../model/run-event.ts';
import { countText, durationText } from './quantity-text.ts';

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;
type Sentences = { readonly [Type in RunEvent['type']]: (event: EventOf<Type>) => string };

/**
 * What an event says to a person, in one line, without its time and without the names of migration and step.
 *
 * @example eventText({ type: 'migration:done', migration: '0001_a', ... }) // 'applied'
 */
export function eventText(event: RunEvent): string {
  // Each entry takes the event of its own type; the table as a whole cannot say so to the compiler.
  const sentence = SENTENCES[event.type] as (event: RunEvent) => string;
  return sentence(event);
}

const SENTENCES: Sentences = {
  'run:start': (event) =>
    `${event.resumed ? 'taking up the run that was left' : 'run'}: ${countText(event.migrations, 'migration')}, ${countText(event.steps, 'step')}`,
  'run:waiting-for-runner': (event) =>
    `another runner is at work (${[
      event.holder,
      event.holderPid === null ? null : `server process ${event.holderPid}`,
      event.ageMs === null ? null : `for ${durationText(event.ageMs)}`,
    ]
      .filter((part) => part !== null)
      .join(', ')}), waiting for it`,
  'run:end': (event) => {
    const { exposure } = event;
    const held = `held locks for ${durationText(exposure.heldMs)} in ${countText(exposure.strikes, 'strike')}`;
    const queued = `stood in lock queues in vain for ${durationText(exposure.waitedInQueueMs)}`;
    const waiters = `at most ${countText(exposure.maxWaitersSeen, 'session')} seen waiting behind it`;
    const { signalsSent } = exposure;
    const ended =
      signalsSent === 0
        ? ''
        : ` It sent ${countText(signalsSent, 'signal')} to sessions in the way, as your policies want.`;
    const next = event.nextCommand === null ? '' : `\nNext: ${event.nextCommand}`;
    return `${event.summary}\nThe run ${held}, ${queued}, ${waiters}.${ended}${next}`;
  },
  'run:note': (event) => `note: ${event.note}`,
  'orphan:terminated': (event) => `ended server process ${event.pid}, which a runner that died had left behind`,
  'orphan:adopted': (event) =>
    `server process ${event.pid}, which a runner that died had left behind, still builds this index: waiting for it`,
  'migration:start': (event) => countText(event.steps, 'step'),
  'migration:done': () => 'applied',
  'step:start': (event) => `${event.phase}: ${event.why}`,
  'step:skip': (event) => `skipped: ${event.reason}`,
  'step:done': (event) => {
    const held = event.heldMs === null ? '' : `, locks held ${durationText(event.heldMs)}`;
    const attempts = event.attempts > 1 ? `, ${event.attempts} attempts` : '';
    return `done in ${durationText(event.elapsedMs)}${held}${attempts}`;
  },
  // What to do about it, and what a gate waits for, stands in the closing summary that follows at once.
  'step:failed': (event) => `failed: ${event.message}${event.sqlstate === null ? '' : ` (SQLSTATE ${event.sqlstate})`}`,
  'lock:wait': (event) =>
    `not asking for the lock yet, ${durationText(event.waitedMs)} so far: ${event.blockers.map(blockerText).join('; ')}`,
  'blocker:signal': (event) => {
    const what = event.action === 'cancel' ? 'cancelling the statement of' : 'ending';
    return `${what} a session that is in the way, ${policyText(event.policy)}: ${blockerText(event.blocker)}`;
  },
  'blocker:signalled': (event) => SIGNALLED[event.outcome](event.pid),
  'lock:clear': (event) => `the way is clear after ${durationText(event.waitedMs)}`,
  'lock:timeout': (event) =>
    `attempt ${event.attempt} did not get the lock within ${durationText(event.budgetMs)}, next in ${durationText(event.retryInMs)}`,
  'strike:cancelled': (event) => {
    const others = countText(event.waiters, 'session');
    const seen =
      event.budget === 'queue' ? `${others} stood` : `${others} had stood for ${durationText(event.heldUpMs)}`;
    const limit = event.budget === 'queue' ? `at most ${event.limit} may` : `${durationText(event.limit)} is the most`;
    const place = event.weWaited ? 'waiting for its lock' : 'holding its lock';
    return `attempt ${event.attempt} was taken back while ${place}: ${seen} behind it (${limit}), next in ${durationText(event.retryInMs)}`;
  },
  'alarm:raised': (event) =>
    `standing back from the server, ${ALARMS[event.sign](event.value)} (limit ${ALARM_LIMITS[event.sign](event.limit)}); goes on when that is good again`,
  'alarm:cleared': () => 'the server is well again, going on',
  'index:progress': (event) => {
    const percent = event.percent === null ? '' : ` ${Math.floor(event.percent)} %`;
    const rest = event.etaMs === null ? '' : `, about ${durationText(event.etaMs)} left of that`;
    const pid = event.waitingForPid === null ? '' : `, waits for server process ${event.waitingForPid}`;
    const waiting = event.waitingFor === null ? pid : `, waits for ${blockerText(event.waitingFor)}`;
    return `${event.phase}${percent}${rest}, ${durationText(event.elapsedMs)} so far${waiting}`;
  },
  'index:repair': (event) => `building ${event.index} again: ${event.reason}`,
  'backfill:batch': (event) => {
    const of = event.rowsEstimate === null ? '' : ` of about ${groupedNumber(event.rowsEstimate)}`;
    const left = event.etaMs === null ? '' : `, about ${durationText(event.etaMs)} left`;
    return `${countText(event.rowsDone, 'row')}${of}, ${countText(Math.round(event.rowsPerSecond), 'row')} a second${left}`;
  },
  'scan:progress': (event) => `reading the table, ${durationText(event.elapsedMs)} so far`,
  'gate:closed': () => 'the gate is closed',
  'gate:passed': () => 'gate passed',
  'after:start': (event) =>
    `watching the database for ${durationText(event.watchMs)}, beside the time before; what was to be done is done, Ctrl+C ends this`,
  'after:end': aftermathText,
};

function aftermathText(event: EventOf<'after:end'>): string {
  const { before, after, concerns, watchedMs } = event;
  const dead = `${countText(after.deadRows, 'dead row')} in the tables of the run (${groupedNumber(before.deadRows)} before)`;
  const seen = `${countText(event.deadlocksDuring, 'deadlock')} during the run, ${countText(after.deadlocks ?? 0, 'deadlock')} after it, ${dead}`;
  if (concerns.length === 0) return `nothing is worse than before, watched for ${durationText(watchedMs)}: ${seen}`;
  const way =
    event.undo === null
      ? 'The run cannot be taken back without loss: if it is the cause, mend it forward with another migration.'
      : `If the run is the cause, it can be taken back without loss, in this order:\n${event.undo.map((sql) => `  ${sql};`).join('\n')}`;
  return `worse than before, watched for ${durationText(watchedMs)}: ${concerns.join(' ')}\nAlso seen: ${seen}.\n${way}`;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const megabytes = (bytes: number): string => `${groupedNumber(Math.round(bytes / 1_048_576))} MB`;

const ALARMS: { readonly [Sign in VitalSign]: (value: number) => string } = {
  'replication-lag': (value) => `a standby is ${durationText(value)} behind`,
  'replication-distance': (value) => `a standby is ${megabytes(value)} behind`,
  deadlocks: (value) => `${countText(value, 'deadlock')} in the last minute`,
  rollbacks: (value) => `${percent(value)} of all transactions are rolled back`,
  unseen: (value) => `its signs could not be read for ${durationText(value)}`,
};

const ALARM_LIMITS: { readonly [Sign in VitalSign]: (limit: number) => string } = {
  'replication-lag': durationText,
  'replication-distance': megabytes,
  deadlocks: String,
  rollbacks: percent,
  unseen: durationText,
};

/** @example policyText(policy) // 'as your policy for idle-in-transaction wants after 5 min' */
function policyText({ class: kind, afterMs }: BlockerPolicy): string {
  return `as your policy for ${kind} wants after ${durationText(afterMs)}`;
}

const SIGNALLED = {
  sent: (pid: number | null) => `server process ${pid} was told`,
  gone: (pid: number | null) => `server process ${pid} had gone by itself`,
  refused: (pid: number | null) => `this role may not end server process ${pid}, so it is waited for`,
};

function blockerText(blocker: Blocker): string {
  const who = [
    blocker.isAutovacuum ? 'autovacuum' : null,
    blocker.pid === null ? 'a prepared transaction' : `server process ${blocker.pid}`,
    blocker.user,
    blocker.applicationName === '' ? null : blocker.applicationName,
    blocker.state,
    blocker.ageMs === null ? null : `open for ${durationText(blocker.ageMs)}`,
  ];
  const query =
    blocker.query === null || blocker.query === '' ? '' : `: ${blocker.query.replace(/\s+/g, ' ').slice(0, 80)}`;
  const { mode, relation } = blocker;
  const holds = mode === null ? ', sees the database as it was before' : ` holds ${mode} on ${relation}`;
  return `${who.filter((part) => part !== null).join(', ')}${holds}${query}`;
}
