// One maximum activating text: its numbers, its trace, its tokens, and the step from snippet to whole text.
import { el, fill, terms } from './dom.js';
import { brief, count, exact, plural } from './format.js';
import { focusToken, peakOf, tokenAt, tokenList } from './token-list.js';
import { traceCanvas } from './trace.js';

/**
 * A text's card, the rank-th of many. more(): called by the card's button to show the whole text or the snippet again.
 * Returns {node, peak(), isShort, isWhole(), display(whole text, or null for the snippet), say(problem)}.
 */
export function textCard(text, rank, many, range, more) {
  const total = text.num_tokens ?? text.tokens.length;
  const isShort = text.tokens.length < total;
  const reader = el('div', { class: 'reader' });
  const problem = el('p', { class: 'problem', role: 'status' });
  const button = el('button', { type: 'button', class: 'button small more', hidden: !isShort, on: { click: more } });
  let list = null;
  let whole = null;

  function display(next) {
    whole = next;
    const shown = whole ?? text;
    const first = shown.first_token_index ?? 0;
    list = tokenList(shown, range, `Text ${rank + 1}, ${plural(shown.tokens.length, 'token')}`);
    fill(reader, traceCanvas(shown.activations, range, (n) => focusToken(tokenAt(list, first + n))),
      cut(first, 'before'), list, cut(total - first - shown.tokens.length, 'after'));
    button.textContent = whole ? 'Show the snippet' : `Show all ${count(total)} tokens`;
    button.setAttribute('aria-expanded', String(whole !== null));
    problem.textContent = '';
  }

  const peak = () => peakOf(list);
  const name = `text-${rank + 1}`;
  const node = el('article', { class: 'text', id: name, 'aria-labelledby': `${name}-title` },
    side(text, total, `${rank + 1} of ${many}`, name),
    el('div', { class: 'text-body' }, reader, el('div', { class: 'row' }, button,
      el('button', { type: 'button', class: 'button small', text: 'Go to maximum', on: { click: () => focusToken(peak()) } }),
      problem)));
  display(null);
  return {
    node, peak, display, isShort,
    isWhole: () => whole !== null,
    say: (said) => { problem.textContent = said; },
  };
}

const cut = (tokens, where) => tokens > 0 && el('p', { class: `cut ${where}`, text: `⋯ ${plural(tokens, 'token')} ${where}` });

function side(text, total, place, name) {
  return el('header', { class: 'text-side' },
    el('h3', { id: `${name}-title`, text: `Text ${place}` }),
    el('p', { class: 'text-max', title: 'Highest activation in this text', text: exact(text.max_activation) }),
    terms([
      ['lowest', brief(text.min_activation)],
      ['peak token', `${count(text.max_activating_token_index)} of ${count(total)}`],
      ['row', String(text.data_index)],
    ], 'text-facts'));
}
