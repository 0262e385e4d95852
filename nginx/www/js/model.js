// The page of one model: its numbers, a way to any of its neurons, and which of them matter.
import { importantNeurons, modelMetadata } from './api.js';
import { byId, el, fill, terms } from './dom.js';
import { count, shellWord } from './format.js';
import { bindKeys, focusField } from './keys.js';
import { initMap } from './map.js';
import { initRanking } from './ranking.js';
import { modelPage, neuronPage, parsePath, randomNeuron } from './route.js';
import { announce, initShell } from './shell.js';
import { errorPanel, missingPanel } from './states.js';

const { model: asked } = parsePath(location.pathname);
let metadata = null;

async function loadModel() {
  try {
    metadata = await modelMetadata(asked);
    if (metadata.name !== asked) history.replaceState(null, '', modelPage(metadata.name) + location.search);
    showName(metadata.name);
    showNumbers(metadata);
    initChooser(metadata);
    byId('body').hidden = false;
    byId('failure').replaceChildren();
  } catch (error) {
    return showFailure(error);
  }
  return loadNeurons();
}

async function loadNeurons() {
  const { name } = metadata;
  try {
    const { list } = await importantNeurons(name);
    byId('neurons').removeAttribute('aria-busy');
    if (!list?.length) return showNothing(name);
    showCoverage(list.length);
    initRanking(name, metadata, list);
    initMap(name, metadata, list);
    byId('neurons').classList.remove('waiting');
    return announce(`${count(list.length)} neurons`);
  } catch (error) {
    byId('neurons-failure').replaceChildren(errorPanel(error, () => location.reload()));
    byId('neurons').removeAttribute('aria-busy');
    byId('neurons').hidden = true;
    return undefined;
  }
}

function showName(name) {
  document.title = `${name} · DeepDecipher`;
  byId('title').textContent = name;
  byId('here').textContent = name;
}

function showNumbers(told) {
  fill(byId('numbers'), terms([
    ['Layers', count(told.num_layers)],
    ['Neurons a layer', count(told.layer_size)],
    ['Neurons', count(told.num_total_neurons)],
    ['Parameters', count(told.num_total_parameters)],
    ['Activation', told.activation_function],
    ['Dataset', told.dataset],
    ['Available', told.available_services.map((name) => el('span', { class: 'tag', text: name }))],
  ], 'numbers'));
}

/** How much of the model is stored, and how to get the rest. */
function showCoverage(stored) {
  const all = metadata.num_total_neurons;
  const share = Math.floor((1000 * stored) / all) / 10;
  fill(byId('coverage'), `Texts stored for ${count(stored)} of ${count(all)} neurons (${share} %).`,
    stored < all ? [' Get the rest with ', el('code', { text: `deepdecipher-ingest neuroscope ${shellWord(metadata.name)}` }), '.'] : null);
}

function showNothing(name) {
  byId('neurons').hidden = true;
  fill(byId('neurons-failure'), missingPanel('No maximum activating texts for this model',
    'They come from a neuroscope site. This command fetches them:', [`deepdecipher-ingest neuroscope ${shellWord(name)}`]));
}

function showFailure(error) {
  const advice = error.status === 404
    ? [el('p', {}, 'See ', el('a', { href: '/viz', text: 'the models that are here' }), ', or fetch this one:'),
      missingPanel('', '', [`deepdecipher-ingest neuroscope ${shellWord(asked)}`])]
    : [];
  byId('body').hidden = true;
  byId('neurons').removeAttribute('aria-busy');
  fill(byId('failure'), errorPanel(error, () => location.reload(), advice));
}

const open = (layer, neuron) => location.assign(neuronPage(metadata.name, layer, neuron));

function random() {
  if (!metadata) return;
  const { layer, neuron } = randomNeuron(metadata);
  open(layer, neuron);
}

function initChooser({ name, num_layers: layers, layer_size: size }) {
  for (const [field, most] of [['layer', layers - 1], ['neuron', size - 1]]) {
    byId(field).max = most;
    byId(`${field}-last`).textContent = `of ${count(most)}`;
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
bindKeys([
  { key: '/', shown: '/', label: 'Type a neuron’s number', run: () => focusField('neuron') },
  { key: 'r', shown: 'r', label: 'Random neuron', run: random },
]);
showName(asked ?? '');
loadModel();
