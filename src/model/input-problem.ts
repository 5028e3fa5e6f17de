/** Why a migration file could not be read, and where. */
export interface InputProblem {
  readonly code: 'sql-syntax' | 'encoding' | 'migration-code';
  /** As the user typed it. */
  readonly path: string;
  /** From the top of the repository, with `/` between the parts. */
  readonly repositoryPath: string;
  /** From 1; columns are UTF-16 code units. */
  readonly line: number;
  readonly column: number;
  /** One sentence. */
  readonly message: string;
  readonly nextCommand: string;
  /** What the line and column count in; null when the file is no text. */
  readonly text: string | null;
  /** Stable for the file: sha256, hex. */
  readonly fingerprint: string;
}
