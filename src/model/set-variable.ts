/** SET, RESET and set_config(). */
export interface SetVariable {
  readonly kind: 'set-variable';
  readonly name: string;
  /** null for RESET and SET ... TO DEFAULT. */
  readonly value: string | null;
  readonly local: boolean;
}
