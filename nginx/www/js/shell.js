// What every page has: theme switch, keys, and a line that screen readers hear.
import { byId } from './dom.js';
import { initKeys } from './keys.js';
import { initTheme } from './theme.js';

/** Starts the parts that all pages share. */
export function initShell() {
  initTheme(byId('theme-button'));
  initKeys(byId('keys-button'));
}

/** Says something to screen readers without moving the focus. */
export function announce(text) {
  byId('announce').textContent = text;
}
