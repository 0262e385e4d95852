// The only module that fetches. Every failure becomes an ApiError that says what kind it is.
import { apiPath, neuronWord } from './route.js';

const TIMEOUT_MS = 60_000;
const REMEMBERED = 96;
const answers = new Map();

/**
 * A failed request. kind: 'http' (a status other than 200), 'pending' (202: asked for, not there yet),
 * 'network' (no answer), 'timeout', 'broken' (200 without JSON). retryAfter: seconds, or null.
 */
export class ApiError extends Error {
  constructor(kind, path, { status = 0, title = '', detail = '', retryAfter = null } = {}) {
    super(detail || title || kind);
    Object.assign(this, { kind, path, status, title, detail, retryAfter });
  }
}

/** All models: [metadata, …]. */
export async function listModels() {
  return (await get('/api')).models;
}

/** One model's metadata. */
export async function modelMetadata(model) {
  return (await get(apiPath(model, 'metadata'))).data;
}

/** The part of an address that asks for so many texts and tokens only. shown: {texts, before, after}. */
export const shownQuery = ({ texts, before, after }) => `?texts=${texts}&window=${before},${after}`;

/**
 * {metadata, data}: what one service has of a neuron, or of a layer or model where indexes are left out.
 * data is null when the model has nothing of that service. place: {model, layer, neuron}.
 */
export async function servicePart({ model, layer, neuron }, service, query = '') {
  const { metadata = null, data = null } = await get(partPath({ model, layer, neuron }, service) + query);
  return { metadata, data };
}

/** Address of what servicePart() asks for. */
export const partPath = ({ model, layer, neuron }, service) =>
  apiPath(...[model, service, layer, neuron].filter((part) => part !== undefined && part !== null));

/** The one document of all that is stored of a neuron, its texts left out. */
export const neuronDocument = ({ model, layer, neuron }) => get(`${apiPath(model, layer, neuron)}?texts=0`);

/** A neuron's texts with all their tokens. */
export async function wholeTexts(place) {
  return (await servicePart(place, 'neuroscope')).data.texts;
}

/** Asks for a part before it is shown; what goes wrong is told when it is. */
export function prefetchPart(...what) {
  servicePart(...what).catch(() => {});
}

/**
 * Numbers of a model's neurons, or of one layer's: {layer: […], neuron: […], FIELD: […], …}, as columns of equal length,
 * ascending by the first field; neurons without one of the fields are left out.
 */
export async function neuronColumns({ model, layer }, fields) {
  // By importance there is a list that nginx keeps.
  if (fields.join() === 'importance') return importantColumns(partPath({ model, layer }, 'neuroscope'));
  const query = new URLSearchParams({ order: fields[0], fields, limit: 1_000_000, format: 'csv', ...(layer === undefined ? {} : { layer }) });
  const text = await request(`${apiPath(model, 'neurons')}?${query}`, (path, body) => body);
  const names = ['layer', 'neuron', ...fields];
  const columns = Object.fromEntries(names.map((name) => [name, []]));
  for (const line of text.trimEnd().split('\n').slice(1)) {
    // The model's name, which stands in front, may have commas of its own.
    const cells = line.split(',').slice(-names.length);
    if (cells.every((cell) => cell.trim() !== '')) names.forEach((name, n) => columns[name].push(Number(cells[n])));
  }
  return columns;
}

async function importantColumns(path) {
  const list = (await request(path)).data?.important_neurons ?? [];
  return { layer: list.map(([{ layer }]) => layer), neuron: list.map(([{ neuron }]) => neuron), importance: list.map(([, value]) => value) };
}

/** Address of the neurons of a model or layer whose numbers lie within bounds, as CSV. bounds: {FIELD: [least, most]}. */
export function neuronsWithin({ model, layer }, bounds) {
  const fields = Object.keys(bounds);
  const place = layer === undefined ? [] : [['layer', layer]];
  const limits = fields.flatMap((field) => [[`min_${field}`, bounds[field][0]], [`max_${field}`, bounds[field][1]]]);
  return `${apiPath(model, 'neurons')}?${new URLSearchParams([['order', `-${fields[0]}`], ['fields', fields], ...place, ...limits, ['format', 'csv']])}`;
}

/** {neurons, …}: those of all models whose tokens are like this neuron's. */
export const similarNeurons = (place) => get(`/api/search/similar?neuron=${encodeURIComponent(neuronWord(place))}&limit=20`);

/** Whatever an address of the API answers, as JSON. */
export const answerOf = (path) => get(path);

/**
 * [{model, layer, neuron, error?, SERVICE: {data?}, …}, …]: of each neuron, in their order, what some services have.
 * places: at most 100. shown: {texts, before, after}.
 */
export async function neuronBatch(places, services, { texts, before, after }) {
  const asked = places.filter(isListable);
  const words = asked.map((place) => encodeURIComponent(neuronWord(place))).join(',');
  const { results } = asked.length ? await get(`/api/batch?neurons=${words}&services=${services}&texts=${texts}&window=${before},${after}`) : { results: [] };
  return places.map((place) => results[asked.indexOf(place)] ?? { ...place, error: 'There is no such neuron.' });
}

/** What a list of neurons in an address has no way to say is refused with the whole list, and is no neuron of any model. */
const isListable = ({ model, layer, neuron }) => !/[,\0]/.test(model) && Math.max(layer, neuron) < 2 ** 32;

/** The API's description of itself. */
export const openApi = () => get('/doc/openapi.json');

/** Asks an address and gives whatever comes back: {status, type, text, bytes, milliseconds}. body: JSON to post, or null. */
export async function tryAddress(path, body = null) {
  const start = performance.now();
  const sent = body === null ? {} : { method: 'POST', body, headers: { 'Content-Type': 'application/json' } };
  const response = await fetch(path, sent).catch(() => { throw new ApiError('network', path); });
  const bytes = await response.arrayBuffer();
  const type = response.headers.get('Content-Type') ?? '';
  const text = /json|text/.test(type) ? new TextDecoder().decode(bytes) : '';
  return { status: response.status, type, text, bytes: bytes.byteLength, milliseconds: performance.now() - start };
}

function get(path) {
  const known = answers.get(path);
  if (known) return known;
  const answer = request(path);
  answers.set(path, answer);
  answer.catch(() => answers.delete(path));
  if (answers.size > REMEMBERED) answers.delete(answers.keys().next().value);
  return answer;
}

async function request(path, read = parseBody) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(path, { headers: { Accept: 'application/json' }, signal: stop.signal });
    const body = await response.text();
    if (response.status === 200) return read(path, body);
    throw refusal(path, response, body);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(stop.signal.aborted ? 'timeout' : 'network', path);
  } finally {
    clearTimeout(timer);
  }
}

function parseBody(path, body) {
  try {
    return JSON.parse(body);
  } catch {
    throw new ApiError('broken', path, { status: 200 });
  }
}

function refusal(path, response, body) {
  const kind = response.status === 202 ? 'pending' : 'http';
  const retryAfter = seconds(response.headers.get('Retry-After'));
  let problem = {};
  if (/json/.test(response.headers.get('Content-Type') ?? '')) {
    try {
      problem = JSON.parse(body) ?? {};
    } catch {
      // A problem that is no JSON has nothing to add to its status.
    }
  }
  const text = (value) => (typeof value === 'string' ? value : '');
  return new ApiError(kind, path, {
    status: response.status, title: text(problem.title), detail: text(problem.detail), retryAfter,
  });
}

function seconds(header) {
  if (!header) return null;
  if (/^\d+$/.test(header)) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}
