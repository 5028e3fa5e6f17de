import type { Table } from './catalog.ts';
import type { QualifiedName } from './relation-name.ts';

/** A table without columns. */
export function bareTable(name: QualifiedName, persistence: Table['persistence']): Table {
  return {
    kind: 'table',
    name,
    columns: [],
    constraints: [],
    indexes: [],
    triggers: [],
    rowSecurity: 'off',
    policies: [],
    rules: [],
    persistence,
    replicaIdentity: 'default',
    partitionBy: null,
    partitionOf: null,
    inherits: [],
    rowsEstimate: null,
    bytes: null,
  };
}
