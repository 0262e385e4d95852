// Texts of a feature, by how strongly it is active in them.
import { brief } from '../format.js';
import { bucketChoice } from './records.js';

/** Shows one bin at a time, the strongest first; see makeSection(). */
export function show({ bins }, { range }) {
  const buckets = bins.filter(({ examples }) => examples.length).sort((a, b) => (b.bin_max ?? Infinity) - (a.bin_max ?? Infinity))
    .map(({ bin_min: least, bin_max: most, examples }) => ({ name: least === null ? 'All' : `${brief(least)} – ${brief(most)}`, records: examples }));
  return buckets.length ? bucketChoice(buckets, range, 'Numbers are the highest activations of the texts.') : null;
}
