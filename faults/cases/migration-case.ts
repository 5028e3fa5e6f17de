/** A migration (or a chain of them) that is run under a fault. */
export interface MigrationCase {
  readonly name: string;
  /** What it shows, for the page. */
  readonly about: string;
  /** The files of the folder that `apply` is given, by their names. */
  readonly files: Readonly<Record<string, string>>;
}

/** A case that was run undisturbed: what has to come out, and which places a run passes. */
export interface ScoutedCase {
  readonly migrationCase: MigrationCase;
  /** Failpoints, in the order in which the undisturbed run passed them. */
  readonly places: readonly string[];
}
