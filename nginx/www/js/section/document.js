// A JSON document of a service that the pages know nothing about.
import { copyButton } from '../clipboard.js';
import { el } from '../dom.js';

/** Shows the document as it is; see makeSection(). */
export function show(data) {
  const text = JSON.stringify(data, null, 2);
  return { nodes: el('pre', { class: 'document', tabindex: 0, 'aria-label': 'JSON document' }, el('code', { text })), tools: copyButton('Copy', () => text) };
}
