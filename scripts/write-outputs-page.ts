import { writeFileSync } from 'node:fs';
import { outputsPage } from './outputs-page.ts';

writeFileSync('docs/outputs.md', await outputsPage());
