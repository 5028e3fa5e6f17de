import { Command } from 'commander';
import { recipesText } from '../../report/list-text.ts';
import { pageText } from '../../report/page-text.ts';
import { paintFor } from '../color.ts';
import { formatOption } from '../options.ts';
import type { CommandDeps } from './command-deps.ts';

const EXAMPLES = { bad: 'The naive migration', good: 'What evenkeel plan makes of it' };

/** `evenkeel recipes [recipe]`: the safe ways that `plan` knows, or the page of one with its example. */
export function recipesCommand({ context, toolkit }: CommandDeps): Command {
  return new Command('recipes')
    .description('List the safe ways that plan knows; with the name of one, show what it makes of a migration.')
    .argument('[recipe]', 'name of a recipe')
    .addOption(formatOption(['text', 'json']))
    .addHelpText(
      'after',
      '\nExample:\n  $ evenkeel recipes key-using-index\n\nExit code: 0, or 2 when there is no such recipe.',
    )
    .action(async (name: string | undefined, flags: { readonly format: string }) => {
      const paint = paintFor(context.stdout, context.env);
      const isJson = flags.format === 'json';
      if (name === undefined) {
        const recipes = toolkit.listRecipes();
        context.stdout.write(
          isJson ? `${JSON.stringify({ version: 1, recipes }, null, 2)}\n` : recipesText(recipes, paint),
        );
        return;
      }
      const page = await toolkit.readRecipePage(name);
      context.stdout.write(
        isJson ? `${JSON.stringify({ version: 1, ...page }, null, 2)}\n` : pageText(page, EXAMPLES, paint),
      );
    });
}
