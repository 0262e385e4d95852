// Which kinds of data a model has, for how many of its neurons, and how to get the others.
import { servicePart } from './api.js';
import { command } from './clipboard.js';
import { byId, el, fill } from './dom.js';
import { count, shellWord } from './format.js';
import { fetchCommand } from './states.js';

const KINDS = [
  ['neuroscope', 'Maximum activating texts', (model) => fetchCommand(model)],
  ['explanations', 'Explanations with scores and simulations', (model) => `deepdecipher-ingest explainer ${shellWord(model)}`],
  ['activation_statistics', 'Statistics of activations', (model) => `deepdecipher-ingest explainer ${shellWord(model)} --kind activations`],
  ['records', 'Short texts by quantile', (model) => `deepdecipher-ingest explainer ${shellWord(model)} --kind activations`],
  ['tokens', 'Tokens that excite, and that are promoted', (model) => `deepdecipher-ingest explainer ${shellWord(model)} --kind related-tokens`],
  ['connections', 'Connections by weight', (model) => `deepdecipher-ingest explainer ${shellWord(model)} --kind related-neurons`],
  ['neuron2graph', 'Neuron2Graph’s graphs', (model) => `deepdecipher-ingest n2g ${shellWord(model)} FOLDER`],
  ['similar', 'Similar neurons', (model) => `deepdecipher-ingest neuron-store ${shellWord(model)} FILE`],
];
/** Only told where they are. */
const OTHERS = { features: 'Features of a dictionary', feature_examples: 'Texts of features, by activation' };
const IMPLIED = ['all', 'metadata', 'neuron_explainer', 'neuron2graph-search'];

/** Shows the table; the numbers come with their answer. metadata: the model's. */
export async function showCoverage(metadata) {
  const { name, available_services: there, num_total_neurons: all } = metadata;
  const others = there.filter((service) => !IMPLIED.includes(service) && !KINDS.some(([known]) => known === service));
  const rows = [...KINDS, ...others.map((service) => [service, OTHERS[service] ?? 'JSON documents of your own', null])];
  const cells = new Map(rows.map(([service]) => [service, el('td', { class: 'number' }, there.includes(service) ? share('…', 0) : share('0', 0))]));
  const box = byId('services');
  fill(box,
    el('div', { class: 'table-box', tabindex: 0, role: 'group', 'aria-label': 'What is stored' }, el('table', {},
      el('thead', {}, el('tr', {}, el('th', { scope: 'col', text: 'Service' }), el('th', { scope: 'col', text: 'Data' }),
        el('th', { scope: 'col', class: 'number', text: `Neurons of ${count(all)}` }))),
      el('tbody', {}, rows.map(([service, words, get]) => el('tr', {}, el('th', { scope: 'row' }, el('code', { text: service })),
        el('td', {}, words, !there.includes(service) && get && command(get(name))), cells.get(service)))))));
  box.setAttribute('aria-busy', 'true');
  const { data } = await servicePart({ model: name }, 'coverage').catch(() => ({}));
  for (const service of there) {
    const number = data?.services[service];
    if (cells.has(service)) fill(cells.get(service), share(count(number), number / all || 0));
  }
  box.removeAttribute('aria-busy');
}

const share = (text, part) => [text, el('span', { class: 'rank-bar', vars: { '--share': part }, 'aria-hidden': 'true' })];
