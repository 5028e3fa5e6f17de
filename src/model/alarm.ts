/** What a run watches of the server while a statement of ours lasts. */
export type VitalSign = 'replication-lag' | 'replication-distance' | 'deadlocks' | 'rollbacks' | 'unseen';

/** A vital sign that is worse than it may be, compared with the time before. */
export interface Alarm {
  readonly sign: VitalSign;
  /** ms, bytes, deadlocks a minute, share of all transactions (0 to 1), or ms without an answer. */
  readonly value: number;
  readonly limit: number;
}
