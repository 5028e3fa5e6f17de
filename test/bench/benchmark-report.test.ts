import { expect, test } from 'vitest';
import { judgePromises } from '../../bench/incident/promises.ts';
import type { IncidentResult } from '../../bench/incident/run-incident.ts';
import { summarize } from '../../bench/incident/summary.ts';
import type { LoadReport } from '../../bench/load/load-report.ts';
import { benchmarkTable } from '../../bench/report/benchmark-table.ts';
import { incidentChart } from '../../bench/report/incident-chart.ts';
import { replaceSection } from '../../bench/report/replace-section.ts';
import { count, latency, percent } from '../../bench/report/words.ts';

function loadReport(over: Partial<LoadReport>): LoadReport {
  return {
    ratePerSecond: 3000,
    scheduled: 186_000,
    answered: 186_000,
    failed: 0,
    failures: { expiredInQueue: 0, lateAnswer: 0, unanswered: 0, error: 0 },
    p50Ms: 1,
    p99Ms: 4,
    p999Ms: 9,
    maxMs: 20,
    degradedSeconds: 0,
    peakQueue: 0,
    generatorLagMs: 2,
    firstError: null,
    seconds: [{ second: 0, scheduled: 3000, failed: 0, p99Ms: 4, maxMs: 20 }],
    ...over,
  };
}

function result(strategy: string, load: Partial<LoadReport>, over: Partial<IncidentResult> = {}): IncidentResult {
  return {
    strategy,
    load: loadReport(load),
    peakWaiting: 0,
    reportStartedMs: 1000,
    reportEndedMs: 41_000,
    migrationStartedMs: strategy === 'baseline' ? null : 6000,
    columnThereMs: strategy === 'baseline' ? null : 41_300,
    outcome: strategy === 'baseline' ? null : { attempts: 1, strikes: [], finished: true, note: null },
    strikes: [],
    hurt: null,
    ...over,
  };
}

test('the table holds the median that was measured and the worst round', () => {
  const rounds = [
    result('naive', { failed: 10 }),
    result('naive', { failed: 99_213 }),
    result('naive', { failed: 30 }),
  ];
  const [first, ...others] = rounds;
  const summary = summarize({ id: 'naive', name: 'naive' }, [first as IncidentResult, ...others]);
  expect(summary.failed).toEqual({ median: 30, worst: 99_213 });
  expect(summary.typical.load.failed).toBe(30);
  expect(benchmarkTable([summary]).split('\n')[2]).toBe(
    '| naive | 30 (99,213) | 1.0 ms | 4.0 ms | 9.0 ms | 20 ms | 0 | 0 | 0 | 35.3 s | 0.3 s | 1 |',
  );
});

test('a column that came in some rounds only, or never, is said so', () => {
  const never = result('once', {}, { columnThereMs: null });
  const some = summarize({ id: 'once', name: 'once' }, [result('once', {}), never]);
  expect(benchmarkTable([some])).toContain('35.3 s, in 1 of 2 rounds');
  expect(benchmarkTable([summarize({ id: 'once', name: 'once' }, [never])])).toContain('| never | - |');
});

test('every promise is held against the worst round and the baseline of the same round', () => {
  const good = [result('baseline', { p99Ms: 4 }), result('evenkeel', { p99Ms: 6 })];
  expect(judgePromises(good).map(({ kept }) => kept)).toEqual([true, true, true, true]);
  const bad = [
    ...good,
    result('evenkeel', { failed: 1, p99Ms: 6.4 }, { peakWaiting: 4, columnThereMs: 42_100 }),
    result('baseline', { p99Ms: 4 }),
  ];
  expect(judgePromises(bad)).toMatchObject([
    { kept: false, worst: '1 failed' },
    { kept: false, worst: '4 waited' },
    { kept: false, worst: '1.60 times' },
    { kept: false, worst: '1.10 s' },
  ]);
});

test('the chart is one well-formed picture that also says in words what it shows', () => {
  const naive = result('naive', {
    failed: 5,
    seconds: [{ second: 0, scheduled: 10, failed: 5, p99Ms: 2000, maxMs: 9 }],
  });
  const svg = incidentChart([summarize({ id: 'naive', name: 'no <timeout> & co' }, [naive])], {
    ratePerSecond: 10,
    lastsMs: 62_000,
  });
  expect(svg).toContain('no &lt;timeout&gt; &amp; co: 5 of 186,000 failed');
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  expect(svg.match(/<text/g)?.length).toBe(svg.match(/<\/text>/g)?.length);
});

test('a section is put between its markers and nothing else of the file is touched', () => {
  const first = replaceSection('# Benchmarks\n', 'incident', 'old');
  const edited = `${first}\nWritten by hand.\n`;
  expect(replaceSection(edited, 'incident', 'new')).toBe(
    '# Benchmarks\n\n<!-- incident:begin -->\nnew\n<!-- incident:end -->\n\nWritten by hand.\n',
  );
  expect(() => replaceSection('<!-- incident:begin -->', 'incident', 'new')).toThrow(/only one of the markers/);
});

test('numbers read as people say them', () => {
  expect([count(186_000), latency(1.19), latency(48.4), latency(2001), latency(35_060)]).toEqual([
    '186,000',
    '1.2 ms',
    '48 ms',
    '2.0 s',
    '35 s',
  ]);
  expect([percent(0, 5), percent(1, 186_000), percent(52, 6000), percent(5999, 6000), percent(5, 5)]).toEqual([
    '0 %',
    '< 0.1 %',
    '0.9 %',
    '99 %',
    '100 %',
  ]);
});
