// A text as a short coloured line, without keys and tooltips.
import { el } from './dom.js';
import { tokenSpan } from './tokens.js';

/** The text's tokens. text: {tokens, activations}. range: the value that gets the full colour. */
export function plainTokens(text, range) {
  return el('div', { class: 'tokens snippet', dir: 'ltr' }, text.tokens.map((token, n) => {
    const span = tokenSpan(token, n, text.activations[n], range);
    for (const name of ['role', 'tabindex', 'data-i', 'aria-label']) span.removeAttribute(name);
    return span;
  }));
}
