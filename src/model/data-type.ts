/**
 * A column type as the catalog stores it: PostgreSQL's internal name (`int4`, `varchar`, `timestamptz`), never the
 * spelling of the file. `serial` is no type: it is folded into `int4` plus a sequence while a statement is read.
 */
export interface DataType {
  /** null for the built-in types of pg_catalog; the schema as written or as found for anything else. */
  readonly schema: string | null;
  readonly name: string;
  /** `varchar(20)` has [20], `numeric(10,2)` has [10, 2]; empty when unconstrained. */
  readonly modifiers: readonly number[];
  readonly arrayDimensions: number;
}
