// A text's tokens as one stop of the Tab key: arrows move inside it, and one tooltip shows the exact value.
import { byId, el, fill } from './dom.js';
import { exact } from './format.js';
import { spelled, tokenSpan } from './tokens.js';

const lists = new WeakMap();

/**
 * The element that shows a text. text: {tokens, activations, first_token_index?, num_tokens?,
 * max_activating_token_index} as the API gives it. label: its name for screen readers.
 */
export function tokenList(text, range, label) {
  const first = text.first_token_index ?? 0;
  const total = text.num_tokens ?? text.tokens.length;
  const spans = text.tokens.map((token, n) => tokenSpan(token, first + n, text.activations[n], range));
  const list = el('div', {
    class: `tokens${text.tokens.length < total ? ' snippet' : ''}`, role: 'listbox', 'aria-label': label,
    'aria-orientation': 'horizontal', dir: 'ltr',
  }, spans);
  lists.set(list, { text, first, total });
  const peak = spans[text.max_activating_token_index - first] ?? spans[0];
  peak?.classList.add('peak');
  if (peak) peak.tabIndex = 0;
  return list;
}

/** The span of a token by its place in the whole text, or null. */
export const tokenAt = (list, place) => list.children[place - lists.get(list).first] ?? null;

/** The span with the maximum. */
export const peakOf = (list) => list.querySelector('.peak');

/** Focuses a token and makes it the list's stop of the Tab key. */
export function focusToken(span, options) {
  const list = span.parentElement;
  list.querySelector('[tabindex="0"]')?.setAttribute('tabindex', '-1');
  span.tabIndex = 0;
  span.setAttribute('aria-label', sentence(facts(span)));
  span.focus(options);
}

/** Where a token stands and what it is. */
function facts(span) {
  const { text, first, total } = lists.get(span.parentElement);
  const place = Number(span.dataset.i);
  return { token: text.tokens[place - first], value: text.activations[place - first], place, total };
}

const sentence = ({ token, value, place, total }) => `${spelled(token)}, ${exact(value)}, token ${place} of ${total}`;

/**
 * Makes all token lists inside root, now and later, answer to pointer, focus, tap and keys. Once a page.
 * onValue(value or null): told what the tooltip shows.
 */
export function watchTokens(root, onValue) {
  const tip = makeTip(onValue);
  const token = (event) => (event.target instanceof Element ? event.target.closest('.tok[data-i]') : null);
  const rest = () => tip.show(root.contains(document.activeElement) ? document.activeElement.closest('.tok[data-i]') : null);
  root.addEventListener('pointerover', (event) => (token(event) ? tip.show(token(event)) : rest()));
  root.addEventListener('pointerleave', rest);
  root.addEventListener('focusin', (event) => {
    const span = token(event);
    if (span) span.setAttribute('aria-label', sentence(facts(span)));
    tip.show(span);
  });
  root.addEventListener('focusout', () => tip.show(null));
  root.addEventListener('click', (event) => token(event) && focusToken(token(event), { preventScroll: true }));
  root.addEventListener('keydown', (event) => token(event) && steer(event, token(event), tip));
  return { hide: () => tip.show(null) };
}

function steer(event, span, tip) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape') return tip.show(null);
  const target = destination(event.key, span);
  if (target === undefined) return;
  event.preventDefault();
  if (target) focusToken(target);
}

/** The token a key leads to; null at an end; undefined when the key is not ours. */
function destination(key, span) {
  switch (key) {
    case 'ArrowRight': return span.nextElementSibling;
    case 'ArrowLeft': return span.previousElementSibling;
    case 'ArrowDown': return otherLine(span, (node) => node.nextElementSibling);
    case 'ArrowUp': return otherLine(span, (node) => node.previousElementSibling);
    case 'Home': return span.parentElement.firstElementChild;
    case 'End': return span.parentElement.lastElementChild;
    case 'Enter': case ' ': return peakOf(span.parentElement);
    default: return undefined;
  }
}

const box = (span) => span.getClientRects()[0] ?? span.getBoundingClientRect();

/** The nearest token on the next line in the direction of step. */
function otherLine(span, step) {
  const from = box(span);
  let best = null;
  let line = null;
  for (let node = step(span); node; node = step(node)) {
    const here = box(node);
    if (Math.abs(here.top - from.top) < 4) continue;
    line ??= here.top;
    if (Math.abs(here.top - line) >= 4) break;
    const away = Math.abs(here.left - from.left);
    if (!best || away <= best.away) best = { node, away };
  }
  return best?.node ?? null;
}

/** The one tooltip of the page. */
function makeTip(onValue) {
  const tip = byId('tip');
  const value = el('b', { class: 'tip-value' });
  const token = el('span', { class: 'tip-token', dir: 'ltr' });
  const place = el('span', { class: 'tip-place' });
  let shown = null;
  fill(tip, value, token, place);
  const show = (span) => {
    if (span === shown) return;
    shown?.classList.remove('shown');
    shown = span;
    tip.hidden = !span;
    if (!span) return onValue(null);
    span.classList.add('shown');
    const about = facts(span);
    value.textContent = exact(about.value);
    token.textContent = spelled(about.token);
    place.textContent = `token ${about.place} of ${about.total}`;
    moveTip(tip, box(span));
    return onValue(about.value);
  };
  return { show };
}

function moveTip(tip, target) {
  const gap = 8;
  const edge = document.documentElement.clientWidth - tip.offsetWidth - gap;
  const left = Math.max(gap, Math.min(target.left + target.width / 2 - tip.offsetWidth / 2, edge));
  const ceiling = byId('scale').getBoundingClientRect().bottom;
  const above = target.top - tip.offsetHeight - gap;
  const top = above > Math.max(0, ceiling) ? above : target.bottom + gap;
  tip.style.setProperty('left', `${left + scrollX}px`);
  tip.style.setProperty('top', `${top + scrollY}px`);
}
