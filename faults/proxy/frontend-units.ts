/** What a client sends until it waits for an answer, in the bytes that it sent. */
export interface FrontendUnit {
  readonly bytes: Buffer;
  /** The text of the statements in it; empty for a message without any (start-up, Terminate, COPY data). */
  readonly sql: string;
}

const LENGTH_BYTES = 4;
/** Requests of the start-up phase that another start-up packet follows (protocol, 55.2.10 and 55.2.11). */
const ENCRYPTION_REQUESTS: ReadonlySet<number> = new Set([80_877_103, 80_877_104]);

/**
 * Cuts the bytes of one client of PostgreSQL's protocol 3 into units: a simple query, or everything up to a Sync. Bytes
 * come in pieces of any size. Encrypted connections cannot be read, so the client must not ask for TLS.
 */
export class FrontendUnits {
  #rest: Buffer = Buffer.alloc(0);
  #isStarted = false;
  #open: Buffer[] = [];
  #sql: string[] = [];

  /** Takes the next bytes and answers the units that they complete. */
  take(chunk: Buffer): readonly FrontendUnit[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const units: FrontendUnit[] = [];
    for (let message = this.#next(); message !== null; message = this.#next()) {
      const unit = this.#add(message);
      if (unit !== null) units.push(unit);
    }
    return units;
  }

  #next(): Buffer | null {
    const typeBytes = this.#isStarted ? 1 : 0;
    if (this.#rest.length < typeBytes + LENGTH_BYTES) return null;
    const length = typeBytes + this.#rest.readInt32BE(typeBytes);
    if (this.#rest.length < length) return null;
    const message = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return message;
  }

  #add(message: Buffer): FrontendUnit | null {
    if (!this.#isStarted) {
      this.#isStarted = !ENCRYPTION_REQUESTS.has(message.readInt32BE(LENGTH_BYTES));
      return { bytes: message, sql: '' };
    }
    const type = String.fromCharCode(message[0] ?? 0);
    this.#open.push(message);
    if (type === 'Q') this.#sql.push(textAt(message, 5).text);
    if (type === 'P') this.#sql.push(textAt(message, textAt(message, 5).end).text);
    // Parse, Bind, Describe, Execute and Close are answered only once a Sync or Flush follows.
    if ('PBDEC'.includes(type)) return null;
    const unit = { bytes: Buffer.concat(this.#open), sql: this.#sql.join(';\n') };
    this.#open = [];
    this.#sql = [];
    return unit;
  }
}

function textAt(message: Buffer, from: number): { readonly text: string; readonly end: number } {
  const end = message.indexOf(0, from);
  return { text: message.toString('utf8', from, end), end: end + 1 };
}
