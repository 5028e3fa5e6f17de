#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';

const engine = process.versions.v8.split('.')[0] ?? '';

/** V8 of Node 20 to 24; an engine that does not know a setting would complain about it. */
const KNOWN_ENGINES = ['11', '12', '13'];

// V8 begins to optimize PostgreSQL's parser after some statements, which keeps a core busy for a quarter of a second:
// ten times as long as those statements take. With this it waits until there are megabytes to read.
if (KNOWN_ENGINES.includes(engine)) setFlagsFromString('--wasm-tiering-budget=180000000');

// The same for our own code: that of Node 20 spends two seconds on what a thousand files make hot, and is not paid back.
// Later ones know better, and call it otherwise.
if (engine === '11') setFlagsFromString('--interrupt-budget=2000000');

// Only now, as the parser is compiled as soon as it is imported.
const { start } = await import('./start.ts');
await start();
