import {
  bareExpression,
  type ClassMember,
  type ClassNode,
  type CodeProblem,
  type CodeTree,
  codeProblem,
  type Expression,
  isProblem,
  startOf,
  type TopStatement,
} from './code-tree.ts';

/** A class that TypeORM would take for a migration. */
export interface MigrationClass {
  readonly node: ClassNode;
  /** By which TypeORM knows it; what is wrong with it where it has none. */
  readonly name: string | CodeProblem;
  /** The property of that name; null where it is missing, the problem where it cannot be told. */
  readonly transaction: boolean | null | CodeProblem;
  readonly up: FunctionNode | CodeProblem;
  readonly exportedBy: 'export' | 'module.exports';
}

/** What has parameters and a block of statements. */
export interface FunctionNode {
  readonly params: readonly { readonly type: string; readonly name?: unknown }[];
  readonly body: BlockNode;
}

type BlockNode = Extract<TopStatement, { type: 'BlockStatement' }>;

/** The migrations of a file: classes that have `up`, or say that they implement MigrationInterface. */
export function migrationClasses(tree: CodeTree): readonly MigrationClass[] {
  return tree.program.body.flatMap(classesIn).flatMap(({ node, exportedBy }) => {
    if (!saysMigration(node) && memberOf(node, 'up') === null) return [];
    return [
      {
        node,
        exportedBy,
        name: nameOf(node),
        transaction: transactionOf(node),
        up: upOf(node),
      },
    ];
  });
}

interface FoundClass {
  readonly node: ClassNode;
  readonly exportedBy: MigrationClass['exportedBy'];
}

function classesIn(statement: TopStatement): readonly FoundClass[] {
  switch (statement.type) {
    case 'ClassDeclaration':
      return [{ node: statement, exportedBy: 'module.exports' }];
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration': {
      const { declaration } = statement;
      return declaration?.type === 'ClassDeclaration' ? [{ node: declaration, exportedBy: 'export' }] : [];
    }
    case 'ExpressionStatement':
      return assigned(statement.expression);
    case 'VariableDeclaration':
      return statement.declarations.flatMap(({ init }) =>
        init?.type === 'ClassExpression' ? [{ node: init, exportedBy: 'module.exports' as const }] : [],
      );
    default:
      return [];
  }
}

/** `module.exports = class …`, also through several names. */
function assigned(expression: Expression): readonly FoundClass[] {
  if (expression.type === 'AssignmentExpression') return assigned(expression.right);
  return expression.type === 'ClassExpression' ? [{ node: expression, exportedBy: 'module.exports' }] : [];
}

function saysMigration(node: ClassNode): boolean {
  return (node.implements ?? []).some(
    (one) =>
      one.type === 'TSExpressionWithTypeArguments' &&
      one.expression.type === 'Identifier' &&
      one.expression.name === 'MigrationInterface',
  );
}

/** A member by its name, static ones aside. */
function memberOf(node: ClassNode, name: string): ClassMember | null {
  const isNamed = (member: ClassMember): boolean =>
    'key' in member &&
    !('static' in member && member.static === true) &&
    ((member.key.type === 'Identifier' && member.key.name === name && !('computed' in member && member.computed)) ||
      (member.key.type === 'StringLiteral' && member.key.value === name));
  return node.body.body.find(isNamed) ?? null;
}

/** What a property begins with: where it is declared, or where older JavaScript sets it, in the constructor. */
function initialValue(node: ClassNode, name: string): Expression | CodeProblem | null {
  const member = memberOf(node, name);
  if (member?.type === 'ClassProperty' && member.value != null) return bareExpression(member.value);
  if (member !== null && member.type !== 'ClassProperty') {
    return codeProblem(startOf(member), `Its ${name} is worked out when it runs.`);
  }
  const method = memberOf(node, 'constructor');
  if (method?.type !== 'ClassMethod') return null;
  for (const statement of method.body.body) {
    const set = statement.type === 'ExpressionStatement' ? statement.expression : null;
    if (set?.type !== 'AssignmentExpression' || set.left.type !== 'MemberExpression') continue;
    const { object, property } = set.left;
    if (object.type === 'ThisExpression' && property.type === 'Identifier' && property.name === name) {
      return bareExpression(set.right);
    }
  }
  return null;
}

/** TypeORM takes the property `name` before the name of the class, and its last 13 signs as the time. */
function nameOf(node: ClassNode): string | CodeProblem {
  const value = initialValue(node, 'name');
  if (isProblem(value)) return value;
  if (value !== null && value.type !== 'StringLiteral') {
    return codeProblem(startOf(value), 'The name of the migration is no text that stands here.');
  }
  const name = value?.value ?? node.id?.name ?? '';
  if (/\d{13}$/.test(name)) return name;
  const said = name === '' ? 'It has no name' : `Its name ${name} does not end in a time of 13 digits`;
  return codeProblem(startOf(value ?? node.id ?? node), `${said}, so TypeORM refuses it.`);
}

function transactionOf(node: ClassNode): boolean | null | CodeProblem {
  const value = initialValue(node, 'transaction');
  if (value === null || isProblem(value)) return value;
  if (value.type === 'BooleanLiteral') return value.value;
  return codeProblem(startOf(value), 'Whether it runs in a transaction is worked out when it runs.');
}

function upOf(node: ClassNode): FunctionNode | CodeProblem {
  if (node.superClass != null) {
    return codeProblem(startOf(node.superClass), 'The class is made out of another one, which is not read.');
  }
  const up = memberOf(node, 'up');
  if (up?.type === 'ClassMethod') return up;
  const value = up?.type === 'ClassProperty' && up.value != null ? bareExpression(up.value) : null;
  if (value?.type === 'ArrowFunctionExpression' || value?.type === 'FunctionExpression') {
    if (value.body.type === 'BlockStatement') return { params: value.params, body: value.body };
  }
  return codeProblem(startOf(up ?? node), 'It has no method up that could be read.');
}
