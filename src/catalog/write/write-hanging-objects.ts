import type { Catalog, CatalogPublication, ExtendedStatistics, Table, Trigger, View } from '../../model/catalog.ts';
import { relationKey } from '../../model/relation-name.ts';
import { quoteIdentifier, quoteName } from '../../sql/postgres/quote.ts';
import { inOrder } from './in-order.ts';
import { joinParts, type NotWritten, partOf, type SchemaPart } from './schema-part.ts';
import { nameOf, tablesOf } from './write-tables.ts';

/** Views and materialized views, those that others read first. */
export function writeViews(catalog: Catalog): SchemaPart {
  const views = new Map(
    Object.entries(catalog.relations).flatMap(([key, relation]) =>
      relation.kind === 'view' || relation.kind === 'materialized-view' ? [[key, relation] as const] : [],
    ),
  );
  return joinParts(inOrder(views, (view) => view.reads.map(({ relation }) => relation)).map(writeView));
}

function writeView(view: View): SchemaPart {
  const key = relationKey(view.name);
  if (view.sql === '') {
    const reason = view.notSeen === undefined ? 'an extension owns it' : 'somebody held it locked, or what it reads';
    return { statements: [], notWritten: [{ what: `query of view ${key}`, reason, object: key }] };
  }
  const kind = view.kind === 'view' ? 'VIEW' : 'MATERIALIZED VIEW';
  return partOf([`CREATE ${kind} ${quoteName(view.name)} AS ${view.sql}`]);
}

/** Triggers, rules and policies. A catalog holds what fires a trigger, and what a policy names; not more. */
export function writeAttachments(catalog: Catalog): SchemaPart {
  const tables = tablesOf(catalog);
  return joinParts([
    ...tables.flatMap((table) =>
      table.triggers
        .filter((trigger) => !isCopy(catalog, table, trigger))
        .map((one) => writeTrigger(catalog, table, one)),
    ),
    ...tables.map((table) => writeRules(table)),
    ...tables.map((table) => partOf(table.policies.map((policy) => policySql(catalog, table, policy)))),
  ]);
}

/** Partitions get row triggers of their parents by themselves. */
function isCopy(catalog: Catalog, table: Table, trigger: Trigger): boolean {
  const parent = table.partitionOf === null ? undefined : catalog.relations[table.partitionOf.parent];
  if (parent?.kind !== 'table') return false;
  const above = parent.triggers.find((one) => one.name === trigger.name);
  return above?.forEachRow === true && above.function === trigger.function;
}

function writeTrigger(catalog: Catalog, table: Table, trigger: Trigger): SchemaPart {
  const { columns, events = ['insert', 'update', 'delete'], forEachRow = false } = trigger;
  const names = columns.map(quoteIdentifier);
  const ofColumns = names.length === 0 ? '' : ` OF ${names.join(', ')}`;
  const written = events.map((event) => `${event.toUpperCase()}${event === 'update' ? ofColumns : ''}`).join(' OR ');
  const row = events.includes('insert') ? 'NEW' : 'OLD';
  const needsWhen = names.length > 0 && !events.includes('update') && forEachRow;
  const when = needsWhen ? ` WHEN (${names.map((name) => `${row}.${name} IS NOT NULL`).join(' OR ')})` : '';
  const called = catalog.functions[trigger.function];
  const name = called === undefined ? trigger.function : quoteName(called.name);
  return partOf([
    `CREATE TRIGGER ${quoteIdentifier(trigger.name)} AFTER ${written} ON ${quoteName(table.name)} ` +
      `FOR EACH ${forEachRow ? 'ROW' : 'STATEMENT'}${when} EXECUTE FUNCTION ${name}()`,
  ]);
}

function writeRules(table: Table): SchemaPart {
  const key = relationKey(table.name);
  const rules = table.rules ?? [];
  const sql = rules.map(
    (rule) => `CREATE RULE ${quoteIdentifier(rule)} AS ON UPDATE TO ${quoteName(table.name)} DO ALSO NOTHING`,
  );
  const notWritten = rules.map(
    (rule): NotWritten => ({ what: `rule ${rule} of ${key}`, reason: 'a catalog holds only its name', object: key }),
  );
  return { ...partOf(sql), notWritten };
}

/** A condition that names what the policy names. */
function policySql(catalog: Catalog, table: Table, policy: string): string {
  const key = relationKey(table.name);
  const reads = (catalog.policyReads ?? []).filter((read) => read.table === key && read.policy === policy);
  const conditions = reads.map(({ relation, columns }) => {
    const names = columns.map(quoteIdentifier).join(', ');
    return relation === key
      ? `(ROW(${names}) IS NOT NULL)`
      : `EXISTS (SELECT ${names} FROM ${nameOf(catalog, relation)})`;
  });
  const using = conditions.length === 0 ? 'true' : conditions.join(' AND ');
  return `CREATE POLICY ${quoteIdentifier(policy)} ON ${quoteName(table.name)} USING (${using})`;
}

/** Publications and extended statistics. */
export function writePublicationsAndStatistics(catalog: Catalog): SchemaPart {
  return joinParts([
    ...(catalog.statistics ?? []).map((one) => writeStatistics(catalog, one)),
    ...(catalog.publications ?? []).map((one) => writePublication(catalog, one)),
  ]);
}

function writePublication(catalog: Catalog, publication: CatalogPublication): SchemaPart {
  const { allTables, schemas, insertsOnly } = publication;
  const tables = publication.tables.map((key) => `ONLY ${nameOf(catalog, key)}`);
  const parts = [
    ...(tables.length === 0 ? [] : [`TABLE ${tables.join(', ')}`]),
    ...(schemas.length === 0 ? [] : [`TABLES IN SCHEMA ${schemas.map(quoteIdentifier).join(', ')}`]),
  ];
  const of = allTables ? ' FOR ALL TABLES' : parts.length === 0 ? '' : ` FOR ${parts.join(', ')}`;
  const options = insertsOnly === true ? " WITH (publish = 'insert')" : '';
  const sql = `CREATE PUBLICATION ${quoteIdentifier(publication.name)}${of}${options}`;
  const needsSuperuser = allTables || schemas.length > 0;
  return { statements: [needsSuperuser ? { sql, asSuperuser: true } : { sql }], notWritten: [] };
}

/** One column alone stands in an expression: the server wants two, or that. */
function writeStatistics(catalog: Catalog, { name, table, columns }: ExtendedStatistics): SchemaPart {
  const [only] = columns;
  if (only === undefined) {
    const what = `statistics ${relationKey(name)}`;
    return { statements: [], notWritten: [{ what, reason: 'their expression is not in a catalog', object: table }] };
  }
  const names = columns.map(quoteIdentifier);
  const on = columns.length > 1 ? names.join(', ') : `((${quoteIdentifier(only)} IS NULL))`;
  return partOf([`CREATE STATISTICS ${quoteName(name)} ON ${on} FROM ${nameOf(catalog, table)}`]);
}
