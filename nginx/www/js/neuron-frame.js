// What stands still on a neuron's page while neurons change: title, path, dials, links to the data.
import { partPath } from './api.js';
import { copyButtons } from './copy-snippets.js';
import { byId, el, fill, terms } from './dom.js';
import { count } from './format.js';
import { layerPage, modelPage, neuronPage } from './route.js';

/** Shows where the page is. place: {model, service, layer, neuron}; metadata: the model's, or null while unknown. */
export function showPlace(place, metadata) {
  const { model, layer, neuron } = place;
  document.title = `Neuron ${neuron}, layer ${layer} · ${model} · DeepDecipher`;
  fill(byId('crumbs'), el('ol', {},
    el('li', {}, el('a', { href: '/viz', text: 'Models' })),
    el('li', {}, el('a', { href: modelPage(model), text: model })),
    el('li', {}, el('a', { href: layerPage(model, layer), text: `Layer ${layer}` })),
    el('li', {}, el('span', { 'aria-current': 'page', text: `Neuron ${neuron}` }))));
  fill(byId('title'), 'Neuron ', el('span', { class: 'number', text: String(neuron) }), ' ',
    el('small', {}, 'layer ', el('span', { class: 'number', text: String(layer) })));
  dial('layer', layer, metadata?.num_layers, (to) => neuronPage(model, to, neuron, place.service));
  dial('neuron', neuron, metadata?.layer_size, (to) => neuronPage(model, layer, to, place.service));
}

/** One dial: a field between two links. size: how many values there are, undefined while unknown. */
function dial(name, value, size, address) {
  const field = byId(name);
  const last = size === undefined ? undefined : size - 1;
  field.value = value;
  field.max = last ?? '';
  byId(`${name}-last`).textContent = last === undefined ? 'of –' : `of ${count(last)}`;
  link(byId(`${name}-less`), value > 0 ? address(value - 1) : null);
  link(byId(`${name}-more`), last === undefined || value < last ? address(value + 1) : null);
}

function link(node, href) {
  // Without an address it is no link by itself.
  setAttribute(node, 'href', href);
  setAttribute(node, 'role', href === null ? 'link' : null);
  node.setAttribute('aria-disabled', String(href === null));
}

function setAttribute(node, name, value) {
  if (value === null) node.removeAttribute(name);
  else node.setAttribute(name, value);
}

/** The facts, the links to the data and the ways to copy them, beside the sections. facts: [name, text] pairs. */
export function showAside(place, metadata, facts, sections) {
  const path = partPath(place, place.service);
  fill(byId('aside'),
    el('h2', { class: 'eyebrow', text: 'Facts' }),
    terms([
      ...facts,
      ['Activation', metadata?.activation_function],
      ['Dataset', metadata?.dataset],
    ], 'facts'),
    el('h2', { class: 'eyebrow', text: 'Data' }),
    el('ul', { class: 'plain' },
      el('li', {}, el('a', { id: 'json', href: path, text: 'JSON, whole' })),
      sections.filter(({ spec }) => !spec.ask).map(({ spec }) => el('li', {}, el('a', {
        class: 'json-part', href: partPath(place, spec.service) + (spec.query ?? ''), text: spec.title })))),
    copyButtons(place, path));
}
