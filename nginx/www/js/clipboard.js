// Copy buttons.
import { el, fill, icon } from './dom.js';
import { announce } from './shell.js';

/** A button that copies what text() gives and says so. */
export function copyButton(label, text) {
  const button = el('button', { type: 'button', class: 'button copy' });
  const rest = () => fill(button, icon('copy'), label);
  button.addEventListener('click', async () => {
    const done = await copy(text());
    announce(done ? 'Copied' : 'Copying is not allowed here');
    fill(button, icon(done ? 'done' : 'copy'), done ? 'Copied' : 'Select and copy by hand');
    button.addEventListener('blur', rest, { once: true });
    setTimeout(rest, 2000);
  });
  rest();
  return button;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** navigator.clipboard is only there on https and localhost. */
function copyBySelection(text) {
  const field = el('textarea', { class: 'sr-only', 'aria-hidden': 'true' });
  const before = document.activeElement;
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  before?.focus();
  return done;
}

/** A shell command or other code with its copy button. */
export function command(text) {
  return el('div', { class: 'command' }, el('code', { text }), copyButton('Copy', () => text));
}
