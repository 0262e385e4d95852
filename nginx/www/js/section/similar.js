// Neurons whose graphs share tokens with this one's.
import { el } from '../dom.js';
import { brief, plural } from '../format.js';
import { neuronLink } from '../neuron-link.js';
import { spelled } from '../tokens.js';

const MOST_TOKENS = 12;

/** Shows the neurons with the tokens in common; see makeSection(). */
export function show({ similar, num_tokens: numTokens }, { place }) {
  if (!similar.length) return null;
  return [
    el('p', { class: 'muted', text: `Neuron2Graph has ${plural(numTokens, 'token')} of this neuron. A similarity of 1 means that all tokens of the neuron with fewer are shared.` }),
    el('ol', { class: 'neighbours' }, similar.map((neuron) => row(neuron, place.model))),
  ];
}

function row({ layer, neuron, similarity, shared_tokens: shared }, model) {
  const tokens = [...new Set(shared.map(({ token }) => token))];
  return el('li', {},
    neuronLink({ model, layer, neuron }),
    el('span', { class: 'meter-box' }, el('span', { class: 'meter', 'aria-hidden': 'true', vars: { '--share': similarity } }),
      el('span', { class: 'number', text: brief(similarity) })),
    el('span', { class: 'shared', dir: 'ltr' }, tokens.slice(0, MOST_TOKENS).map((token) => el('span', { class: 'tag token', text: spelled(token) })),
      tokens.length > MOST_TOKENS && el('span', { class: 'muted', text: `and ${tokens.length - MOST_TOKENS} more` })));
}
