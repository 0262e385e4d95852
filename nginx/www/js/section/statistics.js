// Moments of a neuron's activation, and where the neuron stands among those of its layer.
import { servicePart } from '../api.js';
import { el, fill, terms } from '../dom.js';
import { brief, count, exact } from '../format.js';

const MOMENTS = [
  ['mean', 'Mean', 'Average activation'],
  ['variance', 'Variance', 'Spread of the activation'],
  ['skewness', 'Skewness', 'Above 0: rare high values'],
  ['kurtosis', 'Kurtosis', 'A normal distribution has 3; the more, the rarer and stronger its peaks'],
];

/** Shows the moments at once, and the layer they belong to as soon as it is known; see makeSection(). */
export function show(data, { place }) {
  const known = MOMENTS.filter(([name]) => Number.isFinite(data[name]));
  if (!known.length) return null;
  const places = new Map(known.map(([name]) => [name, el('span', { class: 'standing' })]));
  const rank = el('p', { class: 'muted standing-rank', text: ' ' });
  const nodes = [
    terms(known.map(([name, label, about]) =>
      [label, [el('span', { title: about, text: exact(round(data[name])) }), places.get(name)]]), 'moments'),
    rank,
  ];
  return { nodes, afterwards: () => Promise.all([showLayer(data, place, places), showRank(place, rank)]) };
}

const round = (value) => Number(value.toPrecision(6));

/** Marks on lines from the layer's lowest to its highest value, and how much of the layer is lower. */
async function showLayer(data, { model, layer }, places) {
  const { data: summary } = await servicePart({ model, layer }, 'activation_statistics').catch(() => ({}));
  for (const [name, node] of places) if (summary?.[name]) fill(node, track(data[name], summary[name], layer), percentile(data[name], summary[name]));
}

/** percentiles: the 0th to the 100th. */
function percentile(value, { percentiles }) {
  if (!percentiles?.length) return null;
  const below = Math.max(0, percentiles.filter((edge) => edge < value).length - 1);
  return el('span', { class: 'standing-percentile' }, 'higher than ', el('b', { text: `${below} %` }), ' of its layer');
}

function track(value, { min, mean, max }, layer) {
  const at = (number) => (max > min ? Math.max(0, Math.min(1, (number - min) / (max - min))) : 0.5);
  const said = `In layer ${layer} from ${brief(min)} to ${brief(max)}, on average ${brief(mean)}`;
  return [
    el('span', { class: 'track', role: 'img', 'aria-label': said, title: said },
      el('span', { class: 'track-mean', vars: { '--at': at(mean) } }),
      el('span', { class: 'track-here', vars: { '--at': at(value) } })),
    el('span', { class: 'track-ends', 'aria-hidden': 'true' }, el('span', { text: brief(min) }), el('span', { text: brief(max) })),
  ];
}

/** Place by importance among the neurons of the layer that texts are stored for. */
async function showRank({ model, layer, neuron }, node) {
  const { data } = await servicePart({ model, layer }, 'neuroscope').catch(() => ({}));
  const list = data?.important_neurons ?? [];
  const below = list.findIndex(([index]) => index.neuron === neuron);
  if (below < 0) return fill(node, 'The line shows the layer’s lowest, average and highest value.');
  const percent = list.length > 1 ? Math.round((100 * below) / (list.length - 1)) : 100;
  return fill(node, 'More important than ', el('b', { text: `${percent} %` }), ` of its layer: place ${count(list.length - below)} of `,
    `${count(list.length)} by the span of the first text. The lines above run from the layer’s lowest to its highest value; the tick is its average.`);
}
