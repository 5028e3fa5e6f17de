import type { Shape } from '../src/snapshot/shape.ts';

/** The shape as JSON Schema (draft 2020-12), without the words around it. */
export function shapeSchema(shape: Shape): Readonly<Record<string, unknown>> {
  switch (shape.kind) {
    case 'text':
      return { type: 'string', ...(shape.oneOf === undefined ? {} : { enum: shape.oneOf }) };
    case 'number':
      return { type: 'number', ...(shape.minimum === undefined ? {} : { minimum: shape.minimum }) };
    case 'boolean':
      return { type: 'boolean' };
    case 'constant':
      return { const: shape.value };
    case 'nullable':
      return { anyOf: [{ type: 'null' }, shapeSchema(shape.of)] };
    case 'list':
      return { type: 'array', items: shapeSchema(shape.of) };
    case 'map':
      return { type: 'object', additionalProperties: shapeSchema(shape.of) };
    case 'object':
      return {
        type: 'object',
        required: Object.keys(shape.required),
        properties: schemasOf({ ...shape.required, ...shape.optional }),
      };
    case 'choice':
      return { type: 'object', required: [shape.by], anyOf: Object.entries(shape.of).map(alternative(shape.by)) };
  }
}

function schemasOf(shapes: Readonly<Record<string, Shape>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, shapeSchema(shape)]));
}

function alternative(by: string): (entry: readonly [string, Shape]) => Readonly<Record<string, unknown>> {
  return ([name, shape]) => ({ ...shapeSchema(shape), allOf: [{ properties: { [by]: { const: name } } }] });
}
