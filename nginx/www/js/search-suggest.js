// What the search box suggests while somebody types.
import { answerOf } from './api.js';
import { el } from './dom.js';
import { brief, plural } from './format.js';
import { apiAddress, emptyQuery, pageAddress } from './search-query.js';
import { modelPage, neuronPage, searchPage } from './route.js';
import { tokenWord } from './tokens.js';

const neuronsOfToken = ({ num_activating: activating, num_important: important }) =>
  [activating && `fired on by ${plural(activating, 'neuron')}`, important && `needed by ${plural(important, 'neuron')}`].filter(Boolean).join(', ');

/** A token and how many neurons have it, as nodes. */
export const tokenWords = (found) => [tokenWord(found.token), ' ', el('span', { class: 'muted', text: neuronsOfToken(found) })];

/** Suggestions from everything: [{kind, nodes, href, place: of a neuron}, …], at last the search for all that was found. */
export async function suggestAll(q) {
  const { models, neurons, tokens, explanations } = await answerOf(apiAddress({ ...emptyQuery(), q }));
  return [
    ...neurons.map((place) => ({ kind: 'Neuron', place, nodes: `${place.model}, layer ${place.layer}, neuron ${place.neuron}`, href: neuronPage(place.model, place.layer, place.neuron) })),
    ...models.slice(0, 3).map(({ name }) => ({ kind: 'Model', nodes: name, href: modelPage(name) })),
    ...tokens.map((found) => ({ kind: 'Token', nodes: tokenWords(found), href: searchPage(found.token) })),
    ...explanations.map(({ model, layer, neuron, explanation, score }) => ({
      kind: 'Explanation', place: { model, layer, neuron }, href: neuronPage(model, layer, neuron),
      nodes: [el('span', { dir: 'auto', text: explanation }), el('span', { class: 'muted', text: ` ${model} ${layer}/${neuron}${score === null ? '' : `, ${brief(score)}`}` })],
    })),
    { kind: 'Search', nodes: `All results for “${q}”`, href: pageAddress({ ...emptyQuery(), q }) },
  ];
}

/** Suggestions of tokens only: [{kind, nodes, token}, …]. models: only theirs; empty: all. */
export async function suggestTokens(q, models) {
  const { tokens } = await answerOf(apiAddress({ ...emptyQuery(), kind: 'tokens', q, models }, { limit: 8 }));
  return tokens.map((found) => ({ kind: 'Token', nodes: tokenWords(found), token: found.token }));
}

/** The token that was typed, or when there is none, the most frequent that begins so: mostly the one with a blank before. */
export async function tokenFor(text, models) {
  const found = await suggestTokens(text, models).catch(() => []);
  return (found.find(({ token }) => token === text) ?? found[0])?.token ?? text;
}
