// Neurons that this one reads from and writes to, by weight: a picture of the strongest, and lists.
import { el, fill, setVars } from '../dom.js';
import { brief } from '../format.js';
import { hopView } from '../hop-view.js';
import { neuronLink } from '../neuron-link.js';

const FIRST = 8;
const SIDES = [
  ['upstream', 'positive', 'Reads from, plus'], ['upstream', 'negative', 'Reads from, minus'],
  ['downstream', 'positive', 'Writes to, plus'], ['downstream', 'negative', 'Writes to, minus'],
];

/** Shows what lies one hop up and one hop down; see makeSection(). */
export function show(data, { place }) {
  const lists = SIDES.map(([way, sign, title]) => ({ title, list: data[way]?.[sign] ?? [] })).filter(({ list }) => list.length);
  if (!lists.length) return null;
  const most = Math.max(...lists.flatMap(({ list }) => list.map(({ weight }) => Math.abs(weight))));
  const columns = lists.map(({ title, list }) => column(title, list, most, place.model));
  const longest = Math.max(...lists.map(({ list }) => list.length));
  const more = el('button', { type: 'button', class: 'button small' });
  const change = (isWhole) => {
    columns.forEach(({ display }) => display(isWhole));
    more.textContent = isWhole ? `Show ${FIRST} each` : `Show ${longest} each`;
    more.setAttribute('aria-pressed', String(isWhole));
  };
  more.addEventListener('click', () => change(more.getAttribute('aria-pressed') !== 'true'));
  change(false);
  return {
    nodes: [
      el('p', { class: 'muted', text: 'Neurons one hop up and one hop down by the product of their weights: the strongest of each sign. Point at one to see what it does.' }),
      hopView(data, place), el('div', { class: 'weights' }, columns.map(({ node }) => node)),
    ],
    tools: longest > FIRST ? more : [],
  };
}

function column(title, list, most, model) {
  const rows = el('ol', { class: 'effects' });
  const display = (isWhole) => fill(rows, list.slice(0, isWhole ? list.length : FIRST).map((item) => row(item, most, model)));
  return { display, node: el('div', {}, el('h3', { text: title }), rows) };
}

function row({ layer, neuron, weight }, most, model) {
  const bar = el('span', { class: `weight-bar ${weight < 0 ? 'neg' : 'pos'}`, 'aria-hidden': 'true' });
  setVars(bar, { '--share': most > 0 ? Math.abs(weight) / most : 0 });
  return el('li', {}, neuronLink({ model, layer, neuron }), bar, el('span', { class: 'number', text: brief(weight) }));
}
