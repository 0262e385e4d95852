// A search's result as a file: page after page is asked for, as far as MOST items.
import { answerOf } from './api.js';
import { el } from './dom.js';
import { plural } from './format.js';
import { apiAddress, itemsOf, searchedWords } from './search-query.js';
import { announce } from './shell.js';

const PAGE = 100;
const MOST = 10_000;
const FIRST = ['model', 'layer', 'neuron', 'token'];

/** Buttons that save everything that a query finds. */
export const exportButtons = (query) => [['CSV', 'text/csv', csv], ['NDJSON', 'application/x-ndjson', ndjson]].map(([label, type, write]) => {
  const button = el('button', { type: 'button', class: 'button small', text: label, title: `Save what was found, at most ${plural(MOST, 'item')}` });
  button.addEventListener('click', async () => {
    button.setAttribute('aria-busy', 'true');
    button.disabled = true;
    try {
      const items = await everything(query, (number) => { button.textContent = `${label} ${number}`; });
      save(`${fileName(query)}.${label.toLowerCase()}`, type, write(items));
      announce(`Saved ${plural(items.length, 'item')}`);
      button.textContent = label;
    } catch (error) {
      button.textContent = `${label}: failed`;
      announce(error.message);
    } finally {
      button.removeAttribute('aria-busy');
      button.disabled = false;
    }
  });
  return button;
});

/** Says what was searched: neurons-your.csv. */
function fileName(query) {
  return [query.kind, ...searchedWords(query).match(/[\p{L}\p{N}]+/gu) ?? []].join('-').slice(0, 80);
}

async function everything(query, tell) {
  const items = [];
  let after = null;
  do {
    const page = await answerOf(apiAddress(query, { limit: PAGE, ...(after === null ? {} : { after }) }));
    items.push(...itemsOf(query, page));
    after = page.next;
    tell(items.length);
  } while (after !== null && items.length < MOST);
  return items;
}

const ndjson = (items) => items.map((item) => `${JSON.stringify(item)}\n`).join('');

/** RFC 4180, the neuron first. What is not a number or a text is written as JSON. */
function csv(items) {
  const all = Object.keys(items[0] ?? {});
  const names = [...FIRST.filter((name) => all.includes(name)), ...all.filter((name) => !FIRST.includes(name))];
  const cell = (value) => {
    const text = value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
    return /[",\r\n]/.test(text) || /^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [names, ...items.map((item) => names.map((name) => item[name]))].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function save(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  el('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
