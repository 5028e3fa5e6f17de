import type { StrategySummary } from '../incident/summary.ts';
import type { LoadSecond } from '../load/load-report.ts';
import { count, latency, percent } from './words.ts';

export interface ChartFrame {
  readonly ratePerSecond: number;
  readonly lastsMs: number;
}

const WIDTH = 960;
const MARGIN = 24;
const AXIS = 52;
const PANEL_WIDTH: number = (WIDTH - 2 * MARGIN - 2 * AXIS) / 2;
const PANEL_HEIGHT = 64;
const ROW_HEIGHT = 118;
const HEAD_HEIGHT = 112;
const FOOT_HEIGHT = 72;

/** Of the latency panels: 1 ms to 100 s, a fifth of the height each factor of ten. */
const DECADES = 5;
const LATENCY_TICKS: readonly (readonly [number, string])[] = [
  [1, '1 ms'],
  [100, '100 ms'],
  [10_000, '10 s'],
];

const STYLE = `
  .page { fill: #ffffff } .panel { fill: #f6f8fa } .report { fill: #d8dee4; opacity: .7 }
  text { font: 12px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #57606a; font-variant-numeric: tabular-nums }
  .title { font-size: 17px; font-weight: 600; fill: #1f2328 } .name { font-size: 13px; font-weight: 600; fill: #1f2328 }
  .bad { fill: #b3400c; font-weight: 600 } .good { fill: #0a6e4d; font-weight: 600 }
  .failed { fill: #d55e00 } .p99 { fill: none; stroke: #0072b2; stroke-width: 1.6; stroke-linejoin: round }
  .grid { stroke: #d0d7de; stroke-width: 1 } .start { stroke: #1f2328; stroke-width: 1; stroke-dasharray: 3 3 }
  .there { fill: #0a6e4d }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .panel { fill: #161b22 } .report { fill: #30363d; opacity: .8 }
    text { fill: #9da7b1 } .title, .name { fill: #e6edf3 } .bad { fill: #ff9a62 } .good { fill: #4cc38a }
    .failed { fill: #e8772e } .p99 { stroke: #56b4e9 } .grid { stroke: #30363d } .start { stroke: #e6edf3 }
    .there { fill: #4cc38a }
  }`;

/**
 * The typical round of each strategy, one below the other: failed requests a second on the left, p99 a second on the
 * right. A page of its own colours, so that it can be read on light and on dark ground.
 */
export function incidentChart(summaries: readonly StrategySummary[], frame: ChartFrame): string {
  const height = HEAD_HEIGHT + summaries.length * ROW_HEIGHT + FOOT_HEIGHT;
  const description = summaries
    .map(({ name, typical }) => `${name}: ${count(typical.load.failed)} of ${count(typical.load.scheduled)} failed`)
    .join('; ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="t d">`,
    `<title id="t">One ADD COLUMN behind a long report: failed requests and p99, second by second</title>`,
    `<desc id="d">${escapeXml(description)}</desc>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="page" width="${WIDTH}" height="${height}"/>`,
    ...head(),
    ...summaries.flatMap((summary, row) => strategyRow(summary, HEAD_HEIGHT + row * ROW_HEIGHT, frame)),
    ...foot(height - FOOT_HEIGHT + 14, frame),
    '</svg>',
    '',
  ].join('\n');
}

function head(): readonly string[] {
  const [left, right] = [panelLeft(0), panelLeft(1)];
  return [
    `<text class="title" x="${MARGIN}" y="34">One ADD COLUMN behind a long report, second by second</text>`,
    `<rect class="report" x="${MARGIN}" y="50" width="14" height="12"/>`,
    `<text x="${MARGIN + 20}" y="60">the report runs</text>`,
    `<line class="start" x1="${MARGIN + 127}" x2="${MARGIN + 127}" y1="49" y2="63"/>`,
    `<text x="${MARGIN + 134}" y="60">the migration starts</text>`,
    `<path class="there" d="${triangle(MARGIN + 272, 62)}"/>`,
    `<text x="${MARGIN + 282}" y="60">the column is there</text>`,
    `<text x="${left}" y="94">failed requests a second</text>`,
    `<text x="${right}" y="94">p99 latency, logarithmic</text>`,
  ];
}

function strategyRow(summary: StrategySummary, top: number, frame: ChartFrame): readonly string[] {
  const { typical } = summary;
  const { failed, scheduled, seconds, p99Ms } = typical.load;
  const verdict =
    failed === 0
      ? `no request failed, p99 ${latency(p99Ms)}`
      : `${count(failed)} of ${count(scheduled)} requests failed (${percent(failed, scheduled)})`;
  const panelTop = top + 24;
  return [
    `<text x="${panelLeft(0)}" y="${top + 14}"><tspan class="name">${escapeXml(summary.name)}</tspan>` +
      `<tspan dx="10" class="${failed === 0 ? 'good' : 'bad'}">${verdict}</tspan></text>`,
    ...backdrop(typical, panelLeft(0), panelTop, frame),
    ...backdrop(typical, panelLeft(1), panelTop, frame),
    ...failureAxis(panelTop, frame),
    ...latencyAxis(panelTop),
    failureArea(seconds, panelTop, frame),
    `<polyline class="p99" points="${latencyPoints(seconds, panelTop, frame)}"/>`,
  ];
}

function backdrop(run: StrategySummary['typical'], left: number, top: number, frame: ChartFrame): readonly string[] {
  const x = (ms: number): number => round(left + (PANEL_WIDTH * Math.min(ms, frame.lastsMs)) / frame.lastsMs);
  const bottom = top + PANEL_HEIGHT;
  const [from, to] = [x(run.reportStartedMs), x(run.reportEndedMs)];
  const parts = [
    `<rect class="panel" x="${left}" y="${top}" width="${PANEL_WIDTH}" height="${PANEL_HEIGHT}"/>`,
    `<rect class="report" x="${from}" y="${top}" width="${round(to - from)}" height="${PANEL_HEIGHT}"/>`,
  ];
  if (run.migrationStartedMs !== null) {
    const start = x(run.migrationStartedMs);
    parts.push(`<line class="start" x1="${start}" x2="${start}" y1="${top}" y2="${bottom}"/>`);
  }
  if (run.columnThereMs !== null) {
    parts.push(`<path class="there" d="${triangle(x(run.columnThereMs), bottom + 9)}"/>`);
  }
  return parts;
}

function failureAxis(top: number, frame: ChartFrame): readonly string[] {
  const bottom = top + PANEL_HEIGHT;
  return [
    axisLabel(panelLeft(0), top + 4, count(frame.ratePerSecond)),
    axisLabel(panelLeft(0), bottom + 4, '0'),
    gridLine(panelLeft(0), bottom),
  ];
}

function latencyAxis(top: number): readonly string[] {
  return LATENCY_TICKS.flatMap(([ms, label]) => [
    axisLabel(panelLeft(1), latencyY(ms, top) + 4, label),
    gridLine(panelLeft(1), latencyY(ms, top)),
  ]);
}

function failureArea(seconds: readonly LoadSecond[], top: number, frame: ChartFrame): string {
  const bottom = top + PANEL_HEIGHT;
  const width = (PANEL_WIDTH * 1000) / frame.lastsMs;
  const bars = seconds
    .filter(({ failed }) => failed > 0)
    .map(({ second, failed }) => {
      // A single failure has to be seen as well.
      const height = Math.max(1, round((PANEL_HEIGHT * Math.min(failed, frame.ratePerSecond)) / frame.ratePerSecond));
      const x = round(panelLeft(0) + second * width);
      return `M${x} ${bottom}v${-height}h${round(width)}v${height}z`;
    });
  return `<path class="failed" d="${bars.join('')}"/>`;
}

function latencyPoints(seconds: readonly LoadSecond[], top: number, frame: ChartFrame): string {
  return seconds
    .filter(({ scheduled }) => scheduled > 0)
    .map(({ second, p99Ms }) => {
      const x = panelLeft(1) + (PANEL_WIDTH * (second + 0.5) * 1000) / frame.lastsMs;
      return `${round(x)},${latencyY(p99Ms, top)}`;
    })
    .join(' ');
}

function latencyY(ms: number, top: number): number {
  const decades = Math.min(DECADES, Math.max(0, Math.log10(Math.max(ms, 1))));
  return round(top + PANEL_HEIGHT - (PANEL_HEIGHT * decades) / DECADES);
}

function foot(top: number, frame: ChartFrame): readonly string[] {
  const marks = [0, 1].flatMap((panel) =>
    secondsMarks(frame).map((second) => {
      const x = round(panelLeft(panel) + (PANEL_WIDTH * second * 1000) / frame.lastsMs);
      return `<text text-anchor="middle" x="${x}" y="${top}">${second} s</text>`;
    }),
  );
  const note = [
    `${count(frame.ratePerSecond)} requests a second become due at fixed times and share 100 connections.`,
    'Latency counts from the moment a request was due; no answer within 2 s is a failure.',
  ];
  return [...marks, ...note.map((line, index) => `<text x="${MARGIN}" y="${top + 28 + index * 17}">${line}</text>`)];
}

function secondsMarks(frame: ChartFrame): readonly number[] {
  const total = frame.lastsMs / 1000;
  const step = total > 30 ? 10 : 5;
  return Array.from({ length: Math.floor(total / step) + 1 }, (_, index) => index * step);
}

function panelLeft(panel: number): number {
  return MARGIN + AXIS + panel * (PANEL_WIDTH + AXIS);
}

function axisLabel(panelX: number, y: number, text: string): string {
  return `<text text-anchor="end" x="${panelX - 6}" y="${y}">${text}</text>`;
}

function gridLine(x: number, y: number): string {
  return `<line class="grid" x1="${x}" x2="${x + PANEL_WIDTH}" y1="${y}" y2="${y}"/>`;
}

/** Pointing up to its tip, 9 px below which it ends. */
function triangle(x: number, bottom: number): string {
  return `M${x} ${bottom - 9}l5 9h-10z`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
