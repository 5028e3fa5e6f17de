import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Answerer, OpenLoop } from '../../bench/load/open-loop.ts';
import { RequestTally } from '../../bench/load/request-tally.ts';

/** Connections that answer when the test says so, on a clock that the test turns. */
class Stage {
  nowMs = 0;
  readonly asked: ((error: string | null) => void)[] = [];
  readonly tally: RequestTally = new RequestTally(2000);
  readonly loop: OpenLoop;

  constructor(connections: number, ratePerSecond = 1000) {
    const pool = Array.from(
      { length: connections },
      (): Answerer => ({ ask: (_, done) => void this.asked.push(done) }),
    );
    this.loop = new OpenLoop({ ratePerSecond, deadlineMs: 2000, pool, tally: this.tally, now: () => this.nowMs });
  }

  tick(atMs: number): void {
    this.nowMs = atMs;
    this.loop.tick(atMs);
  }

  answer(atMs: number, error: string | null = null): void {
    this.nowMs = atMs;
    this.asked.shift()?.(error);
  }

  report(): ReturnType<RequestTally['report']> {
    return this.tally.report({ ratePerSecond: 1000, generatorLagMs: 0 });
  }
}

test('requests become due by the clock, whether or not earlier ones were answered', () => {
  const stage = new Stage(2);
  stage.tick(10);
  expect(stage.report().scheduled).toBe(10);
  expect(stage.asked).toHaveLength(2);
  expect(stage.loop.waiting).toBe(8);
});

test('a run of 2 s at 1,000 a second has exactly 2,000 requests, however unevenly the clock is looked at', () => {
  const stage = new Stage(1);
  for (const atMs of [0, 1, 7.5, 900, 1999.999, 2000]) stage.tick(atMs);
  expect(stage.report().scheduled).toBe(2000);
});

test('latency counts from the moment a request was due, so waiting for a connection counts', () => {
  const stage = new Stage(1);
  stage.tick(2);
  stage.answer(100);
  stage.answer(150);
  expect(stage.report()).toMatchObject({ scheduled: 2, failed: 0, maxMs: 149, peakQueue: 1 });
});

test('an answer after the deadline is a failure, with the latency that it really had', () => {
  const stage = new Stage(1);
  stage.tick(1);
  stage.answer(35_000);
  const report = stage.report();
  expect(report.failures).toEqual({ expiredInQueue: 0, lateAnswer: 1, unanswered: 0, error: 0 });
  expect(report.maxMs).toBe(35_000);
});

test('what waits in line for 2 s is dropped and never sent', () => {
  const stage = new Stage(1);
  stage.tick(3);
  stage.tick(2001.5);
  expect(stage.report().failures).toMatchObject({ expiredInQueue: 1 });
  stage.answer(2001.6);
  expect(stage.report().failures).toMatchObject({ expiredInQueue: 1, lateAnswer: 1 });
  expect(stage.loop.inFlight).toBe(1);
});

test('an error of the server is a failure and keeps its message', () => {
  const stage = new Stage(1);
  stage.tick(1);
  stage.answer(2, 'deadlock detected');
  expect(stage.report()).toMatchObject({ failed: 1, firstError: 'deadlock detected', failures: { error: 1 } });
});

test('closing fails what has no answer, and an answer that still comes changes nothing', () => {
  const stage = new Stage(1);
  stage.tick(3);
  stage.nowMs = 5000;
  stage.loop.close();
  stage.answer(6000);
  expect(stage.report().failures).toEqual({ expiredInQueue: 2, lateAnswer: 0, unanswered: 1, error: 0 });
});

test('seconds are counted by when requests were due; one is degraded by a failure or by a p99 above 50 ms', () => {
  const tally = new RequestTally(2000);
  for (const dueMs of [0, 500, 1500, 2500, 3500]) tally.due(dueMs);
  tally.answered(0, 1);
  tally.answered(500, 2);
  tally.answered(1500, 51);
  tally.failed(2500, 2000, 'expiredInQueue');
  tally.answered(3500, 50);
  const { degradedSeconds, seconds } = tally.report({ ratePerSecond: 1, generatorLagMs: 0 });
  expect(degradedSeconds).toBe(2);
  expect(seconds.map(({ scheduled, failed }) => [scheduled, failed])).toEqual([
    [2, 0],
    [1, 0],
    [1, 1],
    [1, 0],
  ]);
});

test('whatever happens, every request that was due ends exactly once', () => {
  const move = fc.oneof(
    fc.record({ kind: fc.constant('tick' as const), ms: fc.integer({ min: 0, max: 1500 }) }),
    fc.record({ kind: fc.constant('answer' as const), ms: fc.integer({ min: 0, max: 50 }) }),
    fc.record({ kind: fc.constant('error' as const), ms: fc.integer({ min: 0, max: 50 }) }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(move, { maxLength: 60 }), (connections, moves) => {
      const stage = new Stage(connections, 20);
      for (const { kind, ms } of moves) {
        if (kind === 'tick') stage.tick(stage.nowMs + ms);
        else stage.answer(stage.nowMs + ms, kind === 'error' ? 'no' : null);
      }
      stage.loop.close();
      const report = stage.report();
      const recorded = report.seconds.reduce((sum, { scheduled }) => sum + scheduled, 0);
      expect(recorded).toBe(report.scheduled);
      expect(report.failed).toBe(report.seconds.reduce((sum, { failed }) => sum + failed, 0));
      expect(report.answered + report.failed).toBe(report.scheduled);
    }),
  );
});
