import type { Fault } from './fault.ts';
import { connectionCut } from './faults/connection-cut.ts';
import { halfOpenConnection } from './faults/half-open-connection.ts';
import { kill } from './faults/kill.ts';

/** All faults, in the order of the page. */
export const FAULTS: readonly Fault[] = [kill, connectionCut, halfOpenConnection];
