// Short texts of a neuron: the strongest, some of each quantile of its activation, and some at random.
import { servicePart } from '../api.js';
import { el, fill } from '../dom.js';
import { brief, exact, plural } from '../format.js';
import { tokenList } from '../token-list.js';

/** Shows one bucket of records at a time; see makeSection(). */
export async function show(data, { place, range }) {
  const buckets = await bucketsOf(data, place);
  return buckets.length ? bucketChoice(buckets, range, 'The source sorts its texts into groups by strength; the numbers are its bounds between them.') : null;
}

/** The texts of one bucket at a time. buckets: [{name, records}, …], one at least; about: what their names mean. */
export function bucketChoice(buckets, range, about) {
  const span = range(buckets.flatMap(({ records }) => records));
  const list = el('div', { class: 'short-texts', role: 'region', 'aria-live': 'off' });
  const choose = ({ name, records }) => {
    list.setAttribute('aria-label', `${name}: ${plural(records.length, 'text')}`);
    fill(list, unlike(records).map((record, n) => card(record, n, span, name)));
  };
  const choice = el('fieldset', { class: 'choice wrapping' }, el('legend', { class: 'sr-only', text: 'Which texts' }),
    buckets.map((bucket, n) => el('label', {},
      el('input', { type: 'radio', name: 'bucket', checked: n === 0, on: { change: () => choose(bucket) } }), bucket.name)));
  choose(buckets[0]);
  return [
    choice,
    el('p', { class: 'muted', text: about }),
    list,
  ];
}

async function bucketsOf({ top, random, quantiles }, place) {
  const { data } = await servicePart(place, 'activation_statistics').catch(() => ({ data: null }));
  const edges = data?.quantile_boundaries ?? [];
  return [
    { name: 'Strongest', records: top },
    ...quantiles.map((records, n) => ({ name: bucketName(n, quantiles.length, edges), records })).reverse(),
    { name: 'Random', records: random },
  ].filter(({ records }) => records.length);
}

function bucketName(n, many, edges) {
  if (edges.length !== many - 1) return `Quantile ${n + 1} of ${many}`;
  if (n === 0) return `to ${brief(edges[0])}`;
  return n === many - 1 ? `over ${brief(edges[n - 1])}` : `${brief(edges[n - 1])} – ${brief(edges[n])}`;
}

/** The records without those that repeat an earlier one, with how often each is there. */
function unlike(records) {
  const seen = new Map();
  for (const record of records) {
    const key = JSON.stringify([record.tokens, record.activations]);
    const first = seen.get(key);
    if (first) first.times += 1;
    else seen.set(key, { ...record, times: 1 });
  }
  return [...seen.values()];
}

function card(record, n, span, bucket) {
  return el('article', { class: 'short-text', 'aria-label': `${bucket}, text ${n + 1}` },
    el('p', { class: 'short-max number', title: 'Highest activation in this text', text: brief(record.max_activation) },
      record.times > 1 && el('span', { class: 'muted', text: ` ×${record.times}`, title: 'The source has this text so many times' })),
    tokenList(record, span, `${bucket}, text ${n + 1}, highest ${exact(record.max_activation)}`));
}
