// What a reader can do with the neuron shown: keep it, compare it, print it, open it from its card.
import { chosenList, forget, isBookmarked, keep } from './bookmarks.js';
import { byId } from './dom.js';
import { comparePage, neuronPage } from './route.js';
import { announce } from './shell.js';

/** Makes the buttons fit the neuron. */
export function showDeeds(place) {
  const isKept = isBookmarked(place);
  byId('bookmark').setAttribute('aria-pressed', String(isKept));
  byId('bookmark').textContent = isKept ? 'Bookmarked' : 'Bookmark';
  byId('bookmark').title = chosenList() && `In the list “${chosenList()}”`;
  byId('compare').href = comparePage([place]);
  byId('card-open').href = neuronPage(place.model, place.layer, place.neuron);
}

/** Keeps the neuron, or forgets it. */
export function toggleBookmark(place) {
  if (isBookmarked(place)) forget(place);
  else keep([place]);
  showDeeds(place);
  announce(`${isBookmarked(place) ? 'Bookmarked' : 'Bookmark removed'}${chosenList() && `, list ${chosenList()}`}`);
}

/** Prints the page with all its sections, also those that nobody has scrolled to. view: of openView(), or null. */
export async function printWhole(view) {
  const button = byId('print');
  if (!view || button.disabled) return;
  button.disabled = true;
  announce('Reading all sections');
  await view.whole();
  // Drawings take their size at the next frame.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    button.disabled = false;
    print();
  }));
}
