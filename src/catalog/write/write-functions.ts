import type { Catalog, FunctionOverload, UserFunction } from '../../model/catalog.ts';
import type { DataType } from '../../model/data-type.ts';
import { relationKey } from '../../model/relation-name.ts';
import { quoteIdentifier, quoteLiteral, quoteName } from '../../sql/postgres/quote.ts';
import { typeSql } from '../../sql/postgres/type-sql.ts';
import { joinParts, type NotWritten, partOf, type SchemaPart } from './schema-part.ts';

/** A body that the server reads when the function is made: BEGIN ATOMIC, RETURN. */
const STANDARD_BODY = /^(BEGIN ATOMIC|RETURN)\b/i;

/** Functions that tables may need, and those that need tables themselves. */
export function writeFunctions(catalog: Catalog, when: 'before tables' | 'after tables'): SchemaPart {
  const wanted = Object.values(catalog.functions).filter(
    (one) => needsTables(one, catalog) === (when === 'after tables'),
  );
  return joinParts(wanted.map(writeFunction));
}

function needsTables({ body, overloads = [] }: UserFunction, catalog: Catalog): boolean {
  const isOfTable = (type: DataType | null): boolean =>
    type?.schema != null && catalog.relations[relationKey({ schema: type.schema, name: type.name })] !== undefined;
  return (
    STANDARD_BODY.test(body.trim()) ||
    overloads.some((overload) => isOfTable(overload.result) || overload.arguments.some(isOfTable))
  );
}

function writeFunction(entry: UserFunction): SchemaPart {
  const { name, language, overloads = [] } = entry;
  const object = relationKey(name);
  const notWritten = (what: string, reason: string): NotWritten => ({ what: `${what} ${object}`, reason, object });
  if (language !== 'sql' && language !== 'plpgsql') {
    return { statements: [], notWritten: [notWritten('function', `its language, ${language}, is not here`)] };
  }
  const known = overloads.filter(
    ({ kind, result }) => kind === 'procedure' || (kind === 'function' && result !== null),
  );
  const notes: NotWritten[] = [];
  if (known.length < overloads.length || overloads.length === 0) {
    notes.push(notWritten('function', 'what it answers is not in a catalog'));
  }
  if (known.length > 1) notes.push(notWritten('bodies of', 'a catalog holds one body for all functions of a name'));
  if (known.some((one) => one.arguments.length > 0)) {
    notes.push(notWritten('names of the arguments of', 'a catalog holds only their types'));
  }
  return { ...partOf(known.map((overload) => functionSql(entry, overload))), notWritten: notes };
}

function functionSql(entry: UserFunction, overload: FunctionOverload): string {
  const { kind, result, returnsSet } = overload;
  const types = overload.arguments.map(typeSql).join(', ');
  const returns =
    kind === 'procedure' || result === null ? '' : ` RETURNS ${returnsSet ? 'SETOF ' : ''}${typeSql(result)}`;
  const volatility = kind === 'procedure' ? '' : ` ${entry.volatility.toUpperCase()}`;
  const body = STANDARD_BODY.test(entry.body.trim()) ? entry.body : `AS ${quoteLiteral(entry.body)}`;
  const head = `CREATE ${kind === 'procedure' ? 'PROCEDURE' : 'FUNCTION'} ${quoteName(entry.name)}(${types})${returns}`;
  return `${head} LANGUAGE ${quoteIdentifier(entry.language)}${volatility} ${body}`;
}
