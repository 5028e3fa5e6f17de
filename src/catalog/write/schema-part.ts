import type { RelationKey } from '../../model/relation-name.ts';

/** One statement of a schema that is written anew. */
export interface SchemaStatement {
  readonly sql: string;
  /** Only a superuser may run it. */
  readonly asSuperuser?: true;
}

/** What a catalog does not hold, so that it is missing in the SQL or stands there in another shape. */
export interface NotWritten {
  /** `attributes of type public.pair`, `body of function public.f`. */
  readonly what: string;
  readonly reason: string;
  /** The table, view, type or function that is not as it was; null where nothing that facts speak of is. */
  readonly object: RelationKey | null;
}

/** Statements in the order in which they run, and what they leave out. */
export interface SchemaPart {
  readonly statements: readonly SchemaStatement[];
  readonly notWritten: readonly NotWritten[];
}

/** A part of plain statements that leaves nothing out. */
export function partOf(sql: readonly string[]): SchemaPart {
  return { statements: sql.map((one) => ({ sql: one })), notWritten: [] };
}

/** Parts, one after the other. */
export function joinParts(parts: readonly SchemaPart[]): SchemaPart {
  return {
    statements: parts.flatMap((part) => part.statements),
    notWritten: parts.flatMap((part) => part.notWritten),
  };
}
