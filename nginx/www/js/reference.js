// The API reference, made from the API's own description.
import { openApi } from './api.js';
import { byId, el, fill } from './dom.js';
import { count } from './format.js';
import { bindKeys, focusField } from './keys.js';
import { operationsOf } from './openapi.js';
import { entry } from './reference-entry.js';
import { initShell } from './shell.js';
import { errorPanel } from './states.js';

let entries = [];

async function load() {
  byId('entries').setAttribute('aria-busy', 'true');
  try {
    const openapi = await openApi();
    const operations = operationsOf(openapi);
    entries = operations.map((operation) => ({ ...operation, node: entry(openapi, operation), words: wordsOf(operation) }));
    fill(byId('failure'));
    fill(byId('entries'), groups());
    filter();
    openNamed();
  } catch (error) {
    fill(byId('entries'));
    fill(byId('failure'), errorPanel(error, load));
  } finally {
    byId('entries').removeAttribute('aria-busy');
  }
}

const wordsOf = ({ method, path, summary, group, parameters }) =>
  [method, path, summary, group, ...parameters.map(({ name }) => name)].join(' ').toLowerCase();

function groups() {
  const names = [...new Set(entries.map(({ group }) => group))];
  return names.map((name) => el('section', { class: 'group', 'aria-label': name },
    el('h2', { text: name[0].toUpperCase() + name.slice(1) }), entries.filter(({ group }) => group === name).map(({ node }) => node)));
}

/** Shows the entries that hold every word of the filter. */
function filter() {
  const wanted = byId('filter').value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const { node, words } of entries) node.hidden = !wanted.every((word) => words.includes(word));
  for (const group of document.querySelectorAll('.group')) group.hidden = !group.querySelector('.entry:not([hidden])');
  const shown = entries.filter(({ node }) => !node.hidden).length;
  byId('count').textContent = shown ? `${count(shown)} address${shown === 1 ? '' : 'es'}` : 'No address fits this filter';
}

/** Opens the entry that the address names. */
function openNamed() {
  const named = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!(named instanceof HTMLDetailsElement)) return;
  named.open = true;
  named.scrollIntoView();
}

initShell();
bindKeys([{ key: '/', shown: '/', label: 'Filter the addresses', run: () => focusField('filter') }]);
byId('filter').addEventListener('input', filter);
addEventListener('hashchange', openNamed);
load();
