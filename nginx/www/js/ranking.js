// The list of a model's most and least important neurons: paged, by layer, its state in the address.
import { byId, el, fill, setVars } from './dom.js';
import { brief, count } from './format.js';
import { neuronPage } from './route.js';

const PAGE = 20;

/** Shows the ranking. list: [[{layer, neuron}, importance], …] ascending. */
export function initRanking(model, metadata, list) {
  const state = fromAddress(metadata.num_layers);
  const layers = byId('rank-layer');
  layers.append(...Array.from({ length: metadata.num_layers }, (_, n) => el('option', { value: n, text: `Layer ${n}` })));
  layers.value = state.layer ?? '';
  const change = (what) => {
    Object.assign(state, { page: 0 }, what);
    toAddress(state);
    show(model, list, state);
  };
  layers.addEventListener('change', () => change({ layer: layers.value === '' ? null : Number(layers.value) }));
  for (const order of ['most', 'least']) {
    byId(`rank-${order}`).checked = state.order === order;
    byId(`rank-${order}`).addEventListener('change', () => change({ order }));
  }
  byId('rank-back').addEventListener('click', () => change({ page: state.page - 1 }));
  byId('rank-on').addEventListener('click', () => change({ page: state.page + 1 }));
  show(model, list, state);
}

function fromAddress(numLayers) {
  const query = new URLSearchParams(location.search);
  const number = (name) => (/^\d{1,6}$/.test(query.get(name) ?? '') ? Number(query.get(name)) : null);
  const layer = number('layer');
  return {
    order: query.get('order') === 'least' ? 'least' : 'most',
    layer: layer !== null && layer < numLayers ? layer : null,
    page: Math.max(0, (number('page') ?? 1) - 1),
  };
}

function toAddress({ order, layer, page }) {
  const query = new URLSearchParams();
  if (order !== 'most') query.set('order', order);
  if (layer !== null) query.set('layer', layer);
  if (page > 0) query.set('page', page + 1);
  history.replaceState(null, '', location.pathname + (query.size ? `?${query}` : ''));
}

function show(model, list, state) {
  const chosen = state.layer === null ? list : list.filter(([at]) => at.layer === state.layer);
  const pages = Math.max(1, Math.ceil(chosen.length / PAGE));
  state.page = Math.min(state.page, pages - 1);
  const from = state.page * PAGE;
  const item = (n) => chosen[state.order === 'most' ? chosen.length - 1 - n : n];
  const most = chosen.length ? chosen.at(-1)[1] : 0;
  const rows = Array.from({ length: Math.min(PAGE, chosen.length - from) },
    (_, n) => row(model, from + n + 1, item(from + n), most));
  fill(byId('rank-list'), rows.length ? rows : el('li', { class: 'muted', text: 'Nothing stored in this layer.' }));
  byId('rank-count').textContent = rows.length
    ? `${count(from + 1)}–${count(from + rows.length)} of ${count(chosen.length)}` : '0 of 0';
  byId('rank-back').disabled = state.page === 0;
  byId('rank-on').disabled = state.page >= pages - 1;
}

function row(model, rank, [{ layer, neuron }, importance], most) {
  const bar = el('span', { class: 'rank-bar', 'aria-hidden': 'true' });
  setVars(bar, { '--share': most > 0 ? Math.max(0, importance / most).toFixed(4) : 0 });
  return el('li', {},
    el('span', { class: 'rank-number', text: count(rank) }),
    el('a', { href: neuronPage(model, layer, neuron), 'aria-label': `Layer ${layer}, neuron ${neuron}` },
      el('span', { class: 'muted', text: `${layer} / ` }), String(neuron)),
    bar, el('span', { class: 'number', text: brief(importance) }));
}
