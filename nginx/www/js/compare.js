// Two to four neurons side by side. The address says which; adding and removing changes it.
import { bookmarks } from './bookmarks.js';
import { copyButton } from './clipboard.js';
import { askNeuron, columnOf } from './compare-column.js';
import { byId, el, fill } from './dom.js';
import { bindKeys, focusField } from './keys.js';
import { overlap } from './overlap.js';
import { comparePage, neuronsOf, neuronWord, parseWord } from './route.js';
import { announce, initShell } from './shell.js';
import { spelled } from './tokens.js';

const MOST = 4;
let places = [];
let turn = 0;

function read() {
  places = neuronsOf(location.search).slice(0, MOST);
  return show();
}

function change(next) {
  places = next;
  history.pushState(null, '', comparePage(places));
  return show();
}

async function show() {
  const mine = ++turn;
  byId('columns').setAttribute('aria-busy', 'true');
  const neurons = await Promise.all(places.map(askNeuron));
  if (mine !== turn) return;
  document.title = `${places.length ? places.map(neuronWord).join(' · ') : 'Compare'} · DeepDecipher`;
  const shared = { excites: overlap(neurons.map(({ excites }) => excites)), promotes: overlap(neurons.map(({ promotes }) => promotes)) };
  const remove = (place) => change(places.filter((other) => other !== place));
  fill(byId('columns'), neurons.map((neuron) => columnOf(neuron, shared, () => remove(neuron.place))),
    places.length < 2 && el('p', { class: 'muted', text: places.length ? 'Add another neuron to compare it with.' : 'Add two neurons, e.g. gpt2-small/0/5.' }));
  showCommon(neurons, shared);
  byId('columns').removeAttribute('aria-busy');
}

/** The tokens in common in words, those of most neurons first. */
function showCommon(neurons, { excites, promotes }) {
  byId('common').hidden = neurons.length < 2;
  const words = (map) => [...map].sort((a, b) => b[1].length - a[1].length).map(([key]) => spelled(key)).join(', ');
  const said = [['Excited by', excites], ['Promoting', promotes]].filter(([, map]) => map.size).map(([name, map]) => `${name}: ${words(map)}.`).join(' ');
  byId('common-text').textContent = said || 'No token of these lists is in two of them.';
  announce(`${neurons.length} neurons, ${excites.size + promotes.size} tokens in common`);
}

function add(event) {
  event.preventDefault();
  const place = parseWord(byId('word').value);
  const isThere = place && places.some((other) => neuronWord(other) === neuronWord(place));
  byId('problem').textContent = !place ? 'A neuron is model/layer/neuron, e.g. gpt2-small/0/5.'
    : places.length >= MOST ? `At most ${MOST} neurons at once: remove one first.` : isThere ? 'This neuron is here already.' : '';
  if (byId('problem').textContent) return;
  byId('word').value = '';
  change([...places, place]);
}

initShell();
bindKeys([{ key: '/', shown: '/', label: 'Add a neuron', run: () => focusField('word') }]);
byId('add').addEventListener('submit', add);
fill(byId('kept'), bookmarks().map((place) => el('option', { value: neuronWord(place) })));
fill(byId('copies'), copyButton('Copy link', () => location.href));
addEventListener('popstate', read);
read();
