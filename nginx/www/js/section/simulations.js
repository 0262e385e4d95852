// What a model that only knew the explanation thought the neuron would do, beside what the neuron does.
import { el } from '../dom.js';
import { brief, plural } from '../format.js';
import { tokenAt, focusToken, tokenList } from '../token-list.js';
import { traceCanvas } from '../trace.js';

/** Shows the scored texts of the best explanation that has any; see makeSection(). */
export function show({ explanations }, { range }) {
  const explained = explanations.find(({ simulations }) => simulations?.length);
  if (!explained) return null;
  const { simulations } = explained;
  const span = range(simulations.map(({ tokens, true_activations: activations }) => ({ tokens, activations })));
  return [
    el('p', { class: 'muted' }, `${plural(simulations.length, 'text')} on which “`,
      el('span', { dir: 'auto', text: explained.explanation }), '” was scored. A score of 1 means that both rise and fall together.'),
    simulations.map((simulation, n) => pair(simulation, n, span)),
  ];
}

function pair({ tokens, true_activations: truth, simulated_activations: simulated, score }, n, span) {
  const name = `simulation-${n + 1}-title`;
  // A simulation that was not fitted to the neuron has a scale of its own: 0 to 10.
  const most = Math.max(0, ...simulated);
  const simulatedSpan = most > 2 * span ? most : span;
  return el('article', { class: 'pair', 'aria-labelledby': name },
    el('h3', { id: name }, `Text ${n + 1} `, el('span', { class: 'muted' }, 'score ', el('span', { class: 'number', text: score === null ? '–' : brief(score) }))),
    el('div', { class: 'two' },
      side('Simulated', tokens, simulated, simulatedSpan, n), side('True', tokens, truth, span, n)));
}

function side(label, tokens, activations, span, n) {
  const peak = activations.reduce((best, value, place) => (value > activations[best] ? place : best), 0);
  const text = { tokens, activations, max_activating_token_index: peak };
  const list = tokenList(text, span, `${label} activations of text ${n + 1}`);
  return el('div', {}, el('p', { class: 'eyebrow', text: label }),
    traceCanvas(activations, span, (place) => focusToken(tokenAt(list, place))), list);
}
