/** Where something stands in a file. Lines and columns count from 1; columns and offsets are UTF-16 code units. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly startOffset: number;
  readonly endOffset: number;
}
