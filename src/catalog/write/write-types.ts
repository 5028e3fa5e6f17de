import type { Catalog, UserType } from '../../model/catalog.ts';
import { relationKey } from '../../model/relation-name.ts';
import { quoteIdentifier, quoteLiteral, quoteName } from '../../sql/postgres/quote.ts';
import { typeSql } from '../../sql/postgres/type-sql.ts';
import { inOrder } from './in-order.ts';
import { joinParts, partOf, type SchemaPart } from './schema-part.ts';

/** Types that extensions of the server's own distribution bring. */
const TYPES_OF_EXTENSIONS: Readonly<Record<string, readonly string[]>> = {
  btree_gist: ['gbtreekey2', 'gbtreekey4', 'gbtreekey8', 'gbtreekey16', 'gbtreekey32', 'gbtreekey_var'],
  citext: ['citext'],
  cube: ['cube'],
  hstore: ['hstore', 'ghstore'],
  intarray: ['query_int'],
  isn: ['ean13', 'isbn13', 'ismn13', 'issn13', 'isbn', 'ismn', 'issn', 'upc'],
  lo: ['lo'],
  ltree: ['ltree', 'lquery', 'ltxtquery'],
  pg_trgm: ['gtrgm'],
  seg: ['seg'],
};

/** CREATE EXTENSION, each in the schema where its types are, as far as that can be told. */
export function writeExtensions(catalog: Catalog): SchemaPart {
  const others = Object.values(catalog.types).filter((type) => type.kind === 'other');
  return partOf(
    (catalog.extensions ?? []).map((extension) => {
      const known = TYPES_OF_EXTENSIONS[extension] ?? [extension];
      const schema = others.find((type) => known.includes(type.name.name))?.name.schema ?? catalog.searchPath[0];
      const place = schema === undefined ? '' : ` SCHEMA ${quoteIdentifier(schema)}`;
      return `CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(extension)}${place}`;
    }),
  );
}

/** Enums, composite types and ranges. Of the last two a catalog holds the names only. */
export function writeTypes(catalog: Catalog): SchemaPart {
  return joinParts(Object.values(catalog.types).map((type) => writeType(type, catalog)));
}

function writeType(type: UserType, catalog: Catalog): SchemaPart {
  const name = quoteName(type.name);
  const object = relationKey(type.name);
  const reason = 'a catalog holds only their name';
  switch (type.kind) {
    case 'enum':
      return partOf([`CREATE TYPE ${name} AS ENUM (${type.labels.map(quoteLiteral).join(', ')})`]);
    case 'composite':
      return {
        ...partOf([`CREATE TYPE ${name} AS ()`]),
        notWritten: [{ what: `attributes of type ${object}`, reason, object }],
      };
    case 'range':
      return {
        ...partOf([`CREATE TYPE ${name} AS RANGE (subtype = integer)`]),
        notWritten: [{ what: `subtype and options of range type ${object}`, reason, object }],
      };
    case 'domain':
      return partOf([]);
    case 'other': {
      const isOfExtension = (catalog.extensions ?? []).some((extension) =>
        (TYPES_OF_EXTENSIONS[extension] ?? []).includes(type.name.name),
      );
      const what = `type ${object}`;
      return {
        statements: [],
        notWritten: isOfExtension ? [] : [{ what, reason: 'a catalog holds only its name', object }],
      };
    }
  }
}

/** Domains, those that others are made of first. */
export function writeDomains(catalog: Catalog): SchemaPart {
  const domains = new Map(
    Object.entries(catalog.types).flatMap(([key, type]) => (type.kind === 'domain' ? [[key, type] as const] : [])),
  );
  const ordered = inOrder(domains, ({ base }) =>
    base.schema === null ? [] : [relationKey({ schema: base.schema, name: base.name })],
  );
  return partOf(ordered.flatMap(domainStatements));
}

function domainStatements(domain: Extract<UserType, { kind: 'domain' }>): readonly string[] {
  const name = quoteName(domain.name);
  const check = ({ name: constraint, expression }: (typeof domain.constraints)[number]): string =>
    `CONSTRAINT ${quoteIdentifier(constraint)} CHECK (${expression.sql})`;
  const valid = domain.constraints.filter((one) => one.valid).map((one) => ` ${check(one)}`);
  return [
    `CREATE DOMAIN ${name} AS ${typeSql(domain.base)}${domain.notNull ? ' NOT NULL' : ''}${valid.join('')}`,
    ...domain.constraints.filter((one) => !one.valid).map((one) => `ALTER DOMAIN ${name} ADD ${check(one)} NOT VALID`),
  ];
}
