// The search page. Its address is the query: every change of a field is a change of the address.
import { answerOf, listModels } from './api.js';
import { copyButton } from './clipboard.js';
import { byId, el, fill } from './dom.js';
import { plural } from './format.js';
import { initHoverCard } from './hover-card.js';
import { bindKeys, focusField } from './keys.js';
import { listPage, neuronPage } from './route.js';
import { initSearchBox } from './search-box.js';
import { exportButtons } from './search-export.js';
import { apiAddress, itemsOf, MATCHES, pageAddress, readQuery, RELATIONS, searchedWords, TOKEN_KINDS } from './search-query.js';
import { resultList } from './search-results.js';
import { suggestAll, suggestTokens, tokenFor } from './search-suggest.js';
import { announce, initShell } from './shell.js';
import { errorPanel } from './states.js';
import { spelled, tokenWord } from './tokens.js';

const PAGE = 20;
const GROUPS = [['neurons', 'Neurons'], ['models', 'Models'], ['tokens', 'Tokens'], ['explanations', 'Explanations'], ['texts', 'Texts']];
const FEW = 5;
const HINTS = {
  all: 'A neuron (gpt2-xl 5/2332), a model, a token, or words of an explanation',
  neurons: 'Add a token, with its blank when it has one',
  texts: 'Words near the strongest activation of a neuron’s texts',
  explanations: 'Words of explanations',
  tokens: 'The beginning of a token',
};
const EMPTY = {
  neurons: ['No neuron has these tokens', 'Tokens differ in case and in the blank before them: “he”, “ he” and “ He” are three. Tokens shows which there are.'],
  texts: ['No text has these words near its maximum', 'Only words near the strongest activation are looked at. Neurons by token looks at everything a neuron fires on.'],
  explanations: ['No explanation has these words', 'Match words that are spelt alike, or words that go on.'],
  tokens: ['No such token', 'Match tokens that contain it, or that are spelt alike.'],
  all: ['Nothing found', 'Try fewer words, or choose what to search.'],
};
let query = readQuery(location.search);
let turn = 0;

/** Changes the query, the address and what is shown. */
function change(what) {
  query = { ...query, ...what };
  const address = pageAddress(query);
  if (address !== location.pathname + location.search) history.pushState(null, '', address);
  return show();
}

function show() {
  showForm();
  return showResults();
}

function showForm() {
  const { kind, q, terms, models, layer, match, minScore } = query;
  const tab = byId(`kind-${kind}`);
  tab.checked = true;
  // On a phone the tabs are wider than the page.
  byId('kinds').scrollLeft = tab.parentElement.offsetLeft - byId('kinds').offsetLeft - 40;
  byId('search').value = kind === 'neurons' ? '' : q;
  byId('search').placeholder = HINTS[kind];
  byId('submit').textContent = kind === 'neurons' ? 'Add' : 'Search';
  fill(byId('terms'), kind === 'neurons' && terms.map(termRow));
  fill(byId('match'), (MATCHES[kind] ?? []).map(([value, label]) => el('option', { value, text: label })));
  byId('match').value = match || MATCHES[kind]?.[0][0] || '';
  byId('model').value = models[0] ?? '';
  byId('layer').value = layer;
  byId('min-score').value = minScore;
  const shown = { 'match-field': kind in MATCHES, 'model-field': kind !== 'all', 'layer-field': kind === 'neurons', 'score-field': kind === 'explanations' };
  for (const [id, isShown] of Object.entries(shown)) byId(id).hidden = !isShown;
  byId('filters').hidden = kind === 'all';
}

/** One token of a search for neurons, with how it stands to the others, what it must be to the neuron, and a way out. */
function termRow(term, n) {
  const put = (what) => change({ terms: query.terms.map((other, m) => (m === n ? { ...term, ...what } : other)) });
  const choice = (label, list, value, run) => el('select', { 'aria-label': label, on: { change: ({ target }) => run(target.value) } },
    list.map(([name, text]) => el('option', { value: name, text, selected: name === value })));
  const word = spelled(term.token);
  return el('li', {},
    n > 0 ? choice(`How ${word} stands to those before`, RELATIONS, term.relation, (relation) => put({ relation })) : el('span', { class: 'muted', text: 'Neurons that' }),
    choice(`What ${word} is to the neuron`, TOKEN_KINDS, term.kind, (kind) => put({ kind })),
    tokenWord(term.token),
    el('button', { type: 'button', class: 'button small', text: 'Remove', 'aria-label': `Remove ${word}`, on: { click: () => remove(n) } }));
}

function remove(n) {
  const terms = query.terms.filter((_, m) => m !== n);
  if (terms[0]) terms[0] = { ...terms[0], relation: 'token' };
  change({ terms });
  focusField('search');
}

function addTerm(token) {
  change({ kind: 'neurons', terms: [...query.terms, { relation: 'token', kind: 'any', token }] });
  focusField('search');
}

async function showResults() {
  const mine = ++turn;
  const asked = query;
  const address = apiAddress(asked, asked.kind === 'all' ? {} : { limit: PAGE });
  document.title = `${titleOf(asked)} · DeepDecipher`;
  byId('deeds').replaceChildren();
  byId('count').textContent = '';
  byId('more').hidden = true;
  if (!address) return fill(byId('results'), el('p', { class: 'muted', text: asked.kind === 'neurons' ? 'Add a token: type it above and choose it from the list.' : '' })).removeAttribute('aria-busy');
  byId('results').setAttribute('aria-busy', 'true');
  try {
    const [answer, texts] = await Promise.all([answerOf(address), asked.kind === 'all' ? fewTexts(asked) : null]);
    if (mine !== turn) return undefined;
    return asked.kind === 'all' ? showGroups(asked, { ...answer, texts }) : showList(asked, answer);
  } catch (error) {
    if (mine !== turn) return undefined;
    return fill(byId('results'), errorPanel(error, show));
  } finally {
    if (mine === turn) byId('results').removeAttribute('aria-busy');
  }
}

/** Too many to rank is no fault of a search for everything: it then has no texts. */
const fewTexts = (asked) => answerOf(apiAddress({ ...asked, kind: 'texts', match: '' }, { limit: FEW })).then(({ neurons }) => neurons, () => []);

function titleOf({ kind, q, terms }) {
  const words = kind === 'neurons' ? terms.map(({ token }) => spelled(token)).join(', ') : q && `“${q}”`;
  return words ? `${words} · Search` : 'Search';
}

/** A few of each kind, each with a way to all of it. */
function showGroups(asked, answer) {
  const groups = GROUPS.filter(([kind]) => answer[kind].length);
  if (!groups.length) return showNothing('all');
  // What names one neuron and nothing else leads to it.
  const [place] = answer.neurons;
  if (answer.neurons.length === 1 && groups.length === 1) return location.replace(neuronPage(place.model, place.layer, place.neuron));
  fill(byId('results'), groups.map(([kind, title]) => el('section', { 'aria-label': title },
    el('div', { class: 'section-head' }, el('h2', { text: title }), kind in MATCHES && el('a', { class: 'button small', href: pageAddress({ ...asked, kind, match: kind === 'explanations' ? 'prefix' : '' }), text: `All ${title.toLowerCase()}` })),
    resultList(kind, answer[kind]))));
  return announce(groups.map(([kind, title]) => `${answer[kind].length} ${title}`).join(', '));
}

function showList(asked, answer) {
  const items = itemsOf(asked, answer);
  if (!items.length) return showNothing(asked.kind);
  const list = el('div', {}, resultList(asked.kind, items));
  const places = items.filter(({ neuron }) => neuron !== undefined);
  fill(byId('results'), list);
  fill(byId('deeds'), copyButton('Copy API URL', () => new URL(apiAddress(asked), location.href).href), exportButtons(asked),
    places.length > 0 && el('a', { class: 'button small', href: listPage(places, searchedWords(asked)), text: 'Open as a list' }));
  return pageOn(asked, list, answer.next, items.length);
}

/** Says how many are shown, and offers the page that follows. */
function pageOn(asked, list, next, number) {
  const mine = turn;
  const noun = asked.kind === 'texts' ? 'neuron' : asked.kind.slice(0, -1);
  byId('count').textContent = next === null ? plural(number, noun) : `The first ${plural(number, noun)}`;
  byId('more').hidden = next === null;
  byId('more').onclick = async () => {
    byId('more').setAttribute('aria-busy', 'true');
    try {
      const answer = await answerOf(apiAddress(asked, { limit: PAGE, after: next }));
      if (mine !== turn) return;
      const items = itemsOf(asked, answer);
      const rows = resultList(asked.kind, items);
      list.append(rows);
      rows.querySelector('a')?.focus({ preventScroll: true });
      pageOn(asked, list, answer.next, number + items.length);
    } catch (error) {
      if (mine === turn) list.append(errorPanel(error, null));
    } finally {
      byId('more').removeAttribute('aria-busy');
    }
  };
}

function showNothing(kind) {
  const [heading, advice] = EMPTY[kind];
  fill(byId('results'), el('section', { class: 'state missing' }, el('h2', { text: heading }), el('p', { text: advice })));
  announce('Nothing found');
}

async function submit(event) {
  event.preventDefault();
  const text = byId('search').value;
  if (query.kind !== 'neurons') return change({ q: text });
  return text ? addTerm(await tokenFor(text, query.models)) : undefined;
}

function initForm() {
  byId('kinds').addEventListener('change', ({ target }) => changeKind(target.value));
  initSearchBox(byId('search'),
    (text) => (!text ? null : query.kind === 'neurons' ? suggestTokens(text, query.models) : query.kind === 'all' ? suggestAll(text) : null),
    ({ token, href }) => (token === undefined ? location.assign(href) : addTerm(token)));
  byId('search-form').addEventListener('submit', submit);
  byId('match').addEventListener('change', ({ target }) => change({ match: target.value }));
  byId('model').addEventListener('change', ({ target }) => change({ models: target.value ? [target.value] : [] }));
  byId('layer').addEventListener('change', ({ target }) => change({ layer: target.value.trim() }));
  byId('min-score').addEventListener('change', ({ target }) => change({ minScore: target.value }));
  listModels().then((models) => {
    byId('model').append(...models.map(({ name }) => el('option', { value: name, text: name })));
    byId('model').value = query.models[0] ?? '';
  }, () => {});
}

/** What was typed goes along to the other kind; as a token it still has to be chosen. */
function changeKind(kind) {
  const typed = byId('search').value || query.q;
  change({ kind, match: '', q: typed });
  if (kind === 'neurons' && typed) {
    byId('search').value = typed;
    focusField('search');
    byId('search').dispatchEvent(new Event('input'));
  }
}

initShell();
initHoverCard(byId('main'));
bindKeys([{ key: '/', shown: '/', label: 'Search', run: () => focusField('search') }]);
initForm();
addEventListener('popstate', () => {
  query = readQuery(location.search);
  show();
});
show();
if (!apiAddress(query)) byId('search').focus();
