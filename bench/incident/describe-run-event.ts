import type { Blocker, RunEvent } from '../../src/model/run-event.ts';

/** One short line for somebody who never saw Evenkeel before; null for events that say nothing to them. */
export function describeRunEvent(event: RunEvent): string | null {
  switch (event.type) {
    case 'lock:wait':
      return `sees ${blockers(event.blockers)}: does not ask for the lock yet`;
    case 'lock:clear':
      return event.waitedMs < 1000 ? null : `the way is clear after ${seconds(event.waitedMs)}; asks now`;
    case 'lock:timeout':
      return `no lock within ${event.budgetMs} ms; steps aside, tries again in ${event.retryInMs} ms`;
    case 'strike:cancelled':
      return `takes the strike back: ${event.waiters} stood behind it; tries again in ${event.retryInMs} ms`;
    case 'step:done':
      return `${event.migration}: ${event.step} done${held(event.heldMs)}`;
    case 'step:failed':
      return `${event.migration}: ${event.step} failed: ${event.message}`;
    case 'index:repair':
      return `rebuilds ${event.index}: ${event.reason}`;
    case 'gate:closed':
      return `waits for a deployment: ${event.deploy}`;
    default:
      return null;
  }
}

function blockers(all: readonly Blocker[]): string {
  const [first, ...others] = all;
  if (first === undefined) return 'an older transaction';
  const who = first.applicationName ?? first.user ?? 'somebody';
  const age = first.ageMs === null ? '' : `, ${seconds(first.ageMs)} old`;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `${who} (pid ${first.pid ?? 'unknown'}${age}) on ${first.relation}${more}`;
}

function held(heldMs: number | null): string {
  return heldMs === null ? '' : `, locks held for ${heldMs < 10 ? heldMs.toFixed(1) : Math.round(heldMs)} ms`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
