// What people and models say a neuron does, with how well that foretells its activations.
import { el, terms } from '../dom.js';
import { brief } from '../format.js';

const AUTHORS = { explainer: 'OpenAI’s neuron explainer' };

/** Shows the explanations, the best first; see makeSection(). */
export function show({ explanations }) {
  if (!explanations.length) return null;
  const best = explanations[0];
  return {
    nodes: el('ol', { class: 'explanations' }, explanations.map(item)),
    facts: [['Explanation score', best.score === null ? null : brief(best.score)]],
  };
}

function item({ explanation, score, author, source, rsquared_score: rsquared, absolute_dev_explained_score: deviation }) {
  return el('li', {},
    el('p', { class: 'explanation', dir: 'auto', text: explanation }),
    terms([
      ['Score', score === null ? 'not scored' : meter(score)],
      ['R²', rsquared === null || rsquared === undefined ? null : brief(rsquared)],
      ['Deviation explained', deviation === null || deviation === undefined ? null : brief(deviation)],
      ['Written by', author],
      ['Source', AUTHORS[source] ?? source],
    ], 'inline-facts'));
}

/** The score as a number and a bar; correlations run from -1 to 1, and below 0 the bar is empty. */
function meter(score) {
  return el('span', { class: 'meter-box', title: 'Correlation of simulated and true activations; 1 is best' },
    el('span', { class: 'meter', 'aria-hidden': 'true', vars: { '--share': Math.max(0, Math.min(1, score)) } }),
    el('b', { class: 'number', text: brief(score) }));
}
