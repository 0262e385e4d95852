// The legend: one colour scale for all texts of a neuron, with a needle at the value under the pointer.
import { el, fill, setVars } from './dom.js';
import { brief } from './format.js';

/** {node, show(range)}: the scale, empty at first; show() fills it and returns needle(value or null). */
export function scaleBar() {
  const node = el('div', { id: 'scale', class: 'scale', hidden: true });
  return { node, show: (range) => showScale(node, range) };
}

function showScale(node, range) {
  const needle = el('span', { class: 'needle', hidden: true });
  node.hidden = false;
  fill(node,
    el('span', { class: 'scale-name', text: 'Activation' }),
    el('span', { class: 'scale-end', text: brief(-range) }),
    el('span', { class: 'scale-bar', role: 'img', 'aria-label': scaleName(range) }, el('span', { class: 'zero' }), needle),
    el('span', { class: 'scale-end', text: brief(range) }));
  return (value) => {
    needle.hidden = value === null || !(range > 0);
    if (!needle.hidden) setVars(needle, { '--at': (Math.max(-1, Math.min(1, value / range)) + 1) / 2 });
  };
}

const scaleName = (range) => `Colours from blue at ${brief(-range)} over none at 0 to orange at ${brief(range)}`;

/** The number that gets the full colour: the neuron's printed range, or the largest value there is. */
export function rangeOf(texts) {
  const printed = Math.max(0, ...texts.map((text) => text.max_range ?? 0));
  if (printed > 0) return printed;
  return texts.reduce((most, text) => text.activations.reduce((a, b) => Math.max(a, Math.abs(b)), most), 0);
}
