// Neurons whose graphs share tokens with this one's.
import { similarNeurons } from '../api.js';
import { el, fill } from '../dom.js';
import { brief, plural } from '../format.js';
import { neuronLink } from '../neuron-link.js';
import { errorPanel } from '../states.js';
import { tokenWord } from '../tokens.js';

const MOST_TOKENS = 12;

/** Shows the neurons with the tokens in common, of this model or of all; see makeSection(). */
export function show({ similar, num_tokens: numTokens }, { place }) {
  const list = el('ol', { class: 'neighbours' });
  const own = () => fill(list, similar.length ? similar.map((neuron) => row({ ...neuron, model: place.model }, place.model)) : el('li', { class: 'muted', text: 'None in this model.' }));
  const everywhere = async () => {
    list.setAttribute('aria-busy', 'true');
    try {
      const { neurons } = await similarNeurons(place);
      fill(list, neurons.map((neuron) => row(neuron, place.model)));
    } catch (error) {
      fill(list, el('li', {}, errorPanel(error, everywhere)));
    } finally {
      list.removeAttribute('aria-busy');
    }
  };
  const tool = el('button', { type: 'button', class: 'button small', 'aria-pressed': 'false', text: 'All models' });
  tool.addEventListener('click', () => {
    const isAll = tool.getAttribute('aria-pressed') !== 'true';
    tool.setAttribute('aria-pressed', String(isAll));
    return isAll ? everywhere() : own();
  });
  own();
  return {
    nodes: [el('p', { class: 'muted', text: `Neuron2Graph has ${plural(numTokens, 'token')} of this neuron. A similarity of 1 means that all tokens of the neuron with fewer are shared.` }), list],
    tools: tool,
  };
}

function row({ model, layer, neuron, similarity, shared_tokens: shared }, home) {
  const tokens = [...new Set(shared.map(({ token }) => token))];
  return el('li', {},
    el('span', {}, neuronLink({ model, layer, neuron }), model !== home && el('span', { class: 'muted', text: ` ${model}` })),
    el('span', { class: 'meter-box' }, el('span', { class: 'meter', 'aria-hidden': 'true', vars: { '--share': similarity } }),
      el('span', { class: 'number', text: brief(similarity) })),
    el('span', { class: 'shared', dir: 'ltr' }, tokens.slice(0, MOST_TOKENS).map((token) => tokenWord(token)),
      tokens.length > MOST_TOKENS && el('span', { class: 'muted', text: `and ${tokens.length - MOST_TOKENS} more` })));
}
