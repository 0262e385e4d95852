// One neuron of a comparison: what is asked for it, and its column.
import { neuronBatch } from './api.js';
import { plainTokens } from './card-text.js';
import { el, terms } from './dom.js';
import { brief } from './format.js';
import { labelToken } from './graph-label.js';
import { tokenKey } from './overlap.js';
import { neuronPage, searchPage } from './route.js';
import { rangeOf } from './scale.js';
import { spelled, tokenWord } from './tokens.js';

const MOST = 25;
const SERVICES = ['explanations', 'activation_statistics', 'tokens', 'neuron2graph', 'neuroscope', 'features', 'feature_examples'];
const SHOWN = { texts: 3, before: 14, after: 6 };

/** Everything that columns need, in one request; parts that are not there are undefined. error: why nothing came. */
export async function askNeurons(places) {
  const answers = await neuronBatch(places, SERVICES, SHOWN);
  return places.map((place, n) => {
    const parts = Object.fromEntries(SERVICES.map((service) => [service, answers[n][service]?.data]));
    return { place, parts, excites: excitingTokens(parts), promotes: promotedTokens(parts), error: answers[n].error ?? null };
  });
}

const promotedTokens = ({ tokens, features }) => (tokens?.output?.positive ?? features?.positive_logits ?? []).slice(0, MOST).map(({ token }) => token);

/** The strongest texts; a feature's are those of its highest bins. */
const textsOf = ({ neuroscope, feature_examples: examples }) => neuroscope?.texts
  ?? (examples?.bins ?? []).flatMap((bin) => bin.examples).sort((a, b) => b.max_activation - a.max_activation).slice(0, SHOWN.texts);

const peakOf = (text) => text.tokens[text.max_activating_token_index - (text.first_token_index ?? 0)];

/** Tokens that excite the neuron, by its averages, else its graph, else the maxima of its texts. */
function excitingTokens(parts) {
  const { tokens, neuron2graph } = parts;
  if (tokens?.activation?.length) return tokens.activation.slice(0, MOST).map(({ token }) => token);
  const nodes = neuron2graph?.graph;
  if (nodes?.graph?.length) return nodes.graph.slice(0, nodes.subgraph_indices[2] ?? nodes.graph.length).map(({ token }) => labelToken(token));
  return [...new Set(textsOf(parts).map(peakOf))];
}

/** The column. shared: of overlap(), by kind. remove(): takes it out of the comparison. */
export function columnOf({ place, parts, excites, promotes, error }, shared, remove) {
  const { model, layer, neuron } = place;
  const name = `${model}, layer ${layer}, neuron ${neuron}`;
  return el('article', { class: 'column', 'aria-label': name },
    el('header', {}, el('p', { class: 'eyebrow', text: model }),
      el('h2', {}, el('a', { href: neuronPage(model, layer, neuron), text: `${layer} / ${neuron}` })),
      el('button', { type: 'button', class: 'button small', text: 'Remove', 'aria-label': `Remove ${name}`, on: { click: remove } })),
    error ? el('p', { class: 'muted', text: error }) : [
      el('h3', { text: 'Explanation' }), explanation(parts.explanations?.explanations?.[0]),
      el('h3', { text: 'Statistics' }), statistics(parts.activation_statistics),
      el('h3', { text: 'Excited by' }), tokenCloud(excites, shared.excites, 'activating'),
      el('h3', { text: 'Promotes' }), tokenCloud(promotes, shared.promotes, 'any'),
      el('h3', { text: 'Texts' }), texts(textsOf(parts)),
    ]);
}

const explanation = (data) => (data
  ? el('p', { dir: 'auto', class: 'column-explanation' }, data.explanation, data.score !== null && el('span', { class: 'number muted', text: ` ${brief(data.score)}` }))
  : el('p', { class: 'muted', text: 'None stored.' }));

const statistics = (data) => (data
  ? terms(['mean', 'variance', 'skewness', 'kurtosis'].map((key) => [key, Number.isFinite(data[key]) ? brief(data[key]) : null]), 'column-facts')
  : el('p', { class: 'muted', text: 'None stored.' }));

function tokenCloud(tokens, shared, kind) {
  if (!tokens.length) return el('p', { class: 'muted', text: 'None stored.' });
  return el('ul', { class: 'cloud' }, tokens.map((token) => {
    const owners = shared.get(tokenKey(token));
    return el('li', {}, tokenWord(token, 'a', { class: owners ? 'shared' : '', href: searchPage(token, kind),
      'aria-label': spelled(token) + (owners ? `, in ${owners.length} of them` : ''), title: owners ? `In ${owners.length} of them` : null }));
  }));
}

function texts(list) {
  if (!list.length) return el('p', { class: 'muted', text: 'None stored.' });
  const range = rangeOf(list);
  return list.map((text) => el('div', { class: 'column-text' }, el('p', { class: 'number', text: brief(text.max_activation) }), plainTokens(text, range)));
}
