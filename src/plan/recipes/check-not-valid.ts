import { quoteIdentifier } from '../../sql/postgres/quote.ts';
import { chooseConstraintName } from '../constraint-name.ts';
import { constraintExists, constraintIsValid } from '../post-condition.ts';
import { probeRows } from '../probe-rows.ts';
import type { Recipe } from '../recipe.ts';
import { alterTarget } from '../target-table.ts';

/** CHECK: NOT VALID for a moment, then VALIDATE while everybody works on. */
export const checkNotValid: Recipe = {
  name: 'check-not-valid',
  rung: 'not-valid-validate',
  summary: 'Add it NOT VALID, then VALIDATE it in a step of its own.',
  plan(input) {
    const target = alterTarget(input, 'add-constraint');
    const check = target?.command.constraint;
    if (target == null || check?.kind !== 'check' || !check.valid || !check.enforced) return null;
    const { columns } = check.expression;
    // The server names an unnamed CHECK after its column when it names exactly one.
    const name = check.name ?? chooseConstraintName(target.table, columns.length === 1 ? columns : [], 'check');
    const quoted = quoteIdentifier(name);
    return [
      probeRows({
        name: `probe-${name}`,
        relation: target.key,
        violation: `SELECT 1 FROM ${check.noInherit ? 'ONLY ' : ''}${target.key} WHERE NOT (${check.expression.sql})`,
        sqlstate: '23514',
        message: `rows of ${target.key} violate ${name} (${check.expression.sql}): mend them before it can be added`,
      }),
      {
        kind: 'transaction',
        name: `add-${name}`,
        phase: 'expand',
        why: 'NOT VALID holds for new rows at once and reads none of the old ones: a moment under ACCESS EXCLUSIVE.',
        sql: [`ALTER TABLE ${target.only ? 'ONLY ' : ''}${target.key} ADD CONSTRAINT ${quoted} ${check.sql} NOT VALID`],
        undo: [`ALTER TABLE ${target.key} DROP CONSTRAINT ${quoted}`],
        postCondition: constraintExists(target.key, name),
      },
      {
        kind: 'transaction',
        name: `validate-${name}`,
        phase: 'migrate',
        why: 'VALIDATE reads the table while reads and writes go on.',
        sql: [`ALTER TABLE ${target.key} VALIDATE CONSTRAINT ${quoted}`],
        undo: [],
        postCondition: constraintIsValid(target.key, name),
      },
    ];
  },
};
