// The page for addresses that lead nowhere.
import { byId } from './dom.js';
import { initShell } from './shell.js';

initShell();
byId('path').textContent = location.pathname;
