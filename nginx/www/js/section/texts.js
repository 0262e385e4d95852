// A neuron's maximum activating texts.
import { wholeTexts } from '../api.js';
import { byId, el } from '../dom.js';
import { exact, plural } from '../format.js';
import { read, write } from '../store.js';
import { textCard } from '../text-card.js';
import { focusToken } from '../token-list.js';
import { tokenWord } from '../tokens.js';

/** What the page asks for first; neuroscope has 20 texts a neuron. */
export const SHOWN = { texts: 20, before: 50, after: 10 };

/** Shows the texts; see makeSection() for what it is given and gives. */
export function show({ texts, logit_effects: effects }, { place, range }) {
  if (!texts.length) return null;
  const span = range(texts);
  const load = () => wholeTexts(place);
  const cards = texts.map((text, rank) => textCard(text, rank, texts.length, span, () => toggle([cards[rank]], cards, load)));
  const all = toggleButton('Show whole texts', 'Show snippets', () => toggle(cards, cards, load));
  all.hidden = !cards.some((card) => card.isShort);
  const marks = marksButton();
  foldRepeats(texts, cards);
  return {
    nodes: [el('div', { class: 'texts' }, cards.map((card) => card.node)), effects?.length > 0 && logitEffects(effects)],
    tools: [marks, all], facts: facts(texts), summary: plural(texts.length, 'text'),
    keys: { peak: () => focusToken(cards[0].peak()), all: () => all.click(), marks: () => marks.click() },
  };
}

const facts = (texts) => [
  ['Texts', String(texts.length)],
  ['Highest', exact(Math.max(...texts.map((text) => text.max_activation)))],
  ['Lowest', exact(Math.min(...texts.map((text) => text.min_activation)))],
];

/**
 * Shows some cards' whole texts, or their snippets where all are whole. all: every card of the page, in order.
 * Returns whether they are whole now.
 */
async function toggle(some, all, load) {
  const whole = some.some((card) => card.isShort && !card.isWhole());
  try {
    const texts = whole ? await load() : [];
    keepInView(some.find((card) => card.node.getBoundingClientRect().bottom > 60) ?? some[0], () => {
      for (const card of some) if (card.isShort && card.isWhole() !== whole) card.display(texts[all.indexOf(card)] ?? null);
    });
    return whole;
  } catch (error) {
    some[0].say(`The whole text did not come: ${error.message}. Press the button to try again.`);
    return !whole;
  }
}

/** Changes the page so that a card's maximum stays where the reader sees it. */
function keepInView(card, change) {
  const before = card.peak().getBoundingClientRect().top;
  change();
  scrollBy({ top: card.peak().getBoundingClientRect().top - before, behavior: 'instant' });
}

/** A button with two states; run() does the change and resolves to the new state. */
function toggleButton(off, on, run) {
  const show = (state) => {
    button.setAttribute('aria-pressed', String(state));
    button.textContent = state ? on : off;
  };
  const button = el('button', { type: 'button', class: 'button small', on: { click: async () => show(await run()) } });
  show(false);
  return button;
}

/** The switch for marks of spaces and line ends; the choice stays. */
function marksButton() {
  const apply = (on) => {
    byId('sections').classList.toggle('marks', on);
    button.setAttribute('aria-pressed', String(on));
  };
  const click = () => {
    const on = button.getAttribute('aria-pressed') !== 'true';
    write('marks', on ? 'on' : 'off');
    apply(on);
  };
  const button = el('button', { type: 'button', class: 'button small', text: 'Marks ␣ ↵', on: { click },
    title: 'Show spaces, tabs and line ends' });
  apply(read('marks') !== 'off');
  return button;
}

/** Hides texts that repeat an earlier one behind a button of that one. */
function foldRepeats(texts, cards) {
  const groups = new Map();
  texts.forEach((text, n) => {
    const key = JSON.stringify([text.tokens, text.activations]);
    groups.set(key, [...(groups.get(key) ?? []), cards[n].node]);
  });
  for (const [first, ...repeats] of groups.values()) if (repeats.length) addUnfold(first, repeats);
}

function addUnfold(first, repeats) {
  const hide = (hidden) => {
    repeats.forEach((node) => { node.hidden = hidden; });
    return !hidden;
  };
  const many = plural(repeats.length, 'repeat');
  first.querySelector('.row').append(toggleButton(`Show ${many}`, `Hide ${many}`, () => hide(!repeats[0].hidden)));
  hide(true);
}

function logitEffects(effects) {
  const column = (title, list) => el('div', {}, el('h3', { text: title }),
    el('ol', { class: 'effects' }, list.map(({ token, effect }) => el('li', {},
      tokenWord(token), el('span', { class: 'number', text: exact(effect) })))));
  return el('section', { class: 'logits', 'aria-labelledby': 'logits-title' },
    el('h2', { id: 'logits-title', text: 'Direct logit effect' }),
    el('p', { class: 'muted', text: 'Tokens that the neuron’s output weights make more or less likely.' }),
    el('div', { class: 'two' },
      column('Promotes', effects.filter(({ effect }) => effect >= 0)),
      column('Suppresses', effects.filter(({ effect }) => effect < 0))));
}
