import type { DropStmt, Node } from 'libpg-query';
import type { Drop, DropObject } from '../../model/action.ts';
import { argumentTypes } from './function-overload.ts';
import { objectWord } from './object-word.ts';
import { namedBy, objectReference } from './relation-reference.ts';
import { asNode, nodesOf, strings } from './tree-node.ts';

const KNOWN: ReadonlySet<string> = new Set<DropObject>([
  'table',
  'index',
  'view',
  'materialized-view',
  'sequence',
  'type',
  'domain',
  'schema',
  'function',
  'trigger',
  'rule',
  'policy',
  'statistics',
  'extension',
  'publication',
  'foreign-table',
]);

/** Objects that are named together with the table they hang on. */
const ATTACHMENTS: ReadonlySet<DropObject> = new Set(['trigger', 'rule', 'policy']);

/** DROP of anything but roles, databases and the like. */
export function readDrop(statement: DropStmt): Drop {
  const word = objectWord(statement.removeType);
  const object = KNOWN.has(word) ? (word as DropObject) : 'other';
  const objects = statement.objects ?? [];
  const isAttachment = ATTACHMENTS.has(object);
  return {
    kind: 'drop',
    object,
    names: objects.map((one) => (isAttachment ? namedBy(partsOf(one).slice(0, -1)) : objectReference(one))),
    attachment: isAttachment ? (partsOf(objects[0]).at(-1) ?? null) : null,
    cascade: statement.behavior === 'DROP_CASCADE',
    concurrently: statement.concurrent ?? false,
    ifExists: statement.missing_ok ?? false,
    ...(object === 'function' ? routineOf(statement, objects) : {}),
  };
}

const ROUTINES: Readonly<Record<string, Drop['routine']>> = {
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'procedure',
  OBJECT_ROUTINE: 'routine',
  OBJECT_AGGREGATE: 'aggregate',
};

function routineOf(statement: DropStmt, objects: readonly Node[]): Pick<Drop, 'arguments' | 'routine'> {
  const routine = ROUTINES[statement.removeType ?? ''];
  return {
    arguments: nodesOf(objects, 'ObjectWithArgs').map(argumentTypes),
    ...(routine === undefined ? {} : { routine }),
  };
}

function partsOf(object: Node | undefined): readonly string[] {
  return strings(asNode(object, 'List')?.items);
}
