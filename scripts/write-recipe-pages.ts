import { writeFileSync } from 'node:fs';
import { RECIPE_NAMES } from '../src/plan/recipe.ts';
import { loadParser } from '../src/sql/postgres/load-parser.ts';
import { recipePage } from './recipe-page.ts';

await loadParser();
for (const name of RECIPE_NAMES) writeFileSync(`recipes/${name}/good.sql`, recipePage(name));
