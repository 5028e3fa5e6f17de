const READY_FOR_QUERY = 'Z'.charCodeAt(0);
const HEADER_BYTES = 5;

/** Finds the end of an answer (ReadyForQuery) in the bytes of a server, which come in pieces of any size. */
export class AnswerEnd {
  #rest: Buffer = Buffer.alloc(0);

  /** Whether an answer has ended with these bytes, and how many of them belong to it. */
  take(chunk: Buffer): { readonly isComplete: boolean; readonly bytes: number } {
    const before = this.#rest.length;
    const all = Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (all.length >= at + HEADER_BYTES) {
      const end = at + 1 + all.readInt32BE(at + 1);
      if (all.length < end) break;
      if (all[at] === READY_FOR_QUERY) {
        this.#rest = Buffer.alloc(0);
        return { isComplete: true, bytes: end - before };
      }
      at = end;
    }
    this.#rest = all.subarray(at);
    return { isComplete: false, bytes: chunk.length };
  }
}
