import { createServer, type Server, type Socket, connect as tcpConnect } from 'node:net';
import { InvariantError } from '../../src/model/error.ts';
import { AnswerEnd } from './answer-end.ts';
import { type FrontendUnit, FrontendUnits } from './frontend-units.ts';

/**
 * - `cut-before`: both ends are cut before the server sees the message.
 * - `cut-during`: the server gets the message and answers it; the answer is withheld and both ends are cut.
 * - `cut-after`: both ends are cut as soon as the client has the whole answer.
 * - `half-open`: the server gets the message; from then on no byte passes in either direction of any connection that
 *   stands, and none of them is closed.
 * - `pass`: nothing is broken; whoever armed the rule hears of the message just before the server gets it.
 */
export type CutMoment = 'cut-before' | 'cut-during' | 'cut-after' | 'half-open' | 'pass';

export interface ProxyRule {
  readonly moment: CutMoment;
  /** The message is the first one (of any connection) whose SQL this matches. */
  readonly matching: RegExp;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  readonly units: FrontendUnits;
  swallows: boolean;
  /** Set once the rule struck here: what becomes of the answer. */
  ending: { readonly moment: 'cut-during' | 'cut-after'; readonly answer: AnswerEnd } | null;
}

/**
 * Stands between clients and a PostgreSQL server on 127.0.0.1 and breaks connections at a message of the wire protocol.
 * Knows just enough of the protocol to find the message.
 *
 * @example
 * const proxy = await TcpProxy.start(server.port);
 * const struck = proxy.arm({ moment: 'cut-during', matching: /COMMIT$/ });
 * await client.query('COMMIT').catch(() => undefined); // lost, and yet committed
 * await struck;
 */
export class TcpProxy {
  readonly #server: Server;
  readonly #links: Set<Link> = new Set();
  #targetPort: number;
  #rule: (ProxyRule & { readonly struck: () => void }) | null = null;

  private constructor(server: Server, targetPort: number) {
    this.#server = server;
    this.#targetPort = targetPort;
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server, targetPort);
    server.on('connection', (client) => proxy.#open(client));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new InvariantError('The proxy does not listen.');
    return address.port;
  }

  /** Breaks a connection once, at the message that the rule names. Resolves when it has happened. */
  arm(rule: ProxyRule): Promise<void> {
    return new Promise((resolve) => {
      this.onMessage(rule, resolve);
    });
  }

  /** The same, with `struck` called at once, while the message is in our hands. */
  onMessage(rule: ProxyRule, struck: () => void): void {
    this.#rule = { ...rule, struck };
  }

  disarm(): void {
    this.#rule = null;
  }

  /** New connections go to another server; those that stand are cut. */
  retarget(port: number): void {
    this.#targetPort = port;
    this.cutAll();
  }

  cutAll(): void {
    for (const link of this.#links) cut(link);
  }

  async stop(): Promise<void> {
    this.cutAll();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #open(client: Socket): void {
    const server = tcpConnect(this.#targetPort, '127.0.0.1');
    const link: Link = { client, server, units: new FrontendUnits(), swallows: false, ending: null };
    this.#links.add(link);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
    }
    client.on('data', (chunk: Buffer) => this.#fromClient(link, chunk));
    server.on('data', (chunk: Buffer) => fromServer(link, chunk));
    client.on('close', () => this.#closed(link, server));
    server.on('close', () => this.#closed(link, client));
  }

  /** While a connection swallows, the end of one side is no news to the other: nothing passes, not even that. */
  #closed(link: Link, other: Socket): void {
    if (!link.swallows) other.end();
    if (link.client.destroyed && link.server.destroyed) this.#links.delete(link);
  }

  #fromClient(link: Link, chunk: Buffer): void {
    if (link.swallows) return;
    for (const unit of link.units.take(chunk)) {
      if (link.swallows || link.ending !== null) return;
      const rule = this.#rule;
      if (rule === null || unit.sql === '' || !rule.matching.test(unit.sql)) link.server.write(unit.bytes);
      else this.#strike(link, unit, rule);
    }
  }

  #strike(link: Link, unit: FrontendUnit, rule: ProxyRule & { readonly struck: () => void }): void {
    this.#rule = null;
    switch (rule.moment) {
      case 'pass':
        rule.struck();
        link.server.write(unit.bytes);
        return;
      case 'cut-before':
        cut(link);
        break;
      case 'cut-during':
      case 'cut-after':
        link.ending = { moment: rule.moment, answer: new AnswerEnd() };
        link.server.write(unit.bytes);
        break;
      case 'half-open':
        link.server.write(unit.bytes);
        for (const other of this.#links) other.swallows = true;
        break;
    }
    rule.struck();
  }
}

function fromServer(link: Link, chunk: Buffer): void {
  if (link.swallows) return;
  if (link.ending === null) {
    link.client.write(chunk);
    return;
  }
  const { moment, answer } = link.ending;
  const { isComplete, bytes } = answer.take(chunk);
  if (moment === 'cut-during') {
    if (isComplete) cut(link);
    return;
  }
  link.client.write(chunk.subarray(0, bytes), () => {
    if (isComplete) cut(link);
  });
}

function cut(link: Link): void {
  link.client.destroy();
  link.server.destroy();
}
