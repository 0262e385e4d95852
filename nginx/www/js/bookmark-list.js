// The reader's bookmarks, or a list that an address brings along.
import { neuronBatch } from './api.js';
import { bookmarks, forget, isBookmarked, keep } from './bookmarks.js';
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
const chosen = new Set();

function show() {
  const places = brought.length ? brought : bookmarks();
  byId('title').textContent = brought.length ? `A list of ${plural(brought.length, 'neuron')}` : 'Bookmarks';
  byId('about').textContent = brought.length
    ? 'The address is the list: share it, or keep its neurons among your bookmarks.'
    : 'Neurons that this browser keeps. Nothing is sent to the server; the address can be shared.';
  showDeeds(places);
  fill(byId('kept'), places.length ? places.map(row) : el('li', { class: 'muted', text: 'None yet. Press b on a neuron’s page to keep it here.' }));
  byId('kept').removeAttribute('aria-busy');
  for (let n = 0; n < places.length; n += AT_ONCE) showExplanations(places.slice(n, n + AT_ONCE), [...byId('kept').children].slice(n));
  announce(plural(places.length, 'neuron'));
}

function showDeeds(places) {
  const isNew = brought.some((place) => !isBookmarked(place));
  const compared = [...chosen].slice(0, MOST);
  fill(byId('deeds'),
    places.length > 0 && copyButton('Copy link to this list', () => new URL(listPage(places), location.href).href),
    brought.length > 0 && el('button', { type: 'button', class: 'button', disabled: !isNew, text: isNew ? 'Keep these' : 'All kept', on: { click: () => { keep(brought); show(); } } }),
    brought.length > 0 && el('a', { class: 'button', href: '/bookmarks', text: 'Your bookmarks' }),
    el('a', { class: 'button', id: 'compare', role: 'link', href: compared.length > 1 ? comparePage(compared) : null, 'aria-disabled': String(compared.length < 2), text: `Compare ${compared.length || ''}`.trim() }));
}

/** What the neurons of these rows do, in one request. */
async function showExplanations(places, rows) {
  const answers = await neuronBatch(places, 'neuron_explainer', { texts: 0, before: 0, after: 0 }).catch(() => []);
  answers.forEach(({ neuron_explainer: explained }, n) => { rows[n].querySelector('.kept-words').textContent = explained?.data?.explanation ?? ''; });
}

function row(place) {
  const name = `${place.model}, layer ${place.layer}, neuron ${place.neuron}`;
  const box = el('input', { type: 'checkbox', 'aria-label': `Compare ${name}`, checked: chosen.has(place) });
  box.addEventListener('change', () => {
    if (box.checked) chosen.add(place);
    else chosen.delete(place);
    showDeeds(brought.length ? brought : bookmarks());
  });
  const words = el('span', { class: 'muted kept-words', dir: 'auto' });
  const drop = el('button', { type: 'button', class: 'button small', text: 'Forget', 'aria-label': `Forget ${name}`, on: { click: () => { forget(place); show(); } } });
  return el('li', {}, box, el('span', { class: 'kept-model', text: place.model }), neuronLink(place), words, !brought.length && drop);
}

initShell();
initHoverCard(byId('main'));
addEventListener('storage', show);
show();
