// Links to neurons. The hover card finds them by their data.
import { el, svg } from './dom.js';
import { neuronPage } from './route.js';

const data = ({ model, layer, neuron }) => ({ model, layer, neuron });

/** A link that says layer and neuron. */
export function neuronLink(place, service) {
  const { model, layer, neuron } = place;
  return el('a', { class: 'neuron-link', href: neuronPage(model, layer, neuron, service), data: data(place) },
    el('span', { class: 'sr-only', text: 'Layer and neuron ' }), el('span', { class: 'muted', text: `${layer} / ` }), String(neuron));
}

/** The same for an SVG drawing, round the given nodes. */
export const neuronSvgLink = (place, label, ...children) => svg('a', {
  class: 'neuron-link', href: neuronPage(place.model, place.layer, place.neuron), data: data(place), 'aria-label': label,
}, ...children);
