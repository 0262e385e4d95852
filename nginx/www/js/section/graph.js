// Neuron2Graph's graph of a neuron, and how well it foretells where the neuron fires.
import { neuronDocument } from '../api.js';
import { el, terms } from '../dom.js';
import { brief, count, plural, shellWord } from '../format.js';
import { layoutGraph } from '../graph-layout.js';
import { drawGraph } from '../graph-view.js';
import { absent } from '../states.js';
import { zoomBox } from '../zoom-box.js';

const [NARROWEST, WIDEST] = [320, 900];

/** Shows the drawing; see makeSection(). */
export async function show({ graph }, { place, width }) {
  if (!graph?.graph?.length) return null;
  const layout = layoutGraph(graph, Math.max(NARROWEST, Math.min(WIDEST, width())));
  const label = `Graph of ${plural(layout.nodes.length, 'token')} with ${plural(layout.edges.length, 'edge')}`;
  const box = zoomBox(drawGraph(layout, label), layout, label);
  const context = layout.nodes.filter(({ isActivating }) => !isActivating).length;
  return {
    nodes: [
      el('p', { class: 'legend' },
        el('span', { class: 'swatch pos' }), `${plural(layout.nodes.length - context, 'token')} on which it fires`,
        context > 0 && [el('span', { class: 'swatch neg' }), `${plural(context, 'token')} that must come before`],
        el('span', { class: 'muted', text: 'The stronger the colour, the more important. A click searches the token.' })),
      box.node, await fitOf(place),
    ],
    tools: box.tools,
  };
}

/** Precision, recall and F1 of the graph; only the one document has them. */
async function fitOf(place) {
  const { neuron2graph: { fit } = {} } = await neuronDocument(place).catch(() => ({}));
  if (!fit) return absent('No fit of this graph is stored.', `deepdecipher-ingest n2g-stats ${shellWord(place.model)} FILE`);
  const score = (number) => (number === null ? '–' : brief(number));
  const row = (name, about) => el('tr', {}, el('th', { scope: 'row', text: name }),
    ['precision', 'recall', 'f1_score'].map((key) => el('td', { class: 'number', text: score(about[key]) })), el('td', { class: 'number', text: count(about.count) }));
  return el('div', { class: 'fit' },
    terms([['Accuracy', score(fit.accuracy)]], 'inline-facts'),
    el('div', { class: 'table-box', tabindex: 0, role: 'group', 'aria-label': 'Fit of the graph' }, el('table', {},
      el('thead', {}, el('tr', {}, ['Tokens where the neuron', 'Precision', 'Recall', 'F1', 'Tokens'].map((text, n) => el('th', { scope: 'col', class: n ? 'number' : null, text })))),
      el('tbody', {}, row('fires', fit.firing), row('does not fire', fit.non_firing)))));
}
