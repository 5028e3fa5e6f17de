import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WaitNode } from '../../src/model/wait-forest.ts';
import { findDeadlocks } from '../../src/watch/find-deadlocks.ts';
import type { LockSample } from '../../src/watch/lock-sample.ts';
import { waitForest } from '../../src/watch/wait-forest.ts';
import { blockersOf, type WaitGraph, waitGraph } from '../../src/watch/wait-graph.ts';
import { anySample, lock, queueBehindRun, session } from './lock-samples.ts';

function all(nodes: readonly WaitNode[]): readonly WaitNode[] {
  return nodes.flatMap((node) => [node, ...all(node.children)]);
}

/** Whether an owner comes back to himself by way of others, edge by edge. */
function isInRing(graph: WaitGraph, owner: number): boolean {
  const seen = new Set<number>();
  const open = [...blockersOf(graph, owner)];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === owner) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...blockersOf(graph, next));
  }
  return false;
}

describe('for any lock tables', () => {
  test('everybody who waits is in the forest exactly once', () => {
    fc.assert(
      fc.property(anySample, (sample) => {
        const { roots, waiters } = waitForest(sample);
        const waiting = new Set(sample.locks.filter(({ granted }) => !granted).map((one) => one.session));
        const shown = all(roots).filter(({ waits }) => waits !== null);
        expect(waiters).toBe(waiting.size);
        expect(shown.reduce((total, { count }) => total + count, 0)).toBe(waiting.size);
      }),
    );
  });

  test('what is below a node is what its children count', () => {
    fc.assert(
      fc.property(anySample, (sample) => {
        for (const node of all(waitForest(sample).roots)) {
          expect(node.children.reduce((total, { count, behind }) => total + count + behind, 0)).toBe(node.behind);
        }
      }),
    );
  });

  test('every ring is found, and nobody who is in none', () => {
    fc.assert(
      fc.property(anySample, (sample) => {
        const graph = waitGraph(sample);
        const rings = new Set(findDeadlocks(graph).flat());
        for (const owner of graph.owners.keys()) expect(rings.has(owner)).toBe(isInRing(graph, owner));
      }),
      { numRuns: 500 },
    );
  });

  test('who is shown below somebody waits for him', () => {
    fc.assert(
      fc.property(anySample, (sample) => {
        const graph = waitGraph(sample);
        const byPid = new Map(graph.owners.map(({ session: one }, owner) => [one?.pid ?? null, owner]));
        for (const node of all(waitForest(sample).roots).filter(({ count }) => count === 1)) {
          for (const child of node.children) {
            for (const pid of child.pids) {
              expect([...blockersOf(graph, byPid.get(pid) ?? -1)]).toContain(byPid.get(node.pids[0] ?? null));
            }
          }
        }
      }),
    );
  });
});

describe('a queue behind the run', () => {
  test('is one line, counted as waiting because of the run', () => {
    const { roots, behindRun, runWaits, waiters } = waitForest(queueBehindRun(412));
    expect(waiters).toBe(413);
    expect(roots).toMatchObject([
      {
        pids: [812],
        holds: { mode: 'ACCESS SHARE', on: 'public.orders' },
        behind: 413,
        children: [
          {
            isRun: true,
            pids: [900],
            waits: { mode: 'ACCESS EXCLUSIVE', on: 'public.orders', behind: 'holder', longestMs: 40 },
            behind: 412,
            longestBehindMs: 38,
            children: [{ count: 412, waits: { mode: 'ACCESS SHARE', behind: 'queue', longestMs: 38 }, children: [] }],
          },
        ],
      },
    ]);
    expect(behindRun).toEqual({ sessions: 412, longestMs: 38, on: 'public.orders' });
    expect(runWaits).toMatchObject({ mode: 'ACCESS EXCLUSIVE', blockerCount: 1, blockers: [{ pid: 812 }] });
  });

  test('who waits for the report itself is not counted as waiting because of the run', () => {
    const queue = queueBehindRun(1);
    const sample: LockSample = {
      sessions: [...queue.sessions, session('5')],
      locks: [...queue.locks, lock('5', 'public.orders', 'ACCESS EXCLUSIVE', 10)],
    };
    expect(waitForest(sample).behindRun.sessions).toBe(1);
  });

  test('a shared lock behind a shared lock is let through', () => {
    const sample: LockSample = {
      sessions: ['1', '2', '3'].map((id) => session(id)),
      locks: [
        lock('1', 'public.t', 'ROW EXCLUSIVE', null),
        lock('2', 'public.t', 'SHARE', 20),
        lock('3', 'public.t', 'SHARE', 10),
      ],
    };
    expect(waitForest(sample).roots).toMatchObject([{ pids: [1], children: [{ count: 2 }] }]);
  });
});

test('a deadlock is told, and each of its sessions has what waits for it', () => {
  const sample: LockSample = {
    sessions: ['1', '2', '3'].map((id) => session(id)),
    locks: [
      lock('1', 'public.a', 'EXCLUSIVE', null),
      lock('2', 'public.b', 'EXCLUSIVE', null),
      lock('2', 'public.a', 'EXCLUSIVE', 20),
      lock('1', 'public.b', 'EXCLUSIVE', 10),
      lock('3', 'public.b', 'EXCLUSIVE', 5),
    ],
  };
  const { deadlocks, roots } = waitForest(sample);
  expect(deadlocks).toEqual([[1, 2]]);
  expect(roots.map(({ pids, isInDeadlock, behind }) => [pids, isInDeadlock, behind])).toEqual([
    [[2], true, 1],
    [[1], true, 0],
  ]);
});

test('who holds a lock already goes in front of those who have to wait for him', () => {
  const sample: LockSample = {
    sessions: ['1', '2', '3'].map((id) => session(id)),
    locks: [
      lock('1', 'public.t', 'SHARE', null),
      lock('2', 'public.t', 'ACCESS SHARE', null),
      lock('3', 'public.t', 'ACCESS EXCLUSIVE', 20),
      lock('2', 'public.t', 'ROW EXCLUSIVE', 10),
    ],
  };
  const graph = waitGraph(sample);
  const pids = [...graph.owners.keys()].map((owner) => [
    graph.owners[owner]?.session?.pid,
    [...blockersOf(graph, owner)].map((one) => graph.owners[one]?.session?.pid).sort(),
  ]);
  expect(pids).toEqual([
    [1, []],
    [2, [1]],
    [3, [1, 2]],
  ]);
  expect(findDeadlocks(graph)).toEqual([]);
});

test('a parallel worker counts as its leader', () => {
  const sample: LockSample = {
    sessions: [session('1'), session('2'), session('3', { leader: '1' })],
    locks: [
      lock('1', 'public.t', 'SHARE', null),
      lock('3', 'public.t', 'ROW EXCLUSIVE', 5),
      lock('2', 'public.t', 'ROW EXCLUSIVE', 5),
    ],
  };
  expect(waitForest(sample)).toMatchObject({ deadlocks: [], waiters: 2 });
});

test('a chain of ten thousand is counted to its end', () => {
  const ids = Array.from({ length: 10_000 }, (_, at) => String(at + 1));
  const sample: LockSample = {
    sessions: ids.map((id) => session(id)),
    locks: ids.flatMap((id, at) => [
      lock(id, `public.t${at}`, 'EXCLUSIVE', null),
      ...(at === 0 ? [] : [lock(id, `public.t${at - 1}`, 'EXCLUSIVE', 5)]),
    ]),
  };
  const { roots, waiters } = waitForest(sample);
  expect(waiters).toBe(9_999);
  expect(roots).toMatchObject([{ count: 1, behind: 9_999 }]);
});
