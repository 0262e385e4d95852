// What the search page is asked: read from its address and written to it, and to the API's, which takes the same words.

// Kinds of search, as search.html offers them. `all` is the API's search of everything, a few of each.
const KINDS = ['all', 'neurons', 'texts', 'explanations', 'tokens'];

/** How q may be matched, by kind: [value, its name], the first being what the API takes when nothing is said. */
export const MATCHES = {
  tokens: [['prefix', 'begin with it'], ['exact', 'are it exactly'], ['substring', 'contain it'], ['fuzzy', 'are spelt alike']],
  texts: [['word', 'have all its words'], ['phrase', 'have it as a phrase'], ['prefix', 'the last word may go on']],
  explanations: [['word', 'have all its words'], ['phrase', 'have it as a phrase'], ['prefix', 'the last word may go on'], ['fuzzy', 'are spelt alike']],
};

/** In which way a token may matter to a neuron: [value, its name]. */
export const TOKEN_KINDS = [
  ['any', 'respond to'], ['activating', 'fire on'], ['important', 'need as context'], ['peak', 'fire most on'],
];

/** What a search is for, as one line: its tokens or its words. */
export const searchedWords = ({ kind, q, terms }) => (kind === 'neurons' ? terms.map(({ token }) => token.trim()).join(' ') : q);

/** How a token of a search stands to those before it: [parameter, its name]. */
export const RELATIONS = [['token', 'and'], ['or', 'or'], ['not', 'but not']];

/** Nothing asked yet. terms: [{relation, kind, token}, …] of a search for neurons, in the order of the address. */
export const emptyQuery = () => ({ kind: 'all', q: '', terms: [], models: [], layer: '', match: '', minScore: '' });

/** The query of a page's address. Words that it does not know are left out. */
export function readQuery(search) {
  const found = emptyQuery();
  const known = (list, value) => list?.some(([name]) => name === value);
  for (const [name, value] of new URLSearchParams(search)) {
    if (name === 'q') found.q = value;
    else if (name === 'kind' && KINDS.includes(value)) found.kind = value;
    else if (name === 'model') found.models.push(value);
    else if (name === 'layer') found.layer = value;
    else if (name === 'match') found.match = value;
    else if (name === 'min_score') found.minScore = value;
    else if (name === 'peak') found.terms.push({ relation: 'token', kind: 'peak', token: value });
    else if (known(RELATIONS, name)) found.terms.push(readTerm(name, value));
  }
  found.terms = found.terms.filter(({ kind }) => known(TOKEN_KINDS, kind));
  if (found.terms.length) found.kind = 'neurons';
  if (!known(MATCHES[found.kind], found.match)) found.match = '';
  return found;
}

function readTerm(relation, value) {
  const colon = value.indexOf(':');
  return { relation, kind: value.slice(0, Math.max(0, colon)), token: value.slice(colon + 1) };
}

/** The parameters that a kind of search takes, as the API names them. */
function parameters({ kind, q, terms, models, layer, match, minScore }) {
  const said = [];
  if (kind === 'neurons') said.push(...terms.map((term) => [term.relation, `${term.kind}:${term.token}`]));
  else if (q) said.push(['q', q]);
  if (match && match !== MATCHES[kind]?.[0][0]) said.push(['match', match]);
  if (kind === 'explanations' && minScore !== '') said.push(['min_score', minScore]);
  if (kind !== 'all') said.push(...models.map((model) => ['model', model]));
  if (kind === 'neurons') said.push(...(layer.match(/\d+(-\d+)?/g) ?? []).map((layers) => ['layer', layers]));
  return said;
}

// %20 rather than +, so that an address that is copied shows a token's blank to everybody.
const written = (pairs) => pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');

/** Address of the page for a query. */
export function pageAddress(query) {
  const pairs = parameters(query);
  const isTold = query.kind === 'all' || (query.kind === 'neurons' && query.terms.length);
  const said = isTold ? pairs : [['kind', query.kind], ...pairs];
  return said.length ? `/search?${written(said)}` : '/search';
}

/** The name of a kind's items in the API's answer: texts are shown by the neurons that have them. */
export const itemsOf = ({ kind }, answer) => answer[kind === 'texts' ? 'neurons' : kind];

/** Address of what the API finds; null where nothing is asked yet. page: {limit, after}, each may be left out. */
export function apiAddress(query, page = {}) {
  if (query.kind === 'neurons' ? !query.terms.some(({ relation }) => relation === 'token') : !query.q) return null;
  const place = query.kind === 'all' ? '/api/search' : `/api/search/${query.kind}`;
  return `${place}?${written([...parameters(query), ...Object.entries(page)])}`;
}
