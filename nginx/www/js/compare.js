// Two to four neurons side by side. The address says which; adding and removing changes it.
import { bookmarks, listNames } from './bookmarks.js';
import { copyButton } from './clipboard.js';
import { askNeurons, columnOf } from './compare-column.js';
import { byId, el, fill } from './dom.js';
import { bindKeys, focusField } from './keys.js';
import { overlap } from './overlap.js';
import { comparePage, neuronsOf, neuronWord, parseWord } from './route.js';
import { initSearchBox } from './search-box.js';
import { suggestAll } from './search-suggest.js';
import { announce, initShell } from './shell.js';
import { errorPanel } from './states.js';
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
  const neurons = await askNeurons(places).catch((error) => error);
  if (mine !== turn) return;
  byId('columns').removeAttribute('aria-busy');
  if (neurons instanceof Error) {
    fill(byId('columns'), errorPanel(neurons, show));
    return;
  }
  document.title = `${places.length ? places.map(neuronWord).join(' · ') : 'Compare'} · DeepDecipher`;
  const shared = { excites: overlap(neurons.map(({ excites }) => excites)), promotes: overlap(neurons.map(({ promotes }) => promotes)) };
  const remove = (place) => change(places.filter((other) => other !== place));
  fill(byId('columns'), neurons.map((neuron) => columnOf(neuron, shared, () => remove(neuron.place))),
    places.length < 2 && el('p', { class: 'muted', text: places.length ? 'Add another neuron to compare it with.' : 'Add two neurons, e.g. gpt2-small/0/5.' }));
  showCommon(neurons, shared);
}

/** The tokens in common in words, those of most neurons first. */
function showCommon(neurons, { excites, promotes }) {
  byId('common').hidden = neurons.length < 2;
  const words = (map) => [...map].sort((a, b) => b[1].length - a[1].length).map(([key]) => spelled(key)).join(', ');
  const said = [['Excited by', excites], ['Promoting', promotes]].filter(([, map]) => map.size).map(([name, map]) => `${name}: ${words(map)}.`).join(' ');
  byId('common-text').textContent = said || 'They share none of these tokens.';
  announce(`${neurons.length} neurons, ${excites.size + promotes.size} tokens in common`);
}

/** Neurons by what was typed: bookmarks, addresses, words of explanations. */
async function suggest(text) {
  const words = new Set(listNames().flatMap((name) => bookmarks(name)).map(neuronWord));
  const kept = [...words].filter((word) => word.includes(text.trim())).map((word) => ({ kind: 'Bookmark', place: parseWord(word), nodes: word }));
  return [...kept.slice(0, 5), ...text ? (await suggestAll(text)).filter(({ place }) => place) : []];
}

/** A neuron as it was typed; without a model it is one of the last column's. */
function placeTyped(word) {
  const found = /^\s*l?(\d{1,10})[/ ]+n?(\d{1,10})\s*$/i.exec(word);
  return found && places.length ? { model: places.at(-1).model, layer: Number(found[1]), neuron: Number(found[2]) } : parseWord(word);
}

function add(event) {
  event.preventDefault();
  addPlace(placeTyped(byId('word').value));
}

function addPlace(place) {
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
initSearchBox(byId('word'), suggest, ({ place }) => addPlace(place));
fill(byId('copies'), copyButton('Copy link', () => location.href));
addEventListener('popstate', read);
read();
if (places.length < 2) byId('word').focus();
