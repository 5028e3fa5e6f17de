import pc from 'picocolors';

export type Paint = ReturnType<typeof pc.createColors>;

/** Without a terminal, a status is worth a line only when nothing else was said for this long. */
const QUIET_MS = 4000;

/**
 * Where the bench talks. On a terminal the latest status stands in the last line and is overwritten; anywhere else it
 * becomes a line of its own now and then, so that a log is never silent for long and never noisy.
 */
export class Console {
  readonly paint: Paint;
  readonly #stream: NodeJS.WriteStream;
  #statusShown = false;
  #lastAtMs = 0;

  constructor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv) {
    this.#stream = stream;
    // Nobody reads any more (`| head`): as good as a terminal that was closed.
    stream.on('error', () => process.kill(process.pid, 'SIGHUP'));
    this.paint = pc.createColors(hasColor(stream, env));
  }

  line(text = ''): void {
    this.#clear();
    this.#stream.write(`${text}\n`);
    this.#lastAtMs = performance.now();
  }

  /** Plain text without colour codes: it is cut at the terminal's width. */
  status(text: string): void {
    if (this.#stream.isTTY) {
      this.#clear();
      this.#stream.write(text.slice(0, (this.#stream.columns || 80) - 1));
      this.#statusShown = true;
    } else if (performance.now() - this.#lastAtMs >= QUIET_MS) {
      this.line(text);
    }
  }

  /** Shows what is being worked on, with the seconds that it takes already, until `work` settles. */
  async during<Value>(text: string, work: Promise<Value>): Promise<Value> {
    const beganAtMs = performance.now();
    const show = (): void => this.status(`  ${text} ... ${Math.round((performance.now() - beganAtMs) / 1000)} s`);
    show();
    const timer = setInterval(show, 1000);
    try {
      return await work;
    } finally {
      clearInterval(timer);
    }
  }

  #clear(): void {
    if (this.#statusShown) this.#stream.write('\r\x1b[2K');
    this.#statusShown = false;
  }
}

function hasColor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0';
  return stream.isTTY && env['TERM'] !== 'dumb';
}
