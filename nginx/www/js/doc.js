// The guide: samples name this server instead of the usual one, and can be copied.
import { copyButton } from './clipboard.js';
import { el } from './dom.js';
import { initShell } from './shell.js';

const USUAL = 'http://localhost:8080';

initShell();
for (const block of document.querySelectorAll('pre')) {
  const code = block.querySelector('code');
  code.textContent = code.textContent.replaceAll(USUAL, location.origin);
  block.tabIndex = 0;
  const sample = el('div', { class: 'sample' });
  block.replaceWith(sample);
  sample.append(block, copyButton('Copy', () => code.textContent));
}
