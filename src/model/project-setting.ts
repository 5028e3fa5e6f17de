import type { Span } from './span.ts';

/** A setting in the code of the project by which a tool changes the schema past all migrations. */
export interface ProjectSetting {
  readonly kind: 'typeorm-synchronize';
  /** As seen from the folder that was looked into. */
  readonly path: string;
  /** The whole file, in which the span counts. */
  readonly text: string;
  readonly span: Span;
}
