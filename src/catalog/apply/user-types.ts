import type {
  AlterDomain,
  AlterEnum,
  CreateDomain,
  CreateEnum,
  CreateExtension,
  CreateType,
} from '../../model/action.ts';
import type { Catalog, UserType } from '../../model/catalog.ts';
import { findType, nameForCreation } from '../../model/catalog-lookup.ts';
import { chooseConstraintName } from '../../model/object-name.ts';
import { relationKey } from '../../model/relation-name.ts';
import { putType } from '../edit-catalog.ts';
import { extensionTypes } from './extension-types.ts';
import { resolveExpression, resolveType } from './resolve-names.ts';

type Domain = Extract<UserType, { kind: 'domain' }>;

/** CREATE TYPE ... AS ENUM. */
export function createEnum(catalog: Catalog, action: CreateEnum): Catalog {
  return addType(catalog, { kind: 'enum', name: nameForCreation(catalog, action.name), labels: action.labels });
}

/** CREATE TYPE of another kind; ALTER TYPE finds the type there and changes nothing that the catalog keeps. */
export function createType(catalog: Catalog, action: CreateType): Catalog {
  if (findType(catalog, action.name) !== null) return catalog;
  return addType(catalog, { kind: action.type, name: nameForCreation(catalog, action.name) });
}

/** CREATE EXTENSION: its name, from which on what is not in the catalog may be of it, and the types of the well-known. */
export function createExtension(catalog: Catalog, action: CreateExtension): Catalog {
  const there = catalog.extensions ?? [];
  // Every database has this one, and a catalog does not name it.
  if (action.name === 'plpgsql' || there.includes(action.name)) return catalog;
  const extensions = [...there, action.name].sort();
  return extensionTypes(action.name, catalog.serverMajor).reduce(
    (changed, name) => {
      const type = { kind: 'other', name: nameForCreation(catalog, { schema: null, name }) } as const;
      return addType(changed, type);
    },
    // A snapshot that does not tell the extensions does not tell them afterwards either.
    catalog.extensions === undefined ? catalog : { ...catalog, extensions },
  );
}

function addType(catalog: Catalog, type: UserType): Catalog {
  return catalog.types[relationKey(type.name)] === undefined ? putType(catalog, type) : catalog;
}

/** ALTER TYPE ... ADD VALUE and RENAME VALUE. */
export function alterEnum(catalog: Catalog, action: AlterEnum): Catalog {
  const type = findType(catalog, action.name);
  if (type?.kind !== 'enum') return catalog;
  const { change } = action;
  if (change.kind === 'rename-value') {
    return putType(catalog, {
      ...type,
      labels: type.labels.map((label) => (label === change.from ? change.to : label)),
    });
  }
  if (type.labels.includes(change.label)) return catalog;
  const neighbor = change.neighbor === null ? type.labels.length : type.labels.indexOf(change.neighbor);
  const at = change.after ? neighbor + 1 : neighbor;
  return putType(catalog, { ...type, labels: [...type.labels.slice(0, at), change.label, ...type.labels.slice(at)] });
}

/** CREATE DOMAIN. */
export function createDomain(catalog: Catalog, action: CreateDomain): Catalog {
  const name = nameForCreation(catalog, action.name);
  if (catalog.types[relationKey(name)] !== undefined) return catalog;
  const bare: Domain = {
    kind: 'domain',
    name,
    base: resolveType(catalog, action.base),
    notNull: action.notNull,
    constraints: [],
  };
  return action.constraints.reduce(
    (changed, one) => addDomainConstraint(changed, name, { ...one, valid: true }),
    putType(catalog, bare),
  );
}

function addDomainConstraint(
  catalog: Catalog,
  name: Domain['name'],
  constraint: Pick<Domain['constraints'][number], 'expression' | 'valid'> & { readonly name: string | null },
): Catalog {
  const domain = catalog.types[relationKey(name)];
  if (domain?.kind !== 'domain') return catalog;
  const added = {
    name: constraint.name ?? chooseConstraintName(catalog, name.schema, name.name, null, 'check'),
    expression: resolveExpression(catalog, constraint.expression),
    valid: constraint.valid,
  };
  const constraints = [...domain.constraints, added].sort((a, b) => (a.name < b.name ? -1 : 1));
  return putType(catalog, { ...domain, constraints });
}

/** ALTER DOMAIN. */
export function alterDomain(catalog: Catalog, action: AlterDomain): Catalog {
  const domain = findType(catalog, action.name);
  if (domain?.kind !== 'domain') return catalog;
  const { change } = action;
  switch (change.kind) {
    case 'set-default':
    case 'drop-default':
      return catalog;
    case 'set-not-null':
    case 'drop-not-null':
      return putType(catalog, { ...domain, notNull: change.kind === 'set-not-null' });
    case 'add-constraint':
      return addDomainConstraint(catalog, domain.name, change);
    case 'drop-constraint':
      return putType(catalog, {
        ...domain,
        constraints: domain.constraints.filter((one) => one.name !== change.name),
      });
    case 'validate-constraint':
      return putType(catalog, {
        ...domain,
        constraints: domain.constraints.map((one) => (one.name === change.name ? { ...one, valid: true } : one)),
      });
  }
}
