// Reads an OpenAPI document: its operations with references followed, and schemas as short text.

const DEEPEST = 5;

/** [{id, method, path, summary, description, group, parameters, body, answers}, …] in the document's order. */
export function operationsOf(openapi) {
  return Object.entries(openapi.paths).flatMap(([path, item]) => Object.entries(item)
    .filter(([method]) => ['get', 'post', 'put', 'delete'].includes(method))
    .map(([method, operation]) => ({
      id: operation.operationId ?? `${method}${path}`.replace(/\W+/g, '-'), method: method.toUpperCase(), path,
      summary: operation.summary ?? '', description: operation.description ?? '', group: operation.tags?.[0] ?? 'other',
      parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((parameter) => follow(openapi, parameter)),
      body: contentOf(follow(openapi, operation.requestBody)),
      answers: Object.entries(operation.responses ?? {}).map(([status, answer]) => {
        const { description = '' } = follow(openapi, answer);
        return { status, description, ...contentOf(follow(openapi, answer)) };
      }),
    })));
}

/** {type, schema, example} of a request's or answer's body; nothing where there is none. */
function contentOf(holder) {
  const [first] = Object.entries(holder?.content ?? {});
  return first ? { type: first[0], schema: first[1].schema, example: first[1].example } : null;
}

function follow(openapi, value) {
  if (typeof value?.$ref !== 'string') return value;
  return value.$ref.replace(/^#\//, '').split('/').reduce((at, key) => at?.[key], openapi) ?? {};
}

/** A schema as the JSON it stands for, with types in place of values. */
export function shapeOf(openapi, schema, depth = 0) {
  const known = follow(openapi, schema) ?? {};
  if (known.oneOf || known.anyOf) return eitherOf(openapi, known.oneOf ?? known.anyOf, depth);
  if (known.enum) return known.enum.map((value) => JSON.stringify(value)).join(' | ');
  const type = Array.isArray(known.type) ? known.type.join(' | ') : known.type;
  if (type === 'array') return arrayOf(openapi, known, depth);
  if (type === 'object' || known.properties) return objectOf(openapi, known, depth);
  return type ?? 'any';
}

function eitherOf(openapi, schemas, depth) {
  const shapes = schemas.map((schema) => shapeOf(openapi, schema, depth));
  return [...new Set(shapes)].join(shapes.some((shape) => shape.includes('\n')) ? `\n${indent(depth)}or ` : ' | ');
}

function arrayOf(openapi, { items, prefixItems }, depth) {
  if (prefixItems) return `[${prefixItems.map((item) => shapeOf(openapi, item, depth)).join(', ')}]`;
  return `[${items ? shapeOf(openapi, items, depth) : 'any'}, …]`;
}

function objectOf(openapi, { properties = {}, required = [], additionalProperties: rest }, depth) {
  const lines = Object.entries(properties).map(([name, schema]) =>
    `${JSON.stringify(name)}${required.includes(name) ? '' : '?'}: ${depth < DEEPEST ? shapeOf(openapi, schema, depth + 1) : '…'}`);
  if (rest && typeof rest === 'object' && depth < DEEPEST) lines.push(`…: ${shapeOf(openapi, rest, depth + 1)}`);
  if (!lines.length) return '{…}';
  const line = `{${lines.join(', ')}}`;
  if (line.length + 2 * depth <= 80 && !line.includes('\n')) return line;
  return `{\n${lines.map((each) => indent(depth + 1) + each).join(',\n')}\n${indent(depth)}}`;
}

const indent = (depth) => '  '.repeat(depth);

/** A parameter's type in a few words: "integer, from 0", "text". */
export function typeOf(openapi, parameter) {
  const { type = 'string', minimum, maximum, enum: values } = follow(openapi, parameter.schema) ?? {};
  if (values) return values.join(', ');
  const name = type === 'string' ? 'text' : type;
  const isWide = maximum === undefined || maximum > 2 ** 31;
  return [name, minimum !== undefined && (isWide ? `from ${minimum}` : `${minimum} to ${maximum}`)].filter(Boolean).join(', ');
}

/** The address for these values, [[parameter, text], …]; empty texts of the query are left out. */
export function addressOf(path, values) {
  const query = new URLSearchParams();
  let address = path;
  for (const [{ name, in: where }, text] of values) {
    if (where === 'path') address = address.replace(`{${name}}`, encodeURIComponent(text));
    else if (where === 'query' && text !== '') query.append(name, text);
  }
  return query.size ? `${address}?${query}` : address;
}
