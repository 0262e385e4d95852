// The statistics that maps and distributions can show, and where their values come from.
import { neuronList, openApi, servicePart } from './api.js';
import { byId, el } from './dom.js';

const LISTS = '/api/{model}/neurons';

/** What can be chosen besides importance: [field, words, service that it comes from]. */
const FIELDS = [
  ['kurtosis', 'Kurtosis', 'activation_statistics'], ['skewness', 'Skewness', 'activation_statistics'],
  ['variance', 'Variance', 'activation_statistics'], ['mean', 'Mean activation', 'activation_statistics'],
  ['explanation_score', 'Explanation score', 'explanations'], ['firing_f1_score', 'F1 of the graph', 'neuron2graph'],
  ['num_nodes', 'Nodes of the graph', 'neuron2graph'], ['num_similar', 'Similar neurons', 'similar'],
];

/**
 * Fills the choice of a statistic with what this server can list, and calls change(list, words) with the values of the one
 * that is chosen, ascending: [[{layer, neuron}, value], …]. fail(error) hears of what does not come.
 */
export async function initStatistic(place, services, change, fail) {
  const select = byId('statistic');
  select.addEventListener('change', async () => {
    const field = select.value;
    try {
      const list = await valuesOf(place, field);
      if (field === select.value) change(list, select.selectedOptions[0].text);
    } catch (error) {
      fail(error);
    }
  });
  const { paths = {} } = await openApi().catch(() => ({}));
  if (!paths[LISTS]) return;
  for (const [field, words, service] of FIELDS) if (services.includes(service)) select.append(el('option', { value: field, text: words }));
}

/** The values of a statistic for a model, or for one of its layers. place: {model, layer}. */
async function valuesOf({ model, layer }, field) {
  if (field === 'importance') return (await servicePart({ model, layer }, 'neuroscope')).data?.important_neurons ?? [];
  const rows = await neuronList(model, field, layer);
  return rows.sort((a, b) => a[1] - b[1]);
}
