// What a page shows when there is nothing to show: errors, waiting, and data that is not stored.
import { command } from './clipboard.js';
import { el } from './dom.js';
import { shellWord } from './format.js';

const LONGEST_WAIT_S = 120;
const KNOWN = {
  404: ['Not here', 'The server does not have this.'],
  429: ['Too many requests', 'This address asked for more than the server gives to one reader. Wait a moment.'],
  503: ['The database is away', 'The server runs, but its database does not answer. It recovers by itself.'],
};
const KINDS = {
  pending: ['On its way', 'The server has asked the source for it. This page looks again by itself.'],
  network: ['No answer', 'The server could not be reached. Check that it runs and that this device is online.'],
  timeout: ['No answer in time', 'The server took more than a minute. It may be busy; try again.'],
  broken: ['Not understood', 'The server answered with something that is not JSON. A proxy may stand in between.'],
};

/** Words for an ApiError: [heading, what to do]. */
function explain(error) {
  if (KINDS[error.kind]) return KINDS[error.kind];
  const known = KNOWN[error.status];
  if (known) return known;
  if (error.status >= 500) return ['The server failed', 'Try again; the server’s log knows more.'];
  return [error.title || 'Refused', 'The server did not accept the request.'];
}

/**
 * A panel for a failed request. error: ApiError, or any Error (a fault of this page).
 * retry: called by the button, and once by itself after Retry-After. extra: nodes that say more.
 */
export function errorPanel(error, retry, extra = []) {
  const [heading, advice] = error.kind ? explain(error) : ['This page failed', String(error)];
  const wait = error.kind && retryable(error) ? waiter(error.retryAfter, retry) : null;
  return el('section', { class: 'state', data: { status: String(error.status ?? '') } },
    el('div', { role: 'alert' },
      error.status ? el('p', { class: 'state-code', text: `HTTP ${error.status}` }) : null,
      el('h2', { text: heading }),
      el('p', { text: advice }),
      error.detail ? el('p', { class: 'state-detail', text: error.detail }) : null),
    extra,
    el('div', { class: 'row' },
      retry ? el('button', { type: 'button', class: 'button primary', text: 'Try again', on: { click: retry } }) : null,
      error.path ? el('a', { class: 'button', href: error.path, text: 'Open the API’s answer' }) : null,
      wait));
}

function retryable(error) {
  return error.retryAfter !== null && error.retryAfter <= LONGEST_WAIT_S && [202, 429, 503].includes(error.status);
}

/** Counts down and retries, unless the panel has been taken away meanwhile. */
function waiter(seconds, retry) {
  let left = Math.max(1, seconds);
  const line = el('span', { class: 'muted' });
  const show = () => { line.textContent = `Tries again in ${left} s`; };
  const timer = setInterval(() => {
    left -= 1;
    if (!line.isConnected) return clearInterval(timer);
    if (left > 0) return show();
    clearInterval(timer);
    return retry();
  }, 1000);
  show();
  return line;
}

/** The command that fetches a model, or one neuron of it. */
export function fetchCommand(model, layer, neuron) {
  const one = layer === undefined ? '' : ` --layers ${layer} --neurons ${neuron}`;
  return `deepdecipher-ingest neuroscope ${shellWord(model)}${one}`;
}

/** A line for one part of a page that has no data, with the command that gets it. */
export const absent = (text, commandText) =>
  el('div', { class: 'absent' }, el('p', { class: 'muted', text }), commandText && command(commandText));

/** What to do about a model that is not there. */
export const unknownModel = (model) => [
  el('p', {}, 'See ', el('a', { href: '/viz', text: 'the models that are here' }), ', or fetch this one:'),
  command(fetchCommand(model)),
];

/** A model's services as tags; metadata, which all have, is left out. */
export function serviceTags({ available_services: all }) {
  const data = all.filter((name) => name !== 'metadata');
  return el('span', {}, data.length ? data.map((name) => el('span', { class: 'tag', text: name })) : 'numbers only');
}

/** A panel for data that is not stored, with the commands that fetch it. */
export function missingPanel(heading, text, commands) {
  return el('section', { class: 'state missing' },
    el('h2', { text: heading }), el('p', { text }), commands.map(command));
}
