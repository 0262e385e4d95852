// Tokens that excite a neuron, and tokens that it makes more or less likely.
import { el, fill, setVars } from '../dom.js';
import { brief } from '../format.js';
import { searchPage } from '../route.js';
import { spelled, tokenWord } from '../tokens.js';

const FIRST = 10;
const LISTS = [
  ['Excites it most', 'Average activation on the token', (data) => data.activation],
  ['Promotes', 'Its output weights make these more likely next', (data) => data.output?.positive],
  ['Suppresses', 'Its output weights make these less likely next', (data) => data.output?.negative],
  ['Read with plus', 'Its input weights answer to these', (data) => data.input?.positive],
  ['Read with minus', 'Its input weights answer against these', (data) => data.input?.negative],
];

/** Shows up to five lists; see makeSection(). */
export const show = (data) => tokenColumns(LISTS.map(([title, about, pick]) => ({ title, about, list: pick(data) ?? [] })));

/** Lists of tokens side by side, those without any left out: {nodes, tools}, or null. lists: [{title, about, list: [{token, weight}, …]}, …]. */
export function tokenColumns(given) {
  const lists = given.filter(({ list }) => list.length);
  if (!lists.length) return null;
  const columns = lists.map(column);
  const longest = Math.max(...lists.map(({ list }) => list.length));
  const more = el('button', { type: 'button', class: 'button small', 'aria-pressed': 'false' });
  const change = (isWhole) => {
    columns.forEach(({ display }) => display(isWhole));
    more.textContent = isWhole ? `Show ${FIRST} each` : `Show ${longest} each`;
    more.setAttribute('aria-pressed', String(isWhole));
  };
  more.addEventListener('click', () => change(more.getAttribute('aria-pressed') !== 'true'));
  change(false);
  return { nodes: el('div', { class: 'weights' }, columns.map(({ node }) => node)), tools: longest > FIRST ? more : [] };
}

function column({ title, about, list }) {
  const most = Math.max(...list.map(({ weight }) => Math.abs(weight)));
  const rows = el('ol', { class: 'effects' });
  const display = (isWhole) => fill(rows, list.slice(0, isWhole ? list.length : FIRST).map((item) => row(item, most)));
  return { display, node: el('div', {}, el('h3', { text: title }), el('p', { class: 'muted', text: about }), rows) };
}

function row({ token, weight }, most) {
  const bar = el('span', { class: `weight-bar ${weight < 0 ? 'neg' : 'pos'}`, 'aria-hidden': 'true' });
  setVars(bar, { '--share': most > 0 ? Math.abs(weight) / most : 0 });
  return el('li', {},
    tokenWord(token, 'a', { href: searchPage(token), title: `Neurons with ${spelled(token)}`, 'aria-label': spelled(token) }),
    bar, el('span', { class: 'number', text: brief(weight) }));
}
