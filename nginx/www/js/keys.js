// Keyboard shortcuts of a page, and the dialog that lists them.
import { byId, el } from './dom.js';

const bindings = [];
// What a page does not bind otherwise.
const common = [
  { key: '/', shown: '/', label: 'Search', run: () => location.assign('/search') },
  { key: '?', shown: '?', label: 'Show these keys', run: openDialog },
];
let dialog = null;

/**
 * Adds shortcuts. Each is {key, shown, label, run}: `key` as KeyboardEvent.key, `shown` as the dialog prints it,
 * `run(event)` may be left out for keys that another module handles (then only listed).
 */
export function bindKeys(list) {
  bindings.push(...list);
}

/** Starts listening; the button opens the dialog as `?` does. */
export function initKeys(button) {
  button.addEventListener('click', openDialog);
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (dialog?.open || isEditable(event.target)) return;
    const binding = all().find((known) => known.run && known.key === event.key);
    if (!binding) return;
    event.preventDefault();
    binding.run(event);
  });
}

const all = () => [...bindings, ...common.filter(({ key }) => !bindings.some((known) => known.key === key))];

function isEditable(node) {
  return node instanceof Element && node.closest('input, select, textarea, [contenteditable]') !== null;
}

function openDialog() {
  dialog ??= makeDialog();
  if (!dialog.open) dialog.showModal();
}

function makeDialog() {
  const rows = all().map(({ shown, label }) => el('div', {},
    el('dt', {}, shown.split(' ').map((key) => el('kbd', { text: key }))), el('dd', { text: label })));
  const made = el('dialog', { class: 'keys', 'aria-labelledby': 'keys-title' },
    el('h2', { id: 'keys-title', text: 'Keys', tabindex: -1, autofocus: true }),
    el('dl', {}, rows),
    el('form', { method: 'dialog' }, el('button', { class: 'button', text: 'Close' })));
  made.addEventListener('click', (event) => event.target === made && made.close());
  document.body.append(made);
  return made;
}

/** Focuses a field and selects what is in it. */
export function focusField(id) {
  const field = byId(id);
  field.focus();
  field.select?.();
}
