// Which kinds of data a model has, for how many neurons where the API tells, and how to get the others.
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
const IMPLIED = ['all', 'metadata', 'neuron_explainer', 'neuron2graph-search'];

/** Shows the table; counts come as their answers do. metadata: the model's. */
export async function showCoverage(metadata) {
  const { name, available_services: there, num_total_neurons: all } = metadata;
  const others = there.filter((service) => !IMPLIED.includes(service) && !KINDS.some(([known]) => known === service));
  const rows = [...KINDS, ...others.map((service) => [service, 'JSON documents of your own', null])];
  const cells = new Map(rows.map(([service]) => [service, el('td', { class: 'number', text: there.includes(service) ? 'some' : '0' })]));
  fill(byId('services'),
    el('div', { class: 'table-box', tabindex: 0, role: 'group', 'aria-label': 'What is stored' }, el('table', {},
      el('thead', {}, el('tr', {}, el('th', { scope: 'col', text: 'Service' }), el('th', { scope: 'col', text: 'Data' }),
        el('th', { scope: 'col', class: 'number', text: `Neurons of ${count(all)}` }))),
      el('tbody', {}, rows.map(([service, words, get]) => el('tr', {}, el('th', { scope: 'row' }, el('code', { text: service })),
        el('td', {}, words, !there.includes(service) && get && command(get(name))), cells.get(service)))))),
    el('p', { class: 'muted' }, '“some”: the API does not count them; ', el('code', { text: `deepdecipher-ingest status ${shellWord(name)}` }), ' does.'));
  const tell = (service, number) => { if (Number.isFinite(number)) cells.get(service).textContent = count(number); };
  const ask = (service) => (there.includes(service) ? servicePart({ model: name }, service).catch(() => ({})) : {});
  const [texts, statistics] = await Promise.all([ask('neuroscope'), ask('activation_statistics')]);
  tell('neuroscope', texts.data?.important_neurons?.length);
  tell('activation_statistics', statistics.data?.num_neurons);
}
