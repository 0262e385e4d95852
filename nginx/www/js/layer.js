// The page of one layer: distributions, a map of its neurons, and which of them matter.
import { modelMetadata, servicePart } from './api.js';
import { byId, el, fill, terms } from './dom.js';
import { brief, count } from './format.js';
import { histogram } from './histogram.js';
import { initHoverCard } from './hover-card.js';
import { bindKeys, focusField } from './keys.js';
import { initMap, layerGround } from './map.js';
import { initRanking } from './ranking.js';
import { layerPage, modelPage, neuronPage, parsePath, randomNeuron } from './route.js';
import { initScatter } from './scatter.js';
import { announce, initShell } from './shell.js';
import { absent, errorPanel, fetchCommand, unknownModel } from './states.js';
import { initStatistic, statisticsOf } from './statistic.js';
import { initTokenSearch } from './token-search.js';

const MOMENTS = [['mean', 'Mean'], ['variance', 'Variance'], ['skewness', 'Skewness'], ['kurtosis', 'Kurtosis']];
const { model: asked, service, layer } = parsePath(location.pathname);
let metadata = null;

async function load() {
  try {
    metadata = await modelMetadata(asked);
  } catch (error) {
    return fail(error, error.status === 404 ? unknownModel(asked) : []);
  }
  const { name, num_layers: layers } = metadata;
  if (layer === null || layer >= layers) {
    return fail({ kind: 'http', status: 404, retryAfter: null, detail: 'There is no such layer.' },
      el('p', {}, el('a', { href: modelPage(name), text: name }), ` has layers 0 to ${count(layers - 1)}.`));
  }
  if (name !== asked) history.replaceState(null, '', layerPage(name, layer, service) + location.search);
  showPlace(name, layers);
  initTokenSearch({ model: name, layer });
  await Promise.all([showMoments(), showNeurons()]);
  return byId('body').removeAttribute('aria-busy');
}

function fail(error, advice) {
  byId('body').hidden = true;
  byId('body').removeAttribute('aria-busy');
  fill(byId('failure'), errorPanel(error, error.path ? () => location.reload() : null, advice));
}

function showPlace(name, layers) {
  document.title = `Layer ${layer} · ${name} · DeepDecipher`;
  fill(byId('crumbs'), el('ol', {},
    el('li', {}, el('a', { href: '/viz', text: 'Models' })), el('li', {}, el('a', { href: modelPage(name), text: name })),
    el('li', {}, el('span', { 'aria-current': 'page', text: `Layer ${layer}` }))));
  fill(byId('title'), 'Layer ', el('span', { class: 'number', text: String(layer) }));
  for (const [id, to] of [['layer-less', layer - 1], ['layer-more', layer + 1]]) {
    const isThere = to >= 0 && to < layers;
    if (isThere) byId(id).setAttribute('href', layerPage(name, to, service));
    byId(id).setAttribute('aria-disabled', String(!isThere));
  }
}

async function showMoments() {
  const { data } = await servicePart({ model: metadata.name, layer }, 'activation_statistics').catch(() => ({}));
  if (!data?.num_neurons) {
    return fill(byId('moments'), absent('No statistics of this layer are stored.', `deepdecipher-ingest explainer ${metadata.name} --kind activations`));
  }
  return fill(byId('moments'), terms(MOMENTS.filter(([name]) => data[name]).map(([name, label]) =>
    [label, [brief(data[name].mean), el('span', { class: 'track-ends', text: `${brief(data[name].min)} to ${brief(data[name].max)}` })]]), 'moments'));
}

async function showNeurons() {
  const place = { model: metadata.name, layer };
  try {
    const statistics = statisticsOf(metadata.available_services);
    if (!statistics.length) return showNothing();
    const showMap = initMap(place.model, layerGround(metadata));
    const showRanking = initRanking(metadata, layer);
    await initStatistic(place, statistics, (list, words, field) => {
      if (!list.value.length) return showNothing();
      showMap(list, words);
      showRanking(list, words, field);
      fill(byId('distribution'), histogram(list.value, words));
      return announce(`${count(list.value.length)} neurons`);
    }, (error) => fill(byId('distribution'), errorPanel(error, null)));
    return statistics.length > 1 && initScatter(place, statistics);
  } catch (error) {
    return fill(byId('distribution'), errorPanel(error, showNeurons));
  }
}

function showNothing() {
  byId('map').closest('section').hidden = true;
  byId('rank-list').closest('section').hidden = true;
  fill(byId('distribution'), absent('No maximum activating texts of this layer are stored.', `${fetchCommand(metadata.name)} --layers ${layer}`));
}

function random() {
  if (metadata) location.assign(neuronPage(metadata.name, layer, randomNeuron(metadata).neuron));
}

const step = (by) => () => {
  const href = byId(by < 0 ? 'layer-less' : 'layer-more').getAttribute('href');
  if (href) location.assign(href);
};

initShell();
initHoverCard(byId('main'));
bindKeys([
  { key: '/', shown: '/', label: 'Search this layer’s tokens', run: () => focusField('search') },
  { key: 'ArrowUp', shown: '↑', label: 'Next layer', run: step(1) },
  { key: 'ArrowDown', shown: '↓', label: 'Previous layer', run: step(-1) },
  { key: 'r', shown: 'r', label: 'Random neuron of this layer', run: random },
]);
byId('random').addEventListener('click', random);
load();
