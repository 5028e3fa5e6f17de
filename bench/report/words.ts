/** `60,000` */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A latency as people say it: `0.8 ms`, `5 ms`, `1.4 s`, `35 s`. */
export function latency(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}

/** `10.0 s` */
export function seconds(ms: number): string {
  return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
}

/** `53 %`, `0.1 %`; never 0 % for something that happened, never 100 % for something that did not always happen. */
export function percent(part: number, whole: number): string {
  if (part === 0 || whole === 0) return '0 %';
  if (part === whole) return '100 %';
  const share = (100 * part) / whole;
  if (share < 0.1) return '< 0.1 %';
  return share < 1 ? `${share.toFixed(1)} %` : `${Math.min(99, Math.round(share))} %`;
}
