import type { RecipeDescription, RuleDescription } from '../model/rule-settings.ts';
import type { Paint } from './paint.ts';
import { countText } from './quantity-text.ts';
import { labelled } from './wrap-text.ts';

/** Every rule in a line or two: its id, what it counts as, what it means. */
export function rulesText(rules: readonly RuleDescription[], paint: Paint): string {
  const width = Math.max(...rules.map(({ id }) => id.length)) + 2;
  const styles = { error: paint.red, warning: paint.yellow, info: paint.green };
  const rows = rules.map(({ id, severity, summary }) => {
    const row = labelled(id, `${severity.padEnd(9, '\u0000')}${summary}`, '', width).replaceAll('\u0000', ' ');
    return row.replace(id, paint.bold(id)).replace(severity, styles[severity](severity));
  });
  return [...rows, '', `${countText(rules.length, 'rule')}. Next: ${paint.cyan('evenkeel rules <rule>')}`, ''].join(
    '\n',
  );
}

/** Every recipe in a line or two: its name and the safe way. */
export function recipesText(recipes: readonly RecipeDescription[], paint: Paint): string {
  const width = Math.max(...recipes.map(({ name }) => name.length)) + 2;
  const rows = recipes.map(({ name, summary }) => labelled(name, summary, '', width).replace(name, paint.bold(name)));
  const next = paint.cyan('evenkeel recipes <recipe>');
  return [...rows, '', `${countText(recipes.length, 'recipe')}. Next: ${next}`, ''].join('\n');
}
