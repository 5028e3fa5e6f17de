import pg from 'pg';
import { type Release, type ShopCode, shopCode } from './shop-code.ts';

/** Whoever waits longer than this for an answer has noticed. */
const DEADLINE_MS = 2_000;

export interface SeededRows {
  readonly customers: number;
  readonly products: number;
  readonly orders: number;
  readonly items: number;
}

/** Rows as the server has said that they are stored: [id, ...values]. Rows that nobody wrote are left out. */
export interface ShopTruth {
  readonly customers: readonly (readonly [number, string, string])[];
  readonly orders: readonly (readonly [number, number, string, number])[];
  readonly prices: readonly (readonly [number, number])[];
  readonly items: readonly (readonly [number, number, number, number, number])[];
  readonly reviews: number;
}

/** `all`: as the release has it. `unchanging`: only what works before, between and after all the migrations. */
export type Traffic = 'all' | 'unchanging';

export interface FailedRequest {
  readonly release: Release;
  readonly sql: string;
  readonly message: string;
}

export interface ShopClientOptions {
  readonly url: string;
  /** How many clients there are in all. */
  readonly clients: number;
  readonly seeded: SeededRows;
  readonly traffic: Traffic;
}

type Row = Record<string, string | number | Date | null>;

const STATUSES = ['new', 'paid', 'shipped'];

/**
 * One connection of the application. It writes only rows that belong to it (every n-th of the seeded ones, and its
 * own), so it knows what each of them holds and what a read has to answer.
 */
export class ShopClient {
  readonly #client: pg.Client;
  readonly #number: number;
  readonly #clients: number;
  readonly #seeded: SeededRows;
  readonly #traffic: Traffic;
  readonly #customers: Map<number, readonly [string, string]> = new Map();
  readonly #orders: Map<number, readonly [number, string, number]> = new Map();
  readonly #prices: Map<number, number> = new Map();
  readonly #items: Map<number, readonly [number, number, number, number]> = new Map();
  readonly failures: FailedRequest[] = [];
  sent = 0;
  slowestMs = 0;
  #reviews = 0;
  #turn = 0;
  #underWay: Promise<void> = Promise.resolve();

  constructor(client: pg.Client, number: number, options: ShopClientOptions) {
    this.#client = client;
    this.#number = number;
    this.#clients = options.clients;
    this.#seeded = options.seeded;
    this.#traffic = options.traffic;
  }

  static async open(number: number, options: ShopClientOptions): Promise<ShopClient> {
    const client = new pg.Client({
      connectionString: options.url,
      statement_timeout: DEADLINE_MS,
      application_name: `shop:${number}`,
    });
    // A lost connection fails the next request, which is counted.
    client.on('error', () => undefined);
    await client.connect();
    return new ShopClient(client, number, options);
  }

  /** Does one thing that the application does; never throws. */
  step(release: Release): Promise<void> {
    this.#underWay = this.#doOne(release);
    return this.#underWay;
  }

  /** Resolves when what is under way now has its answer. */
  idle(): Promise<void> {
    return this.#underWay;
  }

  close(): Promise<void> {
    return this.#client.end();
  }

  truth(): ShopTruth {
    return {
      customers: [...this.#customers].map(([id, values]) => [id, ...values] as const),
      orders: [...this.#orders].map(([id, values]) => [id, ...values] as const),
      prices: [...this.#prices],
      items: [...this.#items].map(([id, values]) => [id, ...values] as const),
      reviews: this.#reviews,
    };
  }

  async #doOne(release: Release): Promise<void> {
    this.#turn += 1;
    const code = shopCode(release);
    const unchanging = [
      () => this.#readOrder(code),
      () => this.#updateOrder(code, release),
      () => this.#readProduct(code),
      () => this.#insertOrder(code),
      () => this.#updatePrice(code),
      () => this.#readItem(code),
      () => this.#checkOut(code),
      () => this.#deleteItem(code),
    ];
    const ofTheRelease = [
      () => this.#readCustomer(code),
      () => this.#renameCustomer(code),
      () => this.#insertCustomer(code),
      () => this.#review(code),
    ];
    const work = this.#traffic === 'all' ? [...unchanging, ...ofTheRelease] : unchanging;
    try {
      await work[(this.#turn + this.#number) % work.length]?.();
    } catch (error) {
      this.failures.push({ release, sql: this.#lastSql, message: error instanceof Error ? error.message : '?' });
      await this.#client.query('ROLLBACK').catch(() => undefined);
    }
  }

  #lastSql = '';

  async #ask(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    this.sent += 1;
    this.#lastSql = sql;
    const sentAt = performance.now();
    const { rows } = await this.#client.query<Row>(sql, [...values]);
    this.slowestMs = Math.max(this.slowestMs, performance.now() - sentAt);
    return rows;
  }

  async #write(sql: string, values: readonly unknown[]): Promise<void> {
    this.sent += 1;
    this.#lastSql = sql;
    const sentAt = performance.now();
    const { rowCount } = await this.#client.query(sql, [...values]);
    this.slowestMs = Math.max(this.slowestMs, performance.now() - sentAt);
    if (rowCount !== 1) throw new TypeError(`${rowCount} rows instead of one`);
  }

  async #readOne(sql: string, id: number): Promise<Row> {
    const [row, ...more] = await this.#ask(sql, [id]);
    if (row === undefined || more.length > 0) throw new TypeError(`row ${id} was answered ${more.length} times`);
    return row;
  }

  /** One of the seeded rows that only this client writes, another one each time. */
  #own(seeded: number): number {
    const mine = Math.floor(seeded / this.#clients);
    return 1 + this.#number + this.#clients * ((this.#turn * 7919) % mine);
  }

  async #readOrder(code: ShopCode): Promise<void> {
    const known = [...this.#orders.keys()].at(-1);
    const id = this.#turn % 2 === 0 && known !== undefined ? known : this.#own(this.#seeded.orders);
    const row = await this.#readOne(code.readOrder, id);
    if (typeof row['total_cents'] !== 'number' && !code.takesTextTotals) throw new TypeError('a total that is text');
    const expected = this.#orders.get(id);
    if (expected === undefined) return;
    const [customer, status, total] = expected;
    const answered = [row['customer_id'], row['status'], Number(row['total_cents'])];
    if (answered.join() !== [customer, status, total].join()) throw new TypeError(`order ${id} holds ${answered}`);
  }

  async #updateOrder(code: ShopCode, release: Release): Promise<void> {
    const id = this.#own(this.#seeded.orders);
    const before = await this.#readOne(code.readOrder, id);
    const status = STATUSES[this.#turn % STATUSES.length] ?? 'new';
    // Only once the migration is through does a total fit that no integer can hold.
    const total = (release === 'today' ? 3_000_000_000 : 0) + this.#turn;
    await this.#write(code.updateOrder, [id, status, total]);
    this.#orders.set(id, [Number(before['customer_id']), status, total]);
  }

  async #readCustomer(code: ShopCode): Promise<void> {
    const id = this.#own(this.#seeded.customers);
    const row = await this.#readOne(code.readCustomer, id);
    const [name] = this.#customers.get(id) ?? [`Customer ${id}`];
    if (row['name'] !== name) throw new TypeError(`customer ${id} is called ${row['name']}, not ${name}`);
    const legacyCode = id % 3 === 0 ? `L${String(id).padStart(6, '0')}` : null;
    if (code.writesLegacyCode && row['legacy_code'] !== legacyCode) {
      throw new TypeError(`customer ${id} has the code ${row['legacy_code']}`);
    }
  }

  async #renameCustomer(code: ShopCode): Promise<void> {
    const id = this.#own(this.#seeded.customers);
    const name = `Renamed ${this.#number}/${this.#turn}`;
    await this.#write(code.renameCustomer, [id, name]);
    this.#customers.set(id, [name, `customer${id}@shop.example`]);
  }

  async #insertCustomer(code: ShopCode): Promise<void> {
    const name = `New ${this.#number}/${this.#turn}`;
    const email = `new${this.#number}.${this.#turn}@shop.example`;
    const [row] = await this.#ask(code.insertCustomer, code.writesLegacyCode ? [name, email, 'NEW'] : [name, email]);
    this.#customers.set(Number(row?.['id']), [name, email]);
  }

  async #readProduct(code: ShopCode): Promise<void> {
    const id = this.#own(this.#seeded.products);
    const row = await this.#readOne(code.readProduct, id);
    const price = this.#prices.get(id);
    if (price !== undefined && row['price_cents'] !== price) throw new TypeError(`product ${id} has another price`);
  }

  async #updatePrice(code: ShopCode): Promise<void> {
    const id = this.#own(this.#seeded.products);
    await this.#write(code.updatePrice, [id, this.#turn]);
    this.#prices.set(id, this.#turn);
  }

  async #insertOrder(code: ShopCode): Promise<void> {
    const customer = this.#own(this.#seeded.customers);
    const [row] = await this.#ask(code.insertOrder, [customer, 'new', this.#turn]);
    this.#orders.set(Number(row?.['id']), [customer, 'new', this.#turn]);
  }

  async #readItem(code: ShopCode): Promise<void> {
    await this.#readOne(code.readItem, this.#own(this.#seeded.items));
  }

  /** An order and its item together, in a transaction of several round trips. */
  async #checkOut(code: ShopCode): Promise<void> {
    const customer = this.#own(this.#seeded.customers);
    const product = this.#own(this.#seeded.products);
    await this.#ask('BEGIN');
    const [order] = await this.#ask(code.insertOrder, [customer, 'new', 0]);
    const id = Number(order?.['id']);
    const [item] = await this.#ask(code.insertItem, [id, product, 2, this.#turn]);
    await this.#write(code.updateOrder, [id, 'paid', 2 * this.#turn]);
    await this.#ask('COMMIT');
    this.#orders.set(id, [customer, 'paid', 2 * this.#turn]);
    this.#items.set(Number(item?.['id']), [id, product, 2, this.#turn]);
  }

  async #deleteItem(code: ShopCode): Promise<void> {
    const [id] = this.#items.keys();
    if (id === undefined || this.#items.size < 3) return;
    await this.#write(code.deleteItem, [id]);
    this.#items.delete(id);
  }

  async #review(code: ShopCode): Promise<void> {
    if (code.insertReview === null || code.readReview === null) return;
    const [row] = await this.#ask(code.insertReview, [
      this.#own(this.#seeded.products),
      this.#own(this.#seeded.customers),
      5,
    ]);
    if (row === undefined) return;
    this.#reviews += 1;
    await this.#readOne(code.readReview, Number(row['id']));
  }
}
