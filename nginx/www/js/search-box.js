// A field with a list of suggestions under it, as ARIA's combobox: the focus stays in the field, arrows choose.
import { el, fill } from './dom.js';

const REST_MS = 120;

/**
 * Gives a field suggestions. field: an input inside an element of class search-box.
 * suggest(text): a promise of [{kind, nodes, …}, …]; none are asked for where it gives null.
 * pick(suggestion): called when one is chosen. What is typed and entered without a choice is left to the form.
 */
export function initSearchBox(field, suggest, pick) {
  const list = el('ul', { class: 'suggestions', id: `${field.id}-list`, role: 'listbox', 'aria-label': 'Suggestions', hidden: true });
  let found = [];
  let chosen = -1;
  let turn = 0;
  let timer = 0;
  for (const [name, value] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': list.id, 'aria-expanded': 'false', autocomplete: 'off', spellcheck: 'false' })) field.setAttribute(name, value);
  field.parentElement.append(list);

  const close = () => {
    clearTimeout(timer);
    turn += 1;
    found = [];
    display();
  };
  const display = () => {
    choose(-1);
    list.hidden = !found.length;
    field.setAttribute('aria-expanded', String(found.length > 0));
    fill(list, found.map(({ kind, nodes }, n) => el('li', { id: `${list.id}-${n}`, role: 'option', 'aria-selected': 'false', data: { n } }, el('span', { class: 'suggestion' }, nodes), el('span', { class: 'eyebrow', text: kind }))));
  };
  const choose = (n) => {
    list.children[chosen]?.setAttribute('aria-selected', 'false');
    chosen = n;
    const node = list.children[n];
    node?.setAttribute('aria-selected', 'true');
    node?.scrollIntoView({ block: 'nearest' });
    if (node) field.setAttribute('aria-activedescendant', node.id);
    else field.removeAttribute('aria-activedescendant');
  };
  const take = (n) => {
    const suggestion = found[n];
    close();
    pick(suggestion);
  };
  const ask = async () => {
    const mine = ++turn;
    const asked = suggest(field.value);
    if (asked === null) return close();
    // Suggestions are a help: when they cannot be had, the search itself still says what is wrong.
    const answer = await asked.catch(() => []);
    if (mine !== turn || document.activeElement !== field) return undefined;
    found = answer;
    return display();
  };

  field.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(ask, REST_MS);
  });
  field.addEventListener('blur', close);
  field.form.addEventListener('submit', (event) => {
    if (chosen < 0) return close();
    event.preventDefault();
    event.stopImmediatePropagation();
    return take(chosen);
  });
  field.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape' && found.length) {
      event.preventDefault();
      close();
    } else if (step && !event.altKey) {
      event.preventDefault();
      if (!found.length) ask();
      else choose(chosen + step < -1 ? found.length - 1 : chosen + step >= found.length ? -1 : chosen + step);
    }
  });
  // The press would take the focus away before the click comes.
  list.addEventListener('pointerdown', (event) => event.preventDefault());
  list.addEventListener('click', ({ target }) => {
    const option = target instanceof Element ? target.closest('[role="option"]') : null;
    if (option) take(Number(option.dataset.n));
  });
}
