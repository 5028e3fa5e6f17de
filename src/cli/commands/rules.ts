import { Command } from 'commander';
import { rulesText } from '../../report/list-text.ts';
import { pageText } from '../../report/page-text.ts';
import { paintFor } from '../color.ts';
import { formatOption } from '../options.ts';
import type { CommandDeps } from './command-deps.ts';

const EXAMPLES = { bad: 'Speaks up about', good: 'Is silent about' };

/** `evenkeel rules [rule]`: the rules of `check`, or the page of one with its examples. */
export function rulesCommand({ context, toolkit }: CommandDeps): Command {
  return new Command('rules')
    .description('List the rules of check; with the id of one, say what it means and what to do.')
    .argument('[rule]', 'id of a rule')
    .addOption(formatOption(['text', 'json']))
    .addHelpText(
      'after',
      '\nExample:\n  $ evenkeel rules scan-under-lock\n\nExit code: 0, or 2 when there is no such rule.',
    )
    .action(async (id: string | undefined, flags: { readonly format: string }) => {
      const paint = paintFor(context.stdout, context.env);
      const isJson = flags.format === 'json';
      if (id === undefined) {
        const rules = toolkit.listRules();
        context.stdout.write(isJson ? `${JSON.stringify({ version: 1, rules }, null, 2)}\n` : rulesText(rules, paint));
        return;
      }
      const page = await toolkit.readRulePage(id);
      context.stdout.write(
        isJson ? `${JSON.stringify({ version: 1, ...page }, null, 2)}\n` : pageText(page, EXAMPLES, paint),
      );
    });
}
