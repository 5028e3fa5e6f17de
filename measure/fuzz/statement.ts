import type { Catalog } from '../../src/model/catalog.ts';
import { alterTable } from './alter-table-statements.ts';
import { Choices } from './choices.ts';
import { Names } from './names.ts';
import * as objects from './object-statements.ts';

/** How many decisions a statement may take. */
export const CHOICES_OF_A_STATEMENT = 60;

/** Builds a statement over a schema out of decisions; the same numbers give the same statement. */
export function statementOf(catalog: Catalog, major: number, numbers: readonly number[]): string {
  const choices = new Choices(numbers);
  const names = new Names(catalog, choices);
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
  );
}
