// Dark and light: follows the system until the reader chooses. Others hear of a change through onTheme.
import { el, fill, icon } from './dom.js';
import { read, write } from './store.js';

const ORDER = ['system', 'light', 'dark'];
const SAID = { system: 'as the system', light: 'light', dark: 'dark' };
const dark = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set();

/** Calls run after every change of colours. */
export function onTheme(run) {
  listeners.add(run);
}

/** [red, green, blue] of a colour that CSS gives an element, as canvases want it. */
export function colourOf(node, variable) {
  const ink = getComputedStyle(node).getPropertyValue(variable).trim();
  return [1, 3, 5].map((at) => parseInt(ink.slice(at, at + 2), 16));
}

/** Makes a button go through the themes. */
export function initTheme(button) {
  const show = () => {
    const theme = current();
    const next = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
    fill(button, icon(`theme-${theme}`), el('span', { class: 'sr-only', text: `Theme: ${SAID[theme]}` }));
    button.title = `Theme: ${SAID[theme]}. Next: ${SAID[next]}`;
  };
  const apply = () => {
    const theme = current();
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    show();
    listeners.forEach((run) => run());
  };
  button.addEventListener('click', () => {
    write('theme', ORDER[(ORDER.indexOf(current()) + 1) % ORDER.length]);
    apply();
  });
  dark.addEventListener('change', apply);
  addEventListener('storage', (event) => event.key === 'theme' && apply());
  show();
}

function current() {
  const theme = read('theme');
  return ORDER.includes(theme) ? theme : 'system';
}
