// What a search found, as lists: every kind says why it is there.
import { neuronBatch } from './api.js';
import { plainTokens } from './card-text.js';
import { el, fill } from './dom.js';
import { brief, plural } from './format.js';
import { neuronLink } from './neuron-link.js';
import { modelPage, neuronWord, searchPage } from './route.js';
import { rangeOf } from './scale.js';
import { tokenWords } from './search-suggest.js';
import { tokenWord } from './tokens.js';

const GLIMPSE = { texts: 1, before: 9, after: 4 };
const WHY = { activating: 'fires on', important: 'needs as context', peak: 'fires most on' };

/** Items of one kind: a list whose rows are filled later with what the neurons do, where the search itself does not say. */
export function resultList(kind, items) {
  const list = el('ol', { class: `found found-${kind}` }, items.map(ROW[kind]));
  if (kind === 'neurons') showGlimpses(list, items);
  return list;
}

const ROW = { models: modelRow, tokens: tokenRow, neurons: neuronRow, explanations: explanationRow, texts: textRow };

function modelRow({ name }) {
  return el('li', {}, el('a', { href: modelPage(name), text: name }));
}

function tokenRow(found) {
  return el('li', {}, el('a', { href: searchPage(found.token) }, tokenWords(found)),
    el('span', { class: 'muted', text: plural(found.num_models, 'model') }));
}

const name = (place) => el('p', { class: 'found-name' }, el('span', { class: 'muted', text: `${place.model} ` }), neuronLink(place));

function neuronRow(found) {
  return el('li', { data: { word: neuronWord(found) } }, name(found), reasons(found),
    el('div', { class: 'found-what' }, el('span', { class: 'skeleton line short' })));
}

/** Which tokens it was found by, how much each matters, and how many others it has. */
function reasons({ matches = [], num_tokens: own }) {
  const parts = matches.map(({ kind, token, importance }) => el('span', { class: 'reason' }, `${WHY[kind] ?? kind} `, tokenWord(token),
    Number.isFinite(importance) && el('span', { class: 'muted', title: kind === 'peak' ? 'Share of its texts' : 'Importance of the token, as Neuron2Graph gives it; 1 is most' }, ` ${kind === 'peak' ? 'share' : 'importance'} `, el('span', { class: 'number', text: brief(importance) }))));
  return el('p', { class: 'reasons' }, parts, own > 0 && el('span', { class: 'muted', text: `it has ${plural(own, 'token')}` }));
}

/** The text with the marked stretches as <mark>. marks: [[from, to], …] in code points. */
export function marked(text, marks) {
  const points = Array.from(text);
  const nodes = [];
  let at = 0;
  for (const [from, to] of marks) {
    nodes.push(points.slice(at, from).join(''), el('mark', { text: points.slice(from, to).join('') }));
    at = to;
  }
  return [...nodes, points.slice(at).join('')];
}

function explanationRow(found) {
  const { explanation, marks, score, source } = found;
  return el('li', {}, name(found), el('p', { dir: 'auto' }, marked(explanation, marks)),
    el('p', { class: 'muted' }, score !== null && el('span', {}, 'score ', el('span', { class: 'number', text: brief(score) }), ', '), `by ${source}`));
}

function textRow(found) {
  return el('li', {}, name(found), el('p', { class: 'found-text', dir: 'auto' }, marked(found.snippet, found.marks)),
    el('p', { class: 'muted', text: found.num_texts > 1 ? `in ${plural(found.num_texts, 'text')}, first in text ${found.text + 1}` : `in text ${found.text + 1}` }));
}

/** One request for all rows: each neuron's explanation and its first snippet. */
async function showGlimpses(list, items) {
  const known = new Map((await neuronBatch(items, 'neuron_explainer,neuroscope', GLIMPSE).catch(() => [])).map((item) => [neuronWord(item), item]));
  for (const row of list.children) {
    const { neuron_explainer: explained, neuroscope } = known.get(row.dataset.word) ?? {};
    const texts = neuroscope?.data?.texts ?? [];
    fill(row.querySelector('.found-what'), explained?.data?.explanation && el('p', { dir: 'auto', text: explained.data.explanation }),
      texts.map((text) => el('div', { class: 'found-strongest' }, el('span', { class: 'muted', text: 'Its strongest text: ' }), plainTokens(text, rangeOf([text])))));
  }
}
