// One maximum activating text: its numbers, its trace, its tokens, and the step from snippet to whole text.
import { el, fill, terms } from './dom.js';
import { brief, count, exact, plural } from './format.js';
import { focusToken, peakOf, tokenAt, tokenList } from './token-list.js';
import { traceCanvas } from './trace.js';

/**
 * A text's card. load(): promise of the same text with all its tokens.
 * Returns {node, expand(whole), isWhole(), toPeak()}; expand() resolves when the card shows what was asked.
 */
export function textCard(text, rank, range, load) {
  const name = `text-${rank + 1}`;
  const reader = el('div', { class: 'reader' });
  const problem = el('p', { class: 'problem', role: 'status' });
  const more = el('button', { type: 'button', class: 'button small more' });
  const node = el('article', { class: 'text', id: name, 'aria-labelledby': `${name}-title` },
    side(text, rank, name),
    el('div', { class: 'text-body' }, reader,
      el('div', { class: 'row' }, more,
        el('button', { type: 'button', class: 'button small', text: 'Go to maximum', on: { click: () => toPeak() } }),
        problem)));
  const total = text.num_tokens ?? text.tokens.length;
  const short = text.tokens.length < total;
  let shown = text;
  let list = null;

  function show(what) {
    shown = what;
    list = tokenList(what, range, `Text ${rank + 1}, ${plural(what.tokens.length, 'token')}`);
    const first = what.first_token_index ?? 0;
    const pick = (n) => focusToken(tokenAt(list, first + n), { preventScroll: false });
    fill(reader, traceCanvas(what.activations, range, pick),
      cut(first, 'before'), list, cut(total - first - what.tokens.length, 'after'));
    more.hidden = !short;
    more.textContent = what === text ? `Show all ${count(total)} tokens` : 'Show the snippet';
    more.setAttribute('aria-expanded', String(what !== text));
  }

  async function expand(whole) {
    if (!short || whole === (shown !== text)) return;
    problem.textContent = '';
    more.setAttribute('aria-busy', 'true');
    try {
      const next = whole ? await load() : text;
      keepInView(() => peakOf(list), () => show(next));
    } catch (error) {
      problem.textContent = `The whole text did not come: ${error.message}. Press the button to try again.`;
    } finally {
      more.removeAttribute('aria-busy');
    }
  }

  const toPeak = () => focusToken(peakOf(list));
  more.addEventListener('click', () => expand(shown === text));
  show(text);
  return { node, expand, toPeak, isWhole: () => shown !== text || !short };
}

/** Changes the page so that the element find() gives stays where the reader sees it. */
function keepInView(find, change) {
  const before = find().getBoundingClientRect().top;
  change();
  scrollBy({ top: find().getBoundingClientRect().top - before, behavior: 'instant' });
}

function cut(tokens, where) {
  return tokens > 0 ? el('p', { class: `cut ${where}`, text: `⋯ ${plural(tokens, 'token')} ${where}` }) : null;
}

function side(text, rank, name) {
  const total = text.num_tokens ?? text.tokens.length;
  return el('header', { class: 'text-side' },
    el('h3', { id: `${name}-title` }, el('span', { class: 'sr-only', text: 'Text ' }), String(rank + 1)),
    el('p', { class: 'text-max', title: 'Highest activation in this text', text: exact(text.max_activation) }),
    terms([
      ['lowest', brief(text.min_activation)],
      ['peak', `${count(text.max_activating_token_index)} of ${count(total)}`],
      ['row', String(text.data_index)],
    ], 'text-facts'));
}
