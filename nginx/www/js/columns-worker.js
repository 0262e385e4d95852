// Reads lists for columns.js, beside the page.
import { neuronColumns } from './api.js';

addEventListener('message', async ({ data: { number, place, fields } }) => {
  try {
    const columns = Object.fromEntries(Object.entries(await neuronColumns(place, fields)).map(([name, values]) => [name, Float64Array.from(values)]));
    postMessage({ number, columns }, Object.values(columns).map(({ buffer }) => buffer));
  } catch (error) {
    postMessage({ number, failure: { message: error.message, ...error } });
  }
});
