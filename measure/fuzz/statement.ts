import type { Catalog } from '../../src/model/catalog.ts';
import type { RelationKey } from '../../src/model/relation-name.ts';
import { alterTable, alterTogether } from './alter-table-statements.ts';
import { Choices } from './choices.ts';
import { Names } from './names.ts';
import * as objects from './object-statements.ts';
import * as wide from './wide-statements.ts';

/** How many decisions a statement may take. */
export const CHOICES_OF_A_STATEMENT = 80;

/** Builds a statement over a schema out of decisions; the same numbers give the same statement. */
export function statementOf(
  catalog: Catalog,
  major: number,
  numbers: readonly number[],
  near?: ReadonlySet<RelationKey>,
): string {
  const choices = new Choices(numbers);
  const names = new Names(catalog, choices, near);
  return choices.oneOf(
    () => alterTable(names, choices, major),
    () => alterTable(names, choices, major),
    () => alterTable(names, choices, major),
    () => alterTable(names, choices, major),
    () => alterTable(names, choices, major),
    () => objects.createIndex(names, choices, major),
    () => objects.aboutIndexes(names, choices, major),
    () => objects.createTable(names, choices),
    () => objects.views(names, choices),
    () => objects.drops(names, choices),
    () => objects.renames(names, choices),
    () => objects.attachments(names, choices),
    () => objects.typesAndSequences(names, choices),
    () => objects.maintenance(names, choices),
    () => objects.rows(names, choices),
    () => alterTogether(names, choices, major),
    () => alterTogether(names, choices, major),
    () => wide.addColumnInFull(names, choices, major),
    () => wide.changeType(names, choices),
    () => wide.wideRows(names, choices, major),
    () => wide.code(names, choices),
    () => wide.odds(names, choices, major),
    () => wide.odds(names, choices, major),
  );
}
