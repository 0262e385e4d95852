// The list of a model's neurons by a statistic: paged, by layer, its state in the address.
import { byId, el, fill, setVars } from './dom.js';
import { brief, count } from './format.js';
import { neuronLink } from './neuron-link.js';
import { apiPath } from './route.js';

const PAGE = 20;

/**
 * Makes the ranking. Returns show(list, words, field), as initStatistic() calls it. ownLayer: the layer that all of the list
 * is of.
 */
export function initRanking({ name, num_layers: numLayers }, ownLayer) {
  let list = { layer: [], neuron: [], value: [] };
  const state = { ...fromAddress(numLayers), ownLayer };
  // A layer's own page has no choice of layers.
  const layer = document.getElementById('rank-layer');
  layer?.append(...Array.from({ length: numLayers }, (_, n) => el('option', { value: n, text: `Layer ${n}` })));
  if (layer) layer.value = state.layer;
  byId(`rank-${state.order}`).checked = true;
  const change = (what) => {
    Object.assign(state, { page: 1 }, what);
    show(name, list, state);
    toAddress(state);
  };
  layer?.addEventListener('change', () => change({ layer: layer.value }));
  for (const order of ['most', 'least']) byId(`rank-${order}`).addEventListener('change', () => change({ order }));
  byId('rank-back').addEventListener('click', () => change({ page: state.page - 1 }));
  byId('rank-on').addEventListener('click', () => change({ page: state.page + 1 }));
  return (values, words, field) => {
    // Another statistic starts again at its first page.
    Object.assign(state, { field, by: byId('statistic').selectedIndex > 0 ? field : '' });
    if (list.value.length) change({ page: 1 });
    list = values;
    byId('rank-title').textContent = `By ${words.toLowerCase()}`;
    show(name, list, state);
  };
}

/** {order: 'most' or 'least', layer: a number's text or '' for all, page: from 1}. */
function fromAddress(numLayers) {
  const query = new URLSearchParams(location.search);
  const layer = query.get('layer') ?? '';
  return {
    order: query.get('order') === 'least' ? 'least' : 'most',
    layer: /^\d+$/.test(layer) && layer < numLayers ? String(Number(layer)) : '',
    page: Math.max(1, Math.floor(query.get('page')) || 1),
  };
}

function toAddress({ by, order, layer, page }) {
  const said = { by, order: order === 'most' ? '' : order, layer, page: page > 1 ? page : '' };
  const query = new URLSearchParams(Object.entries(said).filter(([, value]) => value !== ''));
  history.replaceState(null, '', location.pathname + (query.size ? `?${query}` : ''));
}

function show(model, list, state) {
  const chosen = placesOf(list.layer, state.layer);
  const pages = Math.max(1, Math.ceil(chosen.length / PAGE));
  state.page = Math.min(state.page, pages);
  const from = (state.page - 1) * PAGE;
  const to = Math.min(from + PAGE, chosen.length);
  const entry = (n) => ({ layer: list.layer[n], neuron: list.neuron[n], value: list.value[n] });
  const item = (n) => entry(state.order === 'most' ? chosen.at(-1 - n) : chosen[n]);
  const rows = Array.from({ length: to - from }, (_, n) => row(model, from + n, item(from + n), list.value[chosen[0]], list.value[chosen.at(-1)]));
  fill(byId('rank-list'), rows.length ? rows : el('li', { text: 'Nothing is stored of this layer.' }));
  byId('rank-count').textContent = rows.length ? `${count(from + 1)}–${count(to)} of ${count(chosen.length)}` : '0 of 0';
  byId('rank-csv').href = listAddress(model, state);
  byId('rank-back').disabled = state.page === 1;
  byId('rank-on').disabled = state.page === pages;
}

/** Where a layer's neurons stand in the list; '': all. */
function placesOf(layers, wanted) {
  const all = new Uint32Array(layers.length).map((_, n) => n);
  return wanted === '' ? all : all.filter((n) => layers[n] === Number(wanted));
}

/** The whole list as the API gives it. */
function listAddress(model, { field, order, layer, ownLayer }) {
  const one = ownLayer ?? layer;
  return `${apiPath(model, 'neurons')}?${new URLSearchParams({ order: order === 'most' ? `-${field}` : field, fields: field, ...(one === '' ? {} : { layer: one }), format: 'csv' })}`;
}

/** The bar runs from 0, or from the lowest value where that is negative. */
function row(model, place, { layer, neuron, value }, least, most) {
  const bar = el('span', { class: 'rank-bar', 'aria-hidden': 'true' });
  const foot = Math.min(0, least);
  setVars(bar, { '--share': most > foot ? (value - foot) / (most - foot) : 0 });
  return el('li', {}, el('span', { class: 'rank-number', text: `${count(place + 1)}.` }), neuronLink({ model, layer, neuron }),
    bar, el('span', { class: 'number', text: brief(value) }));
}
