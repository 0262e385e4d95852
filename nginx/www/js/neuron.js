// The page of one neuron. Neighbours are shown in place; every neuron has its own address and title.
import { modelMetadata, prefetchPart } from './api.js';
import { command } from './clipboard.js';
import { byId, el, fill } from './dom.js';
import { count } from './format.js';
import { initHoverCard } from './hover-card.js';
import { bindKeys, focusField } from './keys.js';
import { printWhole, showDeeds, toggleBookmark } from './neuron-deeds.js';
import { firstOf, openView } from './neuron-view.js';
import { showAside, showPlace } from './neuron-frame.js';
import { comparePage, modelPage, neuronPage, parsePath, randomNeuron } from './route.js';
import { sectionsOf } from './sections.js';
import { announce, initShell } from './shell.js';
import { errorPanel, unknownModel } from './states.js';
import { watchTokens } from './token-list.js';

const SETTLE_MS = 150;
let place = parsePath(location.pathname);
let metadata = null;
let shown = null;
let turn = 0;
let settle = 0;

/** Shows a neuron of the same model. step: how far it is from the last one, to prefetch the next. */
function go(layer, neuron, { held = false, step = 0 } = {}) {
  if (layer === place.layer && neuron === place.neuron) return;
  place = { ...place, layer, neuron };
  history.pushState(null, '', neuronPage(place.model, layer, neuron, place.service) + location.hash);
  showHere();
  clearTimeout(settle);
  // A held key passes many neurons; only where it stops is worth a request.
  if (held) settle = setTimeout(() => load(step), SETTLE_MS);
  else load(step);
}

function showHere() {
  showPlace(place, metadata);
  showDeeds(place);
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
  const view = openView(place);
  byId('sections').setAttribute('aria-busy', 'true');
  const first = await view.start();
  if (mine !== turn) return;
  const outcome = first.error ? await judge(first.error, view) : null;
  if (mine !== turn) return;
  if (first.metadata) learn(first.metadata);
  view.know(metadata?.available_services ?? []);
  if (outcome) showFailure(first.error, outcome.advice);
  else showView(view);
  if (step) prefetch(place.layer, place.neuron + step);
}

/** What a failed first request means for the page: null when its other sections can still be shown. */
async function judge(error, view) {
  if (error.status !== 404) return { advice: [] };
  try {
    learn(await modelMetadata(place.model));
  } catch {
    return { advice: unknownModel(place.model) };
  }
  const { name, num_layers: layers, layer_size: size, available_services: services } = metadata;
  const { layer, neuron, service } = place;
  if (layer >= layers || neuron >= size) {
    return { advice: el('p', {}, el('a', { href: modelPage(name), text: name }),
      ` has layers 0 to ${count(layers - 1)} with neurons 0 to ${count(size - 1)}.`) };
  }
  if (service === 'all') return null;
  const known = view.main.spec;
  if (known.id === 'document' && !services.includes(service)) {
    return { advice: el('p', {}, el('a', { href: neuronPage(name, layer, neuron), text: 'All that is stored of this neuron' })) };
  }
  return { advice: command(known.command({ ...place, model: name })) };
}

/** Takes what the model's metadata tell, its proper name for the address included. */
function learn(told) {
  metadata = told;
  if (told.name !== place.model) {
    place = { ...place, model: told.name };
    history.replaceState(null, '', neuronPage(told.name, place.layer, place.neuron, place.service) + location.search + location.hash);
  }
  showHere();
}

function showView(next) {
  hideCard();
  byId('tip').hidden = true;
  shown?.close();
  shown = next;
  keepSectionInView(next);
  next.opened();
  for (const link of byId('jump').querySelectorAll('a')) link.parentElement.hidden = !next.sections.some(({ spec }) => link.hash === `#${spec.id}`);
  showAside(place, metadata, next.facts(), next.sections);
  finish(`Neuron ${place.neuron} in layer ${place.layer}: ${next.summary()}`);
}

/** Whoever reads a section further down goes on reading it when the neuron changes. */
function keepSectionInView(next) {
  const top = (node) => node.getBoundingClientRect().top;
  const old = [...document.querySelectorAll('.part[id]')];
  const read = old.filter((node) => top(node) < innerHeight / 3).pop();
  const before = read && top(read);
  next.keepRoom(new Map(old.map((node) => [node.id, node.lastChild.offsetHeight])));
  fill(byId('sections'), next.nodes);
  // A page that opens begins where its address says.
  if (!old.length) return showNamed(next);
  const after = read && read !== old[0] && document.getElementById(read.id);
  if (after) scrollBy({ top: top(after) - before, behavior: 'instant' });
}

/** Brings the section that the address names into view; those above it come first, as they change their heights. */
async function showNamed(view) {
  const at = view.sections.findIndex(({ spec }) => `#${spec.id}` === location.hash);
  if (at < 0) return;
  const scroll = () => view.sections[at].node.scrollIntoView({ behavior: 'instant' });
  let isLeft = false;
  for (const type of ['wheel', 'touchmove', 'keydown', 'pointerdown']) addEventListener(type, () => { isLeft = true; }, { once: true, passive: true });
  scroll();
  await Promise.all(view.sections.slice(0, at + 1).map((section) => section.start()));
  if (view === shown && !isLeft) scroll();
}

function showFailure(error, advice) {
  hideCard();
  byId('tip').hidden = true;
  shown?.close();
  shown = null;
  fill(byId('sections'), errorPanel(error, () => load(), advice));
  showAside(place, metadata, [], []);
  finish('');
}

function finish(said) {
  byId('sections').removeAttribute('aria-busy');
  if (said) announce(said);
}

/** Asks for what a neighbour's page asks for first. */
function prefetch(layer, neuron) {
  if (!metadata || layer < 0 || neuron < 0 || layer >= metadata.num_layers || neuron >= metadata.layer_size) return;
  for (const { service, query } of firstOf(sectionsOf(place.service))) prefetchPart({ model: place.model, layer, neuron }, service, query);
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
  byId('bookmark').addEventListener('click', () => toggleBookmark(place));
  byId('print').addEventListener('click', () => printWhole(shown));
  const steps = [['layer-less', -1, 0], ['layer-more', 1, 0], ['neuron-less', 0, -1], ['neuron-more', 0, 1]];
  for (const [id, layers, neurons] of steps) {
    byId(id).addEventListener('click', (event) => follow(event, layers, neurons));
    for (const type of ['pointerenter', 'focus']) {
      byId(id).addEventListener(type, () => prefetch(place.layer + layers, place.neuron + neurons));
    }
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
    { key: 'n', shown: 'n', label: 'Type a neuron’s number', run: () => focusField('neuron') },
    { key: 'm', shown: 'm', label: 'Maximum of the first text', run: () => shown?.keys().peak?.() },
    { key: 'e', shown: 'e', label: 'Whole texts or snippets', run: () => shown?.keys().all?.() },
    { key: 'w', shown: 'w', label: 'Marks for spaces and line ends', run: () => shown?.keys().marks?.() },
    { key: 'b', shown: 'b', label: 'Bookmark', run: () => toggleBookmark(place) },
    { key: 'c', shown: 'c', label: 'Compare', run: () => location.assign(comparePage([place])) },
    { key: 'p', shown: 'p', label: 'Print with all sections', run: () => printWhole(shown) },
    { shown: '← → ↑ ↓', label: 'Inside a text: from token to token' },
    { shown: 'Home End ⏎', label: 'Inside a text: first, last, maximum' },
    { shown: 'Esc', label: 'Inside a text: hide the value' },
  ]);
}

initShell();
initNeuronKeys();
initDials();
const hideCard = initHoverCard(byId('main'));
watchTokens(byId('sections'), (value) => shown?.needle(value));
addEventListener('hashchange', () => shown && showNamed(shown));
addEventListener('popstate', () => {
  const next = parsePath(location.pathname);
  // Links inside the page also end up here.
  if (next.layer === place.layer && next.neuron === place.neuron) return;
  place = next;
  showHere();
  load();
});
if (place.layer === null || place.neuron === null) {
  fill(byId('sections'), errorPanel({ kind: 'http', status: 404, retryAfter: null,
    detail: 'A neuron’s address ends in two numbers: /viz/MODEL/all/LAYER/NEURON.' }, null,
  [el('p', {}, el('a', { href: modelPage(place.model ?? ''), text: 'Choose a neuron of this model' }))]));
  byId('sections').removeAttribute('aria-busy');
} else {
  showHere();
  load();
}
