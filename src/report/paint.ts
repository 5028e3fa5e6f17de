type Style = (text: string) => string;

/** How a report may colour its words. `picocolors` has this shape; a report without a terminal uses `PLAIN_PAINT`. */
export interface Paint {
  readonly bold: Style;
  readonly dim: Style;
  readonly red: Style;
  readonly yellow: Style;
  readonly green: Style;
  readonly cyan: Style;
}

const plain: Style = (text) => text;

/** No colours at all. */
export const PLAIN_PAINT: Paint = { bold: plain, dim: plain, red: plain, yellow: plain, green: plain, cyan: plain };
