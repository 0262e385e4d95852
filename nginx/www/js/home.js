// The first page: the models, a filter, and one neuron at random to show what this is about.
import { listModels, servicePart, shownQuery } from './api.js';
import { plainTokens } from './card-text.js';
import { byId, el, fill } from './dom.js';
import { count, plural } from './format.js';
import { bindKeys, focusField } from './keys.js';
import { modelPage, neuronPage, randomNeuron } from './route.js';
import { initSearchBox } from './search-box.js';
import { suggestAll } from './search-suggest.js';
import { initShell } from './shell.js';
import { errorPanel, missingPanel, serviceTags } from './states.js';

const COLUMNS = [
  ['Activation', (model) => model.activation_function],
  ['Dataset', (model) => model.dataset],
  ['Layers', (model) => count(model.num_layers), 'number'],
  ['Neurons per layer', (model) => count(model.layer_size), 'number'],
  ['Total neurons', (model) => count(model.num_total_neurons), 'number'],
  ['Parameters', (model) => count(model.num_total_parameters), 'number'],
  ['Available', serviceTags],
];
let rows = [];
let shown = [];

async function loadModels() {
  byId('models').setAttribute('aria-busy', 'true');
  try {
    const models = await listModels();
    byId('state').replaceChildren();
    if (!models.length) return showNone();
    rows = models.map((model) => ({ model, node: modelRow(model), words: wordsOf(model) }));
    fill(byId('rows'), rows.map(({ node }) => node));
    byId('models').hidden = false;
    byId('search').placeholder = `A token, words of an explanation, ${models[0].name} 0/0`;
    filterRows();
    return showGlimpse(models);
  } catch (error) {
    byId('models').hidden = true;
    fill(byId('state'), errorPanel(error, loadModels));
    return showNoGlimpse();
  } finally {
    byId('models').removeAttribute('aria-busy');
  }
}

function modelRow(model) {
  const cell = ([label, value, kind]) => el('td', { class: kind, 'data-label': label }, value(model));
  return el('tr', {},
    el('th', { scope: 'row' }, el('a', { href: modelPage(model.name), text: model.name })), COLUMNS.map(cell));
}

const wordsOf = ({ name, activation_function: act, dataset, available_services: all }) =>
  [name, act, dataset, ...all].join(' ').toLowerCase();

function showNone() {
  byId('models').hidden = true;
  fill(byId('state'), missingPanel('No models yet',
    'The database is empty. The first command lists what the site has, the second fetches a model.',
    ['deepdecipher-ingest neuroscope --list', 'deepdecipher-ingest neuroscope MODEL']));
  showNoGlimpse();
}

/** Shows the rows that hold every word of the filter. */
function filterRows() {
  const wanted = byId('filter').value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of rows) row.node.hidden = !wanted.every((word) => row.words.includes(word));
  shown = rows.filter(({ node }) => !node.hidden);
  byId('count').textContent = shown.length || !rows.length ? plural(shown.length, 'model') : 'No model fits this filter';
}

/** A neuron at random with the snippet that excites it most. */
async function showGlimpse(models) {
  const able = models.filter((model) => model.available_services.includes('neuroscope'));
  if (!able.length) return showNoGlimpse();
  const model = able[Math.floor(Math.random() * able.length)];
  const { layer, neuron } = randomNeuron(model);
  try {
    const query = shownQuery({ texts: 1, before: 16, after: 5 });
    const { data } = await servicePart({ model: model.name, layer, neuron }, 'neuroscope', query);
    const [text] = data.texts;
    fill(byId('glimpse-tokens'), [...plainTokens(text, text.max_range).childNodes]);
    return fill(byId('glimpse-link'), el('a', { href: neuronPage(model.name, layer, neuron),
      text: `Neuron ${neuron}, layer ${layer} of ${model.name}` }));
  } catch {
    return showNoGlimpse();
  }
}

function showNoGlimpse() {
  byId('glimpse').hidden = true;
}

function random() {
  if (!shown.length) return;
  const { model } = shown[Math.floor(Math.random() * shown.length)];
  const { layer, neuron } = randomNeuron(model);
  location.assign(neuronPage(model.name, layer, neuron));
}

initShell();
bindKeys([
  { key: '/', shown: '/', label: 'Search', run: () => focusField('search') },
  { key: 'f', shown: 'f', label: 'Filter the models', run: () => focusField('filter') },
  { key: 'r', shown: 'r', label: 'Random neuron of the models shown', run: random },
]);
initSearchBox(byId('search'), (text) => (text ? suggestAll(text) : null), ({ href }) => location.assign(href));
byId('filter').addEventListener('input', filterRows);
byId('random').addEventListener('click', random);
loadModels();
