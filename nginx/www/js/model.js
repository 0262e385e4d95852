// The page of one model: its numbers, a way to any of its neurons, and which of them matter.
import { modelMetadata } from './api.js';
import { byId, el, fill, terms } from './dom.js';
import { count } from './format.js';
import { showCoverage as showServices } from './coverage.js';
import { bindKeys, focusField } from './keys.js';
import { initHoverCard } from './hover-card.js';
import { showLayers } from './layer-list.js';
import { initMap, mapHeight, modelGround } from './map.js';
import { initRanking } from './ranking.js';
import { modelPage, neuronPage, parsePath, randomNeuron } from './route.js';
import { announce, initShell } from './shell.js';
import { initScatter } from './scatter.js';
import { initStatistic, statisticsOf } from './statistic.js';
import { errorPanel, fetchCommand, missingPanel, serviceTags, unknownModel } from './states.js';
import { initTokenSearch } from './token-search.js';

const { model: asked } = parsePath(location.pathname);
let metadata = null;
let listed = null;

async function loadModel() {
  try {
    metadata = await modelMetadata(asked);
  } catch (error) {
    byId('body').hidden = true;
    return fail('failure', error, error.status === 404 ? unknownModel(asked) : []);
  }
  if (metadata.name !== asked) history.replaceState(null, '', modelPage(metadata.name) + location.search);
  showName(metadata.name);
  showNumbers();
  initChooser();
  initTokenSearch({ model: metadata.name, layer: null });
  byId('map').style.setProperty('height', `${mapHeight(modelGround(metadata))}px`);
  showLayers(metadata);
  showServices(metadata);
  return loadNeurons();
}

async function loadNeurons() {
  const { name } = metadata;
  const statistics = statisticsOf(metadata.available_services);
  if (!statistics.length) return showNothing(name);
  try {
    const showMap = initMap(name, modelGround(metadata));
    const showRanking = initRanking(metadata);
    await initStatistic({ model: name }, statistics, (list, words, field) => {
      const many = list.value.length;
      if (!many) return showNothing(name);
      byId('rank-about').hidden = words !== 'Importance';
      showCoverage(many, words);
      showMap(list, words);
      showRanking(list, words, field);
      listed = list;
      return announce(`${count(many)} neurons`);
    }, (error) => fill(byId('neurons-failure'), errorPanel(error, null)));
    if (statistics.length > 1) initScatter({ model: name }, statistics);
    return byId('neurons').removeAttribute('aria-busy');
  } catch (error) {
    return fail('neurons-failure', error);
  }
}

function fail(place, error, advice = []) {
  byId('neurons').removeAttribute('aria-busy');
  byId('neurons').hidden = true;
  fill(byId(place), errorPanel(error, () => location.reload(), advice));
}

function showName(name) {
  document.title = `${name} · DeepDecipher`;
  byId('title').textContent = name;
  byId('here').textContent = name;
}

function showNumbers() {
  fill(byId('numbers'), terms([
    ['Layers', count(metadata.num_layers)],
    ['Neurons a layer', count(metadata.layer_size)],
    ['Neurons', count(metadata.num_total_neurons)],
    ['Parameters', count(metadata.num_total_parameters || NaN)],
    ['Activation', metadata.activation_function],
    ['Dataset', metadata.dataset],
    ['Available', serviceTags(metadata)],
  ], 'numbers'));
}

/** How much of the model is stored, and how to get the rest. */
function showCoverage(stored, words) {
  const all = metadata.num_total_neurons;
  const share = Math.floor((1000 * stored) / all) / 10;
  const isOfTexts = words === 'Importance';
  fill(byId('coverage'), `${isOfTexts ? 'Texts' : words} stored for ${count(stored)} of ${count(all)} neurons (${share}\u00a0%).`,
    isOfTexts && stored < all && [' Get the rest with ', el('code', { text: fetchCommand(metadata.name) }), '.']);
}

function showNothing(name) {
  byId('neurons').removeAttribute('aria-busy');
  byId('neurons').hidden = true;
  fill(byId('neurons-failure'), missingPanel('No maximum activating texts for this model',
    'They come from a neuroscope site. This command fetches them:', [fetchCommand(name)]));
}

const open = (layer, neuron) => location.assign(neuronPage(metadata.name, layer, neuron));

function random() {
  if (!metadata) return;
  // One that something is stored of, when that is known.
  const n = listed && Math.floor(Math.random() * listed.value.length);
  const { layer, neuron } = listed ? { layer: listed.layer[n], neuron: listed.neuron[n] } : randomNeuron(metadata);
  open(layer, neuron);
}

function initChooser() {
  const { name, num_layers: layers, layer_size: size } = metadata;
  for (const [field, last] of [['layer', layers - 1], ['neuron', size - 1]]) {
    byId(field).max = last;
    byId(`${field}-last`).textContent = `of ${count(last)}`;
  }
  byId('first').href = neuronPage(name, 0, 0);
  byId('last').href = neuronPage(name, layers - 1, size - 1);
  byId('random').addEventListener('click', random);
  byId('dials').addEventListener('submit', (event) => {
    event.preventDefault();
    open(Number(byId('layer').value), Number(byId('neuron').value));
  });
}

initShell();
initHoverCard(byId('main'));
bindKeys([
  { key: '/', shown: '/', label: 'Search this model’s tokens', run: () => focusField('search') },
  { key: 'n', shown: 'n', label: 'Type a neuron’s number', run: () => focusField('neuron') },
  { key: 'r', shown: 'r', label: 'Random neuron', run: random },
]);
showName(asked ?? '');
loadModel();
