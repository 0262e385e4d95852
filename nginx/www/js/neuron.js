// The page of one neuron. Neighbours are shown in place; every neuron has its own address and title.
import { modelMetadata, neuronParts, prefetchNeuron } from './api.js';
import { command } from './clipboard.js';
import { byId, el, fill } from './dom.js';
import { count } from './format.js';
import { bindKeys, focusField } from './keys.js';
import { SHOWN, neuroscopeSection } from './neuroscope.js';
import { showAside, showPlace } from './neuron-frame.js';
import { modelPage, neuronPage, parsePath, randomNeuron } from './route.js';
import { announce, initShell } from './shell.js';
import { errorPanel, fetchCommand, missingPanel, unknownModel } from './states.js';

const SETTLE_MS = 150;
let place = parsePath(location.pathname);
let metadata = null;
let section = null;
let turn = 0;
let settle = 0;

/** Shows a neuron of the same model. step: how far it is from the last one, to prefetch the next. */
function go(layer, neuron, { held = false, step = 0 } = {}) {
  if (layer === place.layer && neuron === place.neuron) return;
  place = { ...place, layer, neuron };
  history.pushState(null, '', neuronPage(place.model, layer, neuron, place.service));
  showPlace(place, metadata);
  clearTimeout(settle);
  // A held key passes many neurons; only where it stops is worth a request.
  if (held) settle = setTimeout(() => load(step), SETTLE_MS);
  else load(step);
}

/** Moves along a dial when there is something there. */
function move(layers, neurons, event) {
  const layer = place.layer + layers;
  const neuron = place.neuron + neurons;
  if (layer < 0 || neuron < 0) return;
  if (metadata && (layer >= metadata.num_layers || neuron >= metadata.layer_size)) return;
  go(layer, neuron, { held: event?.repeat, step: neurons });
}

async function load(step = 0) {
  const mine = ++turn;
  const { model, service, layer, neuron } = place;
  byId('sections').setAttribute('aria-busy', 'true');
  try {
    const answer = await neuronParts(model, service, layer, neuron, SHOWN);
    if (mine !== turn) return;
    if (answer.metadata) learn(answer.metadata);
    showParts(answer.parts);
    if (step) prefetchNext(step);
  } catch (error) {
    if (mine !== turn) return;
    const advice = error.status === 404 ? await whyMissing() : [];
    if (mine === turn) showFailure(error, advice);
  }
}

/** Takes what the model's metadata tell, its proper name for the address included. */
function learn(told) {
  metadata = told;
  if (told.name !== place.model) {
    place = { ...place, model: told.name };
    history.replaceState(null, '', neuronPage(told.name, place.layer, place.neuron, place.service));
  }
  showPlace(place, metadata);
}

function showParts(parts) {
  byId('tip').hidden = true;
  section = null;
  const nodes = Object.entries({ neuroscope: {}, ...parts }).map(([service, part]) => partNode(service, part));
  fill(byId('sections'), nodes);
  section?.start();
  showAside(place, metadata, section?.facts ?? [], SHOWN);
  finish(`Neuron ${place.neuron} in layer ${place.layer}: ${section ? section.summary : 'no texts'}`);
}

/** The section of one service; null for services that this page does not show yet. */
function partNode(service, { data, error }) {
  if (service !== 'neuroscope') return null;
  if (data?.texts?.length) {
    section = neuroscopeSection(data, place);
    return section.node;
  }
  if (data || error) {
    return missingPanel('No texts stored for this neuron', error ?? 'The list of its texts is empty.',
      [fetchCommand(place.model, place.layer, place.neuron)]);
  }
  return missingPanel('No maximum activating texts for this model',
    'They come from a neuroscope site. This command fetches them:', [fetchCommand(place.model)]);
}

function showFailure(error, advice) {
  byId('tip').hidden = true;
  section = null;
  fill(byId('sections'), errorPanel(error, () => load(), advice));
  showAside(place, metadata, [], SHOWN);
  finish('');
}

function finish(said) {
  byId('sections').removeAttribute('aria-busy');
  if (said) announce(said);
}

/** After a 404: is it the model, the index, the service, or only this neuron's data? */
async function whyMissing() {
  try {
    learn(await modelMetadata(place.model));
  } catch {
    return unknownModel(place.model);
  }
  const { name, num_layers: layers, layer_size: size } = metadata;
  const { layer, neuron, service } = place;
  if (layer >= layers || neuron >= size) {
    return el('p', {}, el('a', { href: modelPage(name), text: name }),
      ` has layers 0 to ${count(layers - 1)} with neurons 0 to ${count(size - 1)}.`);
  }
  if (!['all', 'neuroscope'].includes(service)) {
    return el('p', {}, el('a', { href: neuronPage(name, layer, neuron), text: 'All that is stored of this neuron' }));
  }
  return command(fetchCommand(name, layer, neuron));
}

function prefetchNext(step) {
  const next = place.neuron + step;
  if (next < 0 || next >= (metadata?.layer_size ?? 0)) return;
  prefetchNeuron(place.model, place.service, place.layer, next, SHOWN);
}

function random() {
  if (!metadata) return;
  const { layer, neuron } = randomNeuron(metadata);
  go(layer, neuron);
}

function submit(event) {
  event.preventDefault();
  go(Number(byId('layer').value), Number(byId('neuron').value));
}

/** A plain click on a dial's link changes the neuron in place; with a modifier it is a link as any other. */
function follow(event, layers, neurons) {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  move(layers, neurons);
}

function initDials() {
  const steps = [['layer-less', -1, 0], ['layer-more', 1, 0], ['neuron-less', 0, -1], ['neuron-more', 0, 1]];
  for (const [id, layers, neurons] of steps) {
    byId(id).addEventListener('click', (event) => follow(event, layers, neurons));
  }
  byId('dials').addEventListener('submit', submit);
  byId('random').addEventListener('click', random);
}

function initNeuronKeys() {
  bindKeys([
    { key: 'ArrowLeft', shown: '←', label: 'Previous neuron', run: (event) => move(0, -1, event) },
    { key: 'ArrowRight', shown: '→', label: 'Next neuron', run: (event) => move(0, 1, event) },
    { key: 'ArrowUp', shown: '↑', label: 'Next layer', run: (event) => move(1, 0, event) },
    { key: 'ArrowDown', shown: '↓', label: 'Previous layer', run: (event) => move(-1, 0, event) },
    { key: 'r', shown: 'r', label: 'Random neuron', run: random },
    { key: '/', shown: '/', label: 'Type a neuron’s number', run: () => focusField('neuron') },
    { key: 'm', shown: 'm', label: 'Maximum of the first text', run: () => section?.keys.peak() },
    { key: 'e', shown: 'e', label: 'Whole texts or snippets', run: () => section?.keys.all() },
    { key: 'w', shown: 'w', label: 'Marks for spaces and line ends', run: () => section?.keys.marks() },
    { shown: '← → ↑ ↓', label: 'Inside a text: from token to token' },
    { shown: 'Home End ⏎', label: 'Inside a text: first, last, maximum' },
    { shown: 'Esc', label: 'Inside a text: hide the value' },
  ]);
}

initShell();
initNeuronKeys();
initDials();
addEventListener('popstate', () => {
  place = parsePath(location.pathname);
  showPlace(place, metadata);
  load();
});
if (place.layer === null || place.neuron === null) {
  fill(byId('sections'), errorPanel({ kind: 'http', status: 404, retryAfter: null,
    detail: 'A neuron’s address ends in two numbers: /viz/MODEL/all/LAYER/NEURON.' }, null,
  [el('p', {}, el('a', { href: modelPage(place.model ?? ''), text: 'Choose a neuron of this model' }))]));
  byId('sections').removeAttribute('aria-busy');
} else {
  showPlace(place, null);
  load();
}
