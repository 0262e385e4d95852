// What Neuronpedia has of a feature: how often it is active, the logits that it moves, and features like it.
import { el } from '../dom.js';
import { brief } from '../format.js';
import { barChart } from '../histogram.js';
import { neuronLink } from '../neuron-link.js';
import { tokenColumns } from './tokens.js';

const SIZE = [260, 120, 18];

/** Shows a feature; see makeSection(). */
export function show(data, { place }) {
  const logits = (list) => list.map(({ token, logit }) => ({ token, weight: logit }));
  const columns = tokenColumns([
    { title: 'Promotes', about: 'It makes these more likely next', list: logits(data.positive_logits) },
    { title: 'Suppresses', about: 'It makes these less likely next', list: logits(data.negative_logits) },
  ]);
  return {
    nodes: [
      el('p', { class: 'muted', text: facts(data) }),
      el('div', { class: 'weights' }, bars('Where it is active', data.density_values, data.density_heights),
        bars('Its effect on all logits', data.logits_values, data.logits_heights), similar(data.similar_features, place.model)),
      columns?.nodes,
    ],
    tools: columns?.tools ?? [],
  };
}

function facts({ frac_nonzero: share, max_activation: most }) {
  const said = [Number.isFinite(share) && `Active on ${brief(100 * share)} % of all tokens`, Number.isFinite(most) && `highest activation ${brief(most)}`];
  return said.filter(Boolean).join(', ');
}

/** A histogram of the export: the bins' places and heights. */
function bars(title, values, heights) {
  if (!values.length) return null;
  const said = `${title}: from ${brief(values[0])} to ${brief(values.at(-1))}, most often at ${brief(values[heights.indexOf(Math.max(...heights))])}`;
  return el('div', {}, el('h3', { text: title }),
    barChart(heights, heights.map((height, n) => `${brief(values[n])}: ${brief(height)}`), [values[0], values.at(-1)], said, SIZE));
}

const similar = (list, model) => (list.length ? el('div', {}, el('h3', { text: 'Features like it' }),
  el('ol', { class: 'effects' }, list.slice(0, 10).map(({ layer, neuron, similarity }) => el('li', {}, neuronLink({ model, layer, neuron }), el('span'),
    el('span', { class: 'number', text: brief(similarity) }))))) : null);
