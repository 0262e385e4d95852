// The public URLs: reads the page's own address, and builds addresses of pages and of the API.

/** {model, service, layer, neuron} of a page's path; what is absent or not a number is null. */
export function parsePath(pathname) {
  const parts = pathname.split('/').filter(Boolean).map(decode);
  const [place, model = null, service = null, layer, neuron] = parts;
  if (place !== 'viz') return { model: null, service: null, layer: null, neuron: null };
  return { model, service, layer: index(layer), neuron: index(neuron) };
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function index(text) {
  return text !== undefined && /^\+?\d{1,10}$/.test(text) ? Number(text) : null;
}

const join = (...parts) => '/' + parts.map((part) => encodeURIComponent(part)).join('/');

/** Address of a model's page. */
export const modelPage = (model) => join('viz', model);

/** Address of a neuron's page. */
export const neuronPage = (model, layer, neuron, service = 'all') => join('viz', model, service, layer, neuron);

/** Address of a layer's page. */
export const layerPage = (model, layer, service = 'all') => join('viz', model, service, layer);

/** A neuron in one word: model/layer/neuron. */
export const neuronWord = ({ model, layer, neuron }) => `${model}/${layer}/${neuron}`;

/** The neuron of such a word, or of a neuron page's address; null where there is none. */
export function parseWord(word) {
  const page = /\/viz\/[^?#\s]+/.exec(word);
  if (page) {
    const { model, layer, neuron } = parsePath(page[0]);
    return layer === null || neuron === null ? null : { model, layer, neuron };
  }
  const found = /^[\s/]*(.*?[^\s/])[/ ]+l?(\d{1,10})[/ ]+n?(\d{1,10})[\s/]*$/i.exec(word);
  return found && { model: found[1], layer: Number(found[2]), neuron: Number(found[3]) };
}

/** The neurons that a query names with n=model/layer/neuron, each once. */
export function neuronsOf(search) {
  const found = new URLSearchParams(search).getAll('n').map(parseWord).filter(Boolean);
  return found.filter((place, n) => found.findIndex((other) => neuronWord(other) === neuronWord(place)) === n);
}

const withNeurons = (page, places) =>
  (places.length ? `${page}?${places.map((place) => `n=${neuronWord(place).split('/').map(encodeURIComponent).join('/')}`).join('&')}` : page);

/** Address of a comparison. */
export const comparePage = (places) => withNeurons('/compare', places);

/** Address of a list of neurons. name: its own, or ''. */
export const listPage = (places, name = '') => withNeurons('/bookmarks', places) + (places.length && name ? `&name=${encodeURIComponent(name)}` : '');

/** Address of the search for neurons with a token. kind: activating, important, any or peak. model, layer: all when left out. */
export const searchPage = (token, kind = 'any', model = null, layer = null) =>
  `/search?${Object.entries({ token: `${kind}:${token}`, model, layer }).filter(([, value]) => value !== null).map((pair) => pair.map(encodeURIComponent).join('=')).join('&')}`;

/** Address of an API document: model, service, layer, neuron, as many as wanted. */
export const apiPath = (...parts) => join('api', ...parts);

/** A neuron drawn at random, all equally likely. metadata: the model's. */
export function randomNeuron(metadata) {
  const draw = (below) => Math.floor(Math.random() * below);
  return { layer: draw(metadata.num_layers), neuron: draw(metadata.layer_size) };
}
