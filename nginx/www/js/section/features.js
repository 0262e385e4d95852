// What Neuronpedia has of a feature: how often it is active, the logits that it moves, and features like it.
import { el, svg } from '../dom.js';
import { brief } from '../format.js';
import { neuronLink } from '../neuron-link.js';
import { tokenColumns } from './tokens.js';

const [WIDTH, HEIGHT, FOOT] = [260, 120, 18];

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
  const most = Math.max(...heights) || 1;
  const wide = WIDTH / heights.length;
  const text = (x, anchor, value) => svg('text', { x, y: HEIGHT - 4, 'text-anchor': anchor, text: brief(value) });
  return el('div', {}, el('h3', { text: title }),
    svg('svg', { class: 'histogram', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `${title}: from ${brief(values[0])} to ${brief(values.at(-1))}, most often at ${brief(values[heights.indexOf(most)])}` },
      heights.map((height, n) => {
        const tall = Math.max(0, height / most) * (HEIGHT - FOOT - 6);
        return svg('rect', { x: (n * wide + 0.5).toFixed(2), width: Math.max(0.5, wide - 1).toFixed(2), y: (HEIGHT - FOOT - tall).toFixed(2), height: tall.toFixed(2) },
          svg('title', { text: `${brief(values[n])}: ${brief(height)}` }));
      }),
      svg('line', { x1: 0, x2: WIDTH, y1: HEIGHT - FOOT, y2: HEIGHT - FOOT }), text(0, 'start', values[0]), text(WIDTH, 'end', values.at(-1))));
}

const similar = (list, model) => (list.length ? el('div', {}, el('h3', { text: 'Features like it' }),
  el('ol', { class: 'effects' }, list.slice(0, 10).map(({ layer, neuron, similarity }) => el('li', {}, neuronLink({ model, layer, neuron }), el('span'),
    el('span', { class: 'number', text: brief(similarity) }))))) : null);
