// The reader's lists, or one that an address brings along.
import { neuronBatch } from './api.js';
import { bookmarks, chooseList, chosenList, forget, isBookmarked, keep, listName, listNames, removeList, renameList, saveList } from './bookmarks.js';
import { copyButton } from './clipboard.js';
import { byId, el, fill } from './dom.js';
import { plural } from './format.js';
import { initHoverCard } from './hover-card.js';
import { neuronLink } from './neuron-link.js';
import { comparePage, listPage, neuronsOf } from './route.js';
import { announce, initShell } from './shell.js';

const MOST = 4;
const AT_ONCE = 100;
const brought = neuronsOf(location.search);
const broughtName = listName(new URLSearchParams(location.search).get('name'));
const chosen = new Set();
const titleOf = (name) => name || 'Bookmarks';
let undo = null;

const shown = () => (brought.length ? brought : bookmarks());
const shownName = () => (brought.length ? broughtName : chosenList());

function show() {
  const places = shown();
  byId('title').textContent = brought.length ? broughtName || `A list of ${plural(brought.length, 'neuron')}` : titleOf(chosenList());
  document.title = `${shownName() || 'Lists'} · DeepDecipher`;
  byId('about').textContent = brought.length
    ? `${plural(brought.length, 'neuron')}. The address is the list: share it, or keep its neurons among your own.`
    : 'Neurons that this browser keeps; b on a neuron’s page adds it to this list. Nothing is sent to the server; the link can be shared.';
  showDeeds(places);
  showNaming();
  fill(byId('kept'), places.length ? places.map(row) : el('li', { class: 'muted', text: 'None yet. Press b on a neuron’s page to keep it here.' }));
  byId('kept').removeAttribute('aria-busy');
  for (let n = 0; n < places.length; n += AT_ONCE) showExplanations(places.slice(n, n + AT_ONCE), [...byId('kept').children].slice(n));
  announce(plural(places.length, 'neuron'));
}

function showDeeds(places) {
  const isNew = brought.some((place) => !isBookmarked(place));
  const compared = [...chosen].slice(0, MOST);
  fill(byId('deeds'),
    brought.length === 0 && listChoice(),
    places.length > 0 && copyButton('Copy link to this list', () => new URL(listPage(places, shownName()), location.href).href),
    brought.length > 0 && el('button', { type: 'button', class: 'button', disabled: !isNew, text: isNew ? 'Keep these' : 'All kept', on: { click: () => { keep(brought); show(); } } }),
    brought.length > 0 && el('a', { class: 'button', href: '/bookmarks', text: 'Your lists' }),
    el('a', { class: 'button', id: 'compare', role: 'link', href: compared.length > 1 ? comparePage(compared) : null, 'aria-disabled': String(compared.length < 2), text: `Compare ${compared.length || ''}`.trim() }));
}

const listChoice = () => el('label', { class: 'row' }, 'List', el('select', { id: 'list', on: { change: ({ target }) => open(target.value) } },
  listNames().map((name) => el('option', { value: name, text: `${titleOf(name)} (${bookmarks(name).length})`, selected: name === chosenList() }))));

/** Shows a list of the reader's own, which new neurons then go to. */
function open(name) {
  chooseList(name);
  chosen.clear();
  if (brought.length) return location.assign('/bookmarks');
  return show();
}

/** What can be done with the name: a new list of what is shown, another name, no list. */
function showNaming() {
  const name = shownName();
  const own = !brought.length && name !== '';
  byId('list-name').value = name;
  byId('rename').hidden = !own;
  byId('remove').hidden = !own;
  fill(byId('undo'), undo && [`Deleted “${undo.name}”. `, el('button', { type: 'button', class: 'button small', text: 'Undo', on: { click: restore } })]);
}

/** The name that was typed, when a list may get it. */
function typedName() {
  const name = listName(byId('list-name').value);
  byId('list-name').setCustomValidity(!name ? 'A list needs a name.' : listNames().includes(name) ? 'There is a list of this name.' : '');
  return byId('list-name').reportValidity() ? name : null;
}

function save(event) {
  event.preventDefault();
  const name = typedName();
  if (name === null) return;
  saveList(name, shown());
  undo = null;
  open(name);
}

function rename() {
  const name = typedName();
  if (name === null) return;
  renameList(chosenList(), name);
  show();
}

function remove() {
  undo = { name: chosenList(), places: bookmarks() };
  removeList(undo.name);
  open('');
  byId('undo').querySelector('button').focus();
}

function restore() {
  const { name, places } = undo;
  undo = null;
  saveList(name, places);
  open(name);
}

/** What the neurons of these rows do, in one request. */
async function showExplanations(places, rows) {
  const answers = await neuronBatch(places, 'neuron_explainer', { texts: 0, before: 0, after: 0 }).catch(() => []);
  answers.forEach(({ neuron_explainer: explained, error }, n) => { rows[n].querySelector('.kept-words').textContent = error ?? explained?.data?.explanation ?? ''; });
}

function row(place) {
  const name = `${place.model}, layer ${place.layer}, neuron ${place.neuron}`;
  const box = el('input', { type: 'checkbox', 'aria-label': `Compare ${name}`, checked: chosen.has(place) });
  box.addEventListener('change', () => {
    if (box.checked) chosen.add(place);
    else chosen.delete(place);
    showDeeds(shown());
  });
  const words = el('span', { class: 'muted kept-words', dir: 'auto' });
  const drop = el('button', { type: 'button', class: 'button small', text: 'Forget', 'aria-label': `Forget ${name}`, on: { click: () => { forget(place); show(); } } });
  return el('li', {}, box, el('span', { class: 'kept-model', text: place.model }), neuronLink(place), words, !brought.length && drop);
}

initShell();
initHoverCard(byId('main'));
addEventListener('storage', show);
byId('naming').addEventListener('submit', save);
byId('rename').addEventListener('click', rename);
byId('remove').addEventListener('click', remove);
byId('list-name').addEventListener('input', ({ target }) => target.setCustomValidity(''));
show();
