// What a neuron's page consists of, in order: for each section what it asks for, what draws it, and what fills it.
import { shownQuery } from './api.js';
import { shellWord } from './format.js';
import * as explanations from './section/explanations.js';
import * as statistics from './section/statistics.js';
import * as texts from './section/texts.js';
import { fetchCommand } from './states.js';

const ingest = (source, rest = '') => ({ model }) => `deepdecipher-ingest ${source} ${shellWord(model)}${rest}`;

const loadActivations = () => import('./section/activations.js');

/**
 * id, title: of the section. service, query: what it asks for. also: other services whose pages have it.
 * ask(place): asks instead, where that takes more. load(): its module. room: height kept free for it, in rem. missing: what it says where there is nothing.
 * command(place): how to get that. isFirst: asked for at once; the others wait until they come into view.
 * isRare: only there where the model has its service.
 */
export const SECTIONS = [
  {
    id: 'explanations', title: 'Explanation', service: 'explanations', also: ['neuron_explainer'], isFirst: true,
    load: async () => explanations, room: 8, missing: 'No explanation of this neuron is stored.', command: ingest('explainer'),
  },
  {
    id: 'statistics', title: 'Statistics', service: 'activation_statistics', isFirst: true, load: async () => statistics,
    room: 11, missing: 'No statistics of this neuron are stored.', command: ingest('explainer', ' --kind activations'),
  },
  {
    id: 'activations', title: 'Activations', service: 'records', room: 18,
    load: loadActivations, ask: async (place) => (await loadActivations()).ask(place),
    missing: 'Neither a random sample of this neuron’s activations nor its maximum activating texts are stored.',
    command: ({ model, layer, neuron }) => fetchCommand(model, layer, neuron),
  },
  {
    id: 'texts', title: 'Maximum activating texts', service: 'neuroscope', query: shownQuery(texts.SHOWN), isFirst: true,
    isOnScale: true, load: async () => texts, room: 60, missing: 'No maximum activating texts of this neuron are stored.',
    command: ({ model, layer, neuron }) => fetchCommand(model, layer, neuron),
  },
  {
    id: 'records', title: 'Short texts by quantile', service: 'records', isOnScale: true, room: 34,
    load: () => import('./section/records.js'), missing: 'No records of this neuron are stored.',
    command: ingest('explainer', ' --kind activations'),
  },
  {
    id: 'simulations', title: 'Simulated against true activations', service: 'explanations', query: '?simulations=1',
    isOnScale: true, room: 34, load: () => import('./section/simulations.js'),
    missing: 'No simulations of this neuron’s explanations are stored.', command: ingest('explainer'),
  },
  {
    id: 'feature-examples', title: 'Texts by activation', service: 'feature_examples', isRare: true, isOnScale: true, room: 34,
    load: () => import('./section/feature-examples.js'), missing: 'No texts of this feature are stored.',
    command: ingest('neuronpedia', ' FOLDER'),
  },
  {
    id: 'features', title: 'Feature', service: 'features', isRare: true, room: 40, load: () => import('./section/features.js'),
    missing: 'Nothing of this feature is stored.', command: ingest('neuronpedia', ' FOLDER'),
  },
  {
    id: 'tokens', title: 'Tokens', service: 'tokens', room: 40, load: () => import('./section/tokens.js'),
    missing: 'No token weights of this neuron are stored.', command: ingest('explainer', ' --kind related-tokens'),
  },
  {
    id: 'graph', title: 'Neuron2Graph', service: 'neuron2graph', room: 40, load: () => import('./section/graph.js'),
    missing: 'No graph of this neuron is stored.', command: ingest('n2g', ' FOLDER'),
  },
  {
    id: 'similar', title: 'Similar neurons', service: 'similar', query: '?limit=20', room: 24,
    load: () => import('./section/similar.js'), missing: 'No similar neurons are known.', command: ingest('neuron-store', ' FILE'),
  },
  {
    id: 'connections', title: 'Connections', service: 'connections', room: 44, load: () => import('./section/connections.js'),
    missing: 'No connections of this neuron are stored.', command: ingest('explainer', ' --kind related-neurons'),
  },
];

/** A section for a service that a folder of JSON documents became. */
const documentSection = (service) => ({
  id: 'document', title: service, service, room: 20, load: () => import('./section/document.js'),
  missing: 'This service has no document of this neuron.', command: ingest('json', ` FOLDER --service ${shellWord(service)}`),
});

const IN_CARD = ['explanations', 'texts'];
const isCard = 'embed' in document.documentElement.dataset;

/** The sections of a page's service; `all` has all. A card for other pages has the first two. */
export function sectionsOf(service) {
  if (isCard) return SECTIONS.filter(({ id }) => IN_CARD.includes(id));
  if (service === 'all') return SECTIONS;
  const chosen = SECTIONS.filter(({ service: own, also = [], query }) =>
    (own === service && query !== '?simulations=1') || also.includes(service));
  return chosen.length ? chosen : [documentSection(service)];
}
