// Ways to take a neuron's data along: the API's address, Python, SQL.
import { copyButton } from './clipboard.js';
import { el } from './dom.js';

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

/** The three buttons. path: the API's address of what the page shows. */
export function copyButtons(place, path) {
  const url = () => new URL(path, location.href).href;
  return el('div', { class: 'copies' },
    copyButton('Copy API URL', url), copyButton('Copy Python', () => pythonOf(url())), copyButton('Copy SQL', () => sqlOf(place)));
}
