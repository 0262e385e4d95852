// The statistics that maps, lists and plots can show, and where their values come from.
import { askColumns } from './columns.js';
import { byId, el } from './dom.js';

/** [field, words, the service that it comes from]. */
const FIELDS = [
  ['importance', 'Importance', 'neuroscope'],
  ['kurtosis', 'Kurtosis', 'activation_statistics'], ['skewness', 'Skewness', 'activation_statistics'],
  ['variance', 'Variance', 'activation_statistics'], ['mean', 'Mean activation', 'activation_statistics'],
  ['explanation_score', 'Explanation score', 'explanations'], ['firing_f1_score', 'F1 of the graph', 'neuron2graph'],
  ['num_nodes', 'Nodes of the graph', 'neuron2graph'], ['num_similar', 'Similar neurons', 'similar'],
  ['frac_nonzero', 'Share of tokens', 'features'],
];

/** What can be chosen where these services are: [[field, words], …]. */
export const statisticsOf = (services) => FIELDS.filter(([, , service]) => services.includes(service));

/** The statistics as options of a select. */
export const statisticOptions = (statistics, chosen) =>
  statistics.map(([value, text]) => el('option', { value, text, selected: value === chosen }));

/**
 * Fills the choice of a statistic, and calls change(list, words, field) with the values of the one that is chosen, ascending:
 * {layer, neuron, value}, arrays of equal length; at once with the first, which the promise waits for. fail(error) hears of
 * what does not come later. The one that is chosen is the address's `by`. place: {model, layer}. statistics: one at least.
 */
export async function initStatistic(place, statistics, change, fail) {
  const select = byId('statistic');
  const asked = new URLSearchParams(location.search).get('by');
  select.replaceChildren(...statisticOptions(statistics, asked ?? statistics[0][0]));
  const show = async () => {
    const field = select.value;
    const { layer, neuron, [field]: value } = await askColumns(place, [field]);
    if (field !== select.value) return;
    change({ layer, neuron, value }, select.selectedOptions[0].text, field);
  };
  select.addEventListener('change', () => show().catch(fail));
  return show();
}
