// Ways to take a neuron along: the API's address, Python, SQL, a card for another page.
import { copyButton } from './clipboard.js';
import { el } from './dom.js';
import { neuronPage } from './route.js';

const sqlText = (text) => `'${text.replaceAll("'", "''")}'`;

/** Python that reads the address with nothing but the standard library. */
export const pythonOf = (url) => `import json, urllib.request

with urllib.request.urlopen(${JSON.stringify(url)}) as answer:
    neuron = json.load(answer)
`;

/** SQL for what the page shows first: the explanations and the texts' maxima. */
export function sqlOf({ model, layer, neuron }) {
  const id = `neuron_id(${sqlText(model)}, ${layer}, ${neuron})`;
  return `SELECT explanation, score, source FROM explanations WHERE neuron_id = ${id} ORDER BY score DESC NULLS LAST;
SELECT rank, max_token, max_activation, max_position, data_index FROM examples WHERE neuron_id = ${id} ORDER BY rank;
`;
}

const attribute = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** HTML that puts the neuron's card into another page. */
export const embedOf = (url, { model, layer, neuron }) =>
  `<iframe src="${attribute(url)}?embed=1" title="${attribute(`Neuron ${neuron}, layer ${layer} of ${model}`)}" width="640" height="520" loading="lazy"></iframe>\n`;

/** The buttons. path: the API's address of what the page shows. */
export function copyButtons(place, path) {
  const url = () => new URL(path, location.href).href;
  return el('div', { class: 'copies' },
    copyButton('Copy API URL', url), copyButton('Copy Python', () => pythonOf(url())), copyButton('Copy SQL', () => sqlOf(place)),
    copyButton('Copy card', () => embedOf(new URL(neuronPage(place.model, place.layer, place.neuron), location.href).href, place)));
}
