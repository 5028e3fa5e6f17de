import { readFile } from 'node:fs/promises';
import { closestWord } from '../model/closest-word.ts';
import { SourceError, UsageError } from '../model/error.ts';
import type { RecipeDescription, RuleDescription } from '../model/rule-settings.ts';
import { listRecipes, listRules } from '../pipeline/list-rules.ts';

/** The page of a rule or recipe with its examples, as they lie in the package. */
export interface Page {
  /** Markdown. */
  readonly text: string;
  /** SQL that has the problem. */
  readonly bad: string;
  /** SQL that does the same without it, or that it says nothing about. */
  readonly good: string;
}

export interface RulePage extends Page {
  readonly rule: RuleDescription;
}

export interface RecipePage extends Page {
  readonly recipe: RecipeDescription;
}

/**
 * What there is to read about a rule.
 *
 * @throws UsageError when there is no such rule, with what may have been meant.
 */
export async function readRulePage(id: string): Promise<RulePage> {
  const rule = listRules().find((one) => one.id === id);
  if (rule === undefined)
    throw unknown(
      'rule',
      id,
      listRules().map((one) => one.id),
    );
  return { rule, ...(await readPage('rules', id)) };
}

/**
 * What there is to read about a recipe.
 *
 * @throws UsageError when there is no such recipe, with what may have been meant.
 */
export async function readRecipePage(name: string): Promise<RecipePage> {
  const recipe = listRecipes().find((one) => one.name === name);
  if (recipe === undefined)
    throw unknown(
      'recipe',
      name,
      listRecipes().map((one) => one.name),
    );
  return { recipe, ...(await readPage('recipes', name)) };
}

async function readPage(folder: 'rules' | 'recipes', name: string): Promise<Page> {
  // The same two levels up from src/api and from dist/api.
  const base = new URL(`../../${folder}/${name}/`, import.meta.url);
  const read = async (file: string): Promise<string> => readFile(new URL(file, base), 'utf8');
  try {
    const [text, bad, good] = await Promise.all([read('doc.md'), read('bad.sql'), read('good.sql')]);
    return { text, bad, good };
  } catch (cause) {
    throw new SourceError(`The page of ${name} is missing: this installation of Evenkeel is not complete.`, {
      cause,
      nextCommand: 'npm install evenkeel',
    });
  }
}

function unknown(kind: 'rule' | 'recipe', word: string, known: readonly string[]): UsageError {
  const meant = closestWord(word, known);
  return new UsageError(`There is no ${kind} ${word}${meant === null ? '.' : `; did you mean ${meant}?`}`, {
    nextCommand: meant === null ? `evenkeel ${kind}s` : `evenkeel ${kind}s ${meant}`,
  });
}
