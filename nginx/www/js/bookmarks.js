// The neurons that a reader keeps. They stay in this browser.
import { neuronWord, parseWord } from './route.js';
import { read, write } from './store.js';

const KEY = 'bookmarks';
const MOST = 1000;

/** The neurons kept, the newest last: [{model, layer, neuron}, …]. */
export function bookmarks() {
  try {
    const words = JSON.parse(read(KEY) ?? '[]');
    return Array.isArray(words) ? words.map((word) => parseWord(String(word))).filter(Boolean) : [];
  } catch {
    return [];
  }
}

const save = (places) => write(KEY, JSON.stringify(places.slice(-MOST).map(neuronWord)));

/** Is this neuron kept? */
export const isBookmarked = (place) => bookmarks().some((kept) => neuronWord(kept) === neuronWord(place));

/** Keeps neurons; those already kept stay where they are. */
export function keep(places) {
  const kept = bookmarks();
  const words = new Set(kept.map(neuronWord));
  save([...kept, ...places.filter((place) => !words.has(neuronWord(place)))]);
}

/** Forgets a neuron. */
export const forget = (place) => save(bookmarks().filter((kept) => neuronWord(kept) !== neuronWord(place)));
