// drizzle-kit 0.31 asks "created or renamed?" only at a terminal. This makes its pipes look like one, so that
// generate.ts can answer the question as a person would: by pressing keys.
process.stdin.isTTY = true;
process.stdout.isTTY = true;
process.stdin.setRawMode = () => process.stdin;
