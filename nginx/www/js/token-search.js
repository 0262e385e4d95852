// A form that leads from a token to the neurons of a model, or of one of its layers, that respond to it.
import { byId } from './dom.js';
import { searchPage } from './route.js';
import { initSearchBox } from './search-box.js';
import { suggestTokens, tokenFor } from './search-suggest.js';

/** Makes the page's form work. place: {model, layer}. */
export function initTokenSearch({ model, layer }) {
  const field = byId('search');
  const open = (token) => location.assign(searchPage(token, 'any', model, layer));
  initSearchBox(field, (text) => (text ? suggestTokens(text, [model]) : null), ({ token }) => open(token));
  field.form.addEventListener('submit', async (event) => {
    event.preventDefault();
    open(await tokenFor(field.value, [model]));
  });
}
