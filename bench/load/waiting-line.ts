/** First in, first out, numbers only: a ring that grows when it has to and never moves what it holds otherwise. */
export class WaitingLine {
  #ring: Float64Array = new Float64Array(1024);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#length) % this.#ring.length] = value;
    this.#length += 1;
  }

  /** The oldest value, left in place; undefined when the line is empty. */
  peek(): number | undefined {
    return this.#length === 0 ? undefined : this.#ring[this.#head];
  }

  shift(): number | undefined {
    const value = this.peek();
    if (value === undefined) return undefined;
    this.#head = (this.#head + 1) % this.#ring.length;
    this.#length -= 1;
    return value;
  }

  #grow(): void {
    const larger = new Float64Array(this.#ring.length * 2);
    for (let i = 0; i < this.#length; i += 1) {
      larger[i] = this.#ring[(this.#head + i) % this.#ring.length] ?? 0;
    }
    this.#ring = larger;
    this.#head = 0;
  }
}
