// Links to the pages of a model's layers.
import { byId, el, fill } from './dom.js';
import { layerPage } from './route.js';

/** Shows a link for each layer. */
export function showLayers({ name, num_layers: many }) {
  fill(byId('layers'), Array.from({ length: many }, (_, layer) =>
    el('li', {}, el('a', { href: layerPage(name, layer), 'aria-label': `Layer ${layer}`, text: String(layer) }))));
}
