// A card with what a neuron does, beside a link to it that is pointed at or has the focus.
import { servicePart, shownQuery } from './api.js';
import { plainTokens } from './card-text.js';
import { byId, el, fill } from './dom.js';
import { brief } from './format.js';
import { rangeOf } from './scale.js';

const REST_MS = 120;
const GLIMPSE = shownQuery({ texts: 1, before: 9, after: 4 });

/** Gives the links made by neuron-link.js inside root a card. Once a page. */
export function initHoverCard(root) {
  const card = byId('card');
  let shown = null;
  let timer = 0;
  const hide = () => {
    clearTimeout(timer);
    shown?.removeAttribute('aria-describedby');
    shown = null;
    card.hidden = true;
  };
  const show = (link) => {
    if (link === shown) return;
    hide();
    shown = link;
    timer = setTimeout(() => open(card, link, () => shown === link), REST_MS);
  };
  const linkOf = ({ target }) => (target instanceof Element ? target.closest('.neuron-link') : null);
  root.addEventListener('pointerover', (event) => {
    if (event.pointerType === 'touch') return;
    const link = linkOf(event);
    if (link) show(link);
    else if (shown && shown !== document.activeElement) hide();
  });
  root.addEventListener('pointerleave', (event) => !card.contains(event.relatedTarget) && hide());
  card.addEventListener('pointerleave', hide);
  root.addEventListener('focusin', (event) => (linkOf(event)?.matches(':focus-visible') ? show(linkOf(event)) : hide()));
  root.addEventListener('focusout', hide);
  document.addEventListener('keydown', ({ key }) => key === 'Escape' && hide());
  addEventListener('popstate', hide);
  return hide;
}

async function open(card, link, isWanted) {
  const place = { ...link.dataset };
  const [explained, texts] = await Promise.allSettled([
    servicePart(place, 'neuron_explainer'), servicePart(place, 'neuroscope', GLIMPSE),
  ]);
  if (!isWanted() || !link.isConnected) return;
  fill(card, el('p', { class: 'card-name', text: `Layer ${place.layer}, neuron ${place.neuron}` }),
    explanation(explained.value?.data), snippet(texts.value?.data?.texts?.[0]));
  card.hidden = false;
  link.setAttribute('aria-describedby', 'card');
  moveTo(card, link.getBoundingClientRect());
}

const explanation = (data) => (data
  ? el('p', { dir: 'auto' }, data.explanation, data.score !== null && el('span', { class: 'number muted', text: ` ${brief(data.score)}` }))
  : el('p', { class: 'muted', text: 'No explanation stored' }));

function snippet(text) {
  if (!text) return el('p', { class: 'muted', text: 'No texts stored' });
  return plainTokens(text, rangeOf([text]));
}

/** Below the link, or above it where there is no room. */
function moveTo(card, target) {
  const gap = 8;
  const edge = document.documentElement.clientWidth - card.offsetWidth - gap;
  const left = Math.max(gap, Math.min(target.left, edge));
  const below = target.bottom + gap;
  const top = below + card.offsetHeight > innerHeight && target.top > card.offsetHeight + gap ? target.top - card.offsetHeight - gap : below;
  card.style.setProperty('left', `${left + scrollX}px`);
  card.style.setProperty('top', `${top + scrollY}px`);
}
