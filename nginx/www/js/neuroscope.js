// The section of a neuron's page that shows its maximum activating texts.
import { neuronPath, wholeTexts } from './api.js';
import { byId, el, fill } from './dom.js';
import { exact, plural } from './format.js';
import { rangeOf, showScale } from './scale.js';
import { read, write } from './store.js';
import { textCard } from './text-card.js';
import { watchTokens } from './token-list.js';
import { pieces } from './tokens.js';

/** What the page asks for first; neuroscope has 20 texts a neuron. */
export const SHOWN = { texts: 20, before: 50, after: 10 };

/**
 * The section's nodes. data: the service's answer for the neuron. where: {model, layer, neuron}.
 * Returns {node, facts, keys: {peak, all, marks}}.
 */
export function neuroscopeSection(data, where) {
  const texts = data.texts ?? [];
  const range = rangeOf(texts);
  const cards = texts.map((text, rank) => textCard(text, rank, range, () => wholeText(where, rank)));
  const all = allButton(cards);
  const marks = marksButton();
  const list = el('div', { class: 'texts' }, foldRepeats(texts, cards));
  const node = el('section', { class: 'neuroscope', 'aria-labelledby': 'texts-title' },
    el('div', { class: 'section-head' },
      el('h2', { id: 'texts-title', text: 'Maximum activating texts' }),
      el('div', { class: 'row' }, marks, all)),
    el('div', { id: 'scale', class: 'scale' }), list,
    data.logit_effects?.length ? logitEffects(data.logit_effects) : null);
  const start = () => {
    const needle = showScale(range);
    watchTokens(list, needle);
  };
  const keys = { peak: () => cards[0]?.toPeak(), all: () => all.click(), marks: () => marks.click() };
  return { node, start, keys, facts: facts(texts) };
}

async function wholeText({ model, layer, neuron }, rank) {
  return (await wholeTexts(model, layer, neuron))[rank];
}

function facts(texts) {
  const highest = Math.max(...texts.map((text) => text.max_activation));
  const lowest = Math.min(...texts.map((text) => text.min_activation));
  return texts.length ? [['Texts', String(texts.length)], ['Highest', exact(highest)], ['Lowest', exact(lowest)]] : [];
}

function allButton(cards) {
  const button = el('button', { type: 'button', class: 'button small', text: 'Show whole texts' });
  button.hidden = cards.every((card) => card.isWhole());
  button.addEventListener('click', async () => {
    const whole = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(whole));
    button.textContent = whole ? 'Show snippets' : 'Show whole texts';
    await Promise.all(cards.map((card) => card.expand(whole)));
  });
  return button;
}

/** The switch for marks of spaces and line ends; the choice stays. */
function marksButton() {
  const button = el('button', { type: 'button', class: 'button small', text: 'Marks ␣ ↵' });
  button.title = 'Show spaces, tabs and line ends';
  const apply = (on) => {
    button.setAttribute('aria-pressed', String(on));
    byId('sections').classList.toggle('marks', on);
  };
  button.addEventListener('click', () => {
    const on = button.getAttribute('aria-pressed') !== 'true';
    write('marks', on ? 'on' : 'off');
    apply(on);
  });
  apply(read('marks') !== 'off');
  return button;
}

/** Cards in order, texts that repeat an earlier one hidden behind a button of that one. */
function foldRepeats(texts, cards) {
  const firsts = new Map();
  texts.forEach((text, n) => {
    const key = JSON.stringify([text.tokens, text.activations]);
    if (firsts.has(key)) firsts.get(key).push(cards[n].node);
    else firsts.set(key, [cards[n].node]);
  });
  for (const [first, ...repeats] of firsts.values()) if (repeats.length) addUnfold(first, repeats);
  return cards.map((card) => card.node);
}

function addUnfold(first, repeats) {
  const label = (open) => `${open ? 'Hide' : 'Show'} ${plural(repeats.length, 'repeat')}`;
  const button = el('button', { type: 'button', class: 'button small', text: label(false), 'aria-expanded': 'false' });
  repeats.forEach((node) => { node.hidden = true; });
  button.addEventListener('click', () => {
    const open = button.getAttribute('aria-expanded') !== 'true';
    button.setAttribute('aria-expanded', String(open));
    button.textContent = label(open);
    repeats.forEach((node) => { node.hidden = !open; });
  });
  first.querySelector('.row').append(button);
}

function logitEffects(effects) {
  const column = (title, list) => el('div', {},
    el('h3', { text: title }),
    el('ol', { class: 'effects' }, list.map(({ token, effect }) => el('li', {},
      el('span', { class: 'tok plain' }, pieces(token)), el('span', { class: 'number', text: exact(effect) })))));
  return el('section', { class: 'logits', 'aria-labelledby': 'logits-title' },
    el('h2', { id: 'logits-title', text: 'Direct logit effect' }),
    el('p', { class: 'muted', text: 'Tokens that the neuron’s output weights make more or less likely.' }),
    el('div', { class: 'two' },
      column('Promotes', effects.filter(({ effect }) => effect >= 0)),
      column('Suppresses', effects.filter(({ effect }) => effect < 0))));
}

/** Links to the data behind the section. */
export function neuroscopeLinks({ model, layer, neuron }) {
  return [['Whole texts as JSON', neuronPath(model, 'neuroscope', layer, neuron)]];
}
