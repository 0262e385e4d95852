// The guides: samples name this server instead of the usual one, and can be copied; answers (samp) stay as they are.
import { copyButton } from './clipboard.js';
import { el } from './dom.js';
import { initShell } from './shell.js';

const USUAL = 'http://localhost:8080';

initShell();
for (const code of document.querySelectorAll('pre > code')) {
  const block = code.parentElement;
  code.textContent = code.textContent.replaceAll(USUAL, location.origin);
  block.tabIndex = 0;
  const sample = el('div', { class: 'sample' });
  block.replaceWith(sample);
  sample.append(block, copyButton('Copy', () => code.textContent));
}
