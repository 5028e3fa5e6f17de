import { readFileSync } from 'node:fs';
import Ajv, { type AnySchemaObject } from 'ajv';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { validateXML } from 'xmllint-wasm';

/** Complaints about a value, or none. */
export type Validator = (value: unknown) => readonly string[];

function read(file: string): AnySchemaObject {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The schema of SARIF is of draft 4, and uses nothing that draft 7 means otherwise. */
export function sarifValidator(): Validator {
  const { $schema: _, id: __, ...schema } = read('test/report/schemas/sarif-2.1.0.json');
  const ajv = new Ajv.default({ allErrors: true, strict: false, unicodeRegExp: false });
  addFormats.default(ajv);
  return validatorOf(ajv, schema);
}

export function gitlabValidator(): Validator {
  return validatorOf(new Ajv2020.default({ allErrors: true }), read('test/report/schemas/gitlab-code-quality.json'));
}

/** One of our own published schemas. They allow further keys; here a key that they do not tell is a complaint. */
export function ownValidator(
  name: 'check' | 'explain' | 'plan' | 'status' | 'doctor' | 'preflight' | 'resolve' | 'abandon' | 'watch-frame',
): Validator {
  const schema = read(`docs/schemas/${name}.json`);
  return validatorOf(new Ajv2020.default({ allErrors: true, strictTypes: false }), closed(schema));
}

export async function junitComplaints(xml: string): Promise<readonly string[]> {
  const schema = readFileSync('test/report/schemas/junit-10.xsd', 'utf8');
  const { valid, errors } = await validateXML({
    xml: [{ fileName: 'report.xml', contents: xml }],
    schema: [{ fileName: 'junit-10.xsd', contents: schema }],
  });
  return valid ? [] : errors.map(({ rawMessage }) => rawMessage);
}

interface Compiler {
  compile(schema: AnySchemaObject): ((value: unknown) => unknown) & {
    errors?: readonly { readonly instancePath: string; readonly message?: string }[] | null;
  };
}

function validatorOf(ajv: Compiler, schema: AnySchemaObject): Validator {
  const validate = ajv.compile(schema);
  return (value) =>
    validate(value) === true
      ? []
      : (validate.errors ?? []).map((one) => `${one.instancePath} ${one.message} ${JSON.stringify(one)}`);
}

function closed(schema: AnySchemaObject): AnySchemaObject {
  const entries = Object.entries(schema).map(([key, value]) => [key, closedValue(value)]);
  const isObject = schema['type'] === 'object' || (Array.isArray(schema['type']) && schema['type'].includes('object'));
  return { ...Object.fromEntries(entries), ...(isObject ? { additionalProperties: false } : {}) };
}

function closedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closedValue);
  return typeof value === 'object' && value !== null ? closed(value) : value;
}
