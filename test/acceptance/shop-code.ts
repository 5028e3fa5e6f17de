/**
 * The application of the shop, one release after another. A deployment at a gate moves every client to the next one.
 *
 * - `first`: as the first migration has it.
 * - `wide-totals`: takes a total as number or as text, as a driver hands over a bigint.
 * - `full-name`: says full_name instead of name.
 * - `no-legacy-code`: neither reads nor writes legacy_code.
 * - `today`: uses everything that all the migrations brought.
 */
export const RELEASES = ['first', 'wide-totals', 'full-name', 'no-legacy-code', 'today'] as const;
export type Release = (typeof RELEASES)[number];

/** The SQL of one release; every statement reads or writes by key and names its columns. */
export interface ShopCode {
  readonly readCustomer: string;
  readonly insertCustomer: string;
  readonly renameCustomer: string;
  readonly readOrder: string;
  readonly insertOrder: string;
  readonly updateOrder: string;
  readonly readProduct: string;
  readonly updatePrice: string;
  readonly readItem: string;
  readonly insertItem: string;
  readonly deleteItem: string;
  readonly readReview: string | null;
  readonly insertReview: string | null;
  readonly takesTextTotals: boolean;
  readonly writesLegacyCode: boolean;
}

export function shopCode(release: Release): ShopCode {
  const age = RELEASES.indexOf(release);
  const name = age >= RELEASES.indexOf('full-name') ? 'full_name' : 'name';
  const hasLegacyCode = age < RELEASES.indexOf('no-legacy-code');
  const isToday = release === 'today';
  return {
    readCustomer: `SELECT id, ${name} AS name, email${hasLegacyCode ? ', legacy_code' : ''} FROM customers WHERE id = $1`,
    insertCustomer: hasLegacyCode
      ? `INSERT INTO customers (${name}, email, legacy_code) VALUES ($1, $2, $3) RETURNING id`
      : `INSERT INTO customers (${name}, email) VALUES ($1, $2) RETURNING id`,
    renameCustomer: `UPDATE customers SET ${name} = $2 WHERE id = $1`,
    readOrder: `SELECT id, customer_id, status, total_cents, placed_at${isToday ? ', channel, public_id, currency' : ''} FROM orders WHERE id = $1`,
    insertOrder: `INSERT INTO orders (customer_id, status, total_cents) VALUES ($1, $2, $3) RETURNING id`,
    updateOrder: 'UPDATE orders SET status = $2, total_cents = $3 WHERE id = $1',
    readProduct: 'SELECT id, sku, title, description, price_cents FROM products WHERE id = $1',
    updatePrice: 'UPDATE products SET price_cents = $2 WHERE id = $1',
    readItem: 'SELECT id, order_id, product_id, quantity, unit_price_cents FROM order_items WHERE id = $1',
    insertItem:
      'INSERT INTO order_items (order_id, product_id, quantity, unit_price_cents) VALUES ($1, $2, $3, $4) RETURNING id',
    deleteItem: 'DELETE FROM order_items WHERE id = $1',
    readReview: isToday ? 'SELECT id, product_id, customer_id, stars, body FROM reviews WHERE id = $1' : null,
    insertReview: isToday
      ? 'INSERT INTO reviews (product_id, customer_id, stars) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id'
      : null,
    takesTextTotals: age >= RELEASES.indexOf('wide-totals'),
    writesLegacyCode: hasLegacyCode,
  };
}
