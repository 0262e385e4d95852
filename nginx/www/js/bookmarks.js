// The neurons that a reader keeps, in lists with names; the first list has none. They stay in this browser.
import { neuronWord, parseWord } from './route.js';
import { read, write } from './store.js';

const [FIRST, NAMED, CHOSEN] = ['bookmarks', 'lists', 'list'];
const MOST = 1000;
const LONGEST_NAME = 60;

/** A name as lists may have it: one line of text, '' when nothing is left of it. */
export const listName = (text) => Array.from(String(text ?? '').replace(/[\p{C}\s]+/gu, ' ').trim()).slice(0, LONGEST_NAME).join('').trim();

function parsed(key) {
  try {
    const value = JSON.parse(read(key) ?? '[]');
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

/** Map from name to the words of neurons, without the first list. */
const named = () => new Map(parsed(NAMED).filter((entry) => Array.isArray(entry) && Array.isArray(entry[1])).map(([name, words]) => [listName(name), words]).filter(([name]) => name));
const saveNamed = (lists) => write(NAMED, JSON.stringify([...lists]));

/** The names of all lists, the first being ''. */
export const listNames = () => ['', ...named().keys()];

/** The name of the list that new neurons go to. */
export function chosenList() {
  const name = read(CHOSEN) ?? '';
  return named().has(name) ? name : '';
}

/** Makes a list the one that new neurons go to. */
export const chooseList = (name) => write(CHOSEN, name);

/** The neurons of a list, the newest last: [{model, layer, neuron}, …]. */
export function bookmarks(name = chosenList()) {
  const words = name === '' ? parsed(FIRST) : named().get(name) ?? [];
  return words.map((word) => parseWord(String(word))).filter(Boolean);
}

/** Makes a list of these neurons, or replaces the one that has the name. */
export function saveList(name, places) {
  const words = places.slice(-MOST).map(neuronWord);
  if (name === '') write(FIRST, JSON.stringify(words));
  else saveNamed(named().set(name, words));
}

/** Gives a list a name that no other has. */
export function renameList(from, to) {
  saveNamed(new Map([...named()].map(([name, words]) => [name === from ? to : name, words])));
  if (read(CHOSEN) === from) chooseList(to);
}

/** Removes a list. */
export const removeList = (name) => saveNamed(new Map([...named()].filter(([other]) => other !== name)));

/** Is this neuron in the chosen list? */
export const isBookmarked = (place) => bookmarks().some((kept) => neuronWord(kept) === neuronWord(place));

/** Adds neurons to the chosen list; those already there stay where they are. */
export function keep(places) {
  const kept = bookmarks();
  const words = new Set(kept.map(neuronWord));
  saveList(chosenList(), [...kept, ...places.filter((place) => !words.has(neuronWord(place)))]);
}

/** Takes a neuron out of the chosen list. */
export const forget = (place) => saveList(chosenList(), bookmarks().filter((kept) => neuronWord(kept) !== neuronWord(place)));
