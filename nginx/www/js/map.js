// A map of all neurons of a model: one row a layer (layer 0 at the bottom), neurons from left to right.
// Where there are more neurons than pixels, a pixel shows and opens the most important of its neurons.
import { byId, el, fill } from './dom.js';
import { brief, count } from './format.js';
import { neuronPage } from './route.js';
import { onTheme } from './theme.js';

const TALL = 300;

/** Draws the map. list: [[{layer, neuron}, importance], …] ascending. */
export function initMap(model, metadata, list) {
  const canvas = byId('map');
  const chart = { canvas, metadata, list, low: at(list, 0.01), top: at(list, 0.998) };
  const redraw = () => draw(chart);
  new ResizeObserver(redraw).observe(canvas.parentElement);
  onTheme(redraw);
  const point = (event) => {
    const hit = cellAt(chart, event);
    showHit(model, hit);
    return hit;
  };
  canvas.addEventListener('pointermove', point);
  canvas.addEventListener('pointerleave', (event) => event.pointerType === 'mouse' && showHit(model, null));
  canvas.addEventListener('click', (event) => {
    const hit = point(event);
    // A finger covers what it points at: it chooses, and the line below the map opens.
    if (hit && event.pointerType !== 'touch') location.assign(neuronPage(model, hit.layer, hit.neuron));
  });
  showHit(model, null);
}

const at = (list, share) => list[Math.floor((list.length - 1) * share)][1];

function showHit(model, hit) {
  byId('map').classList.toggle('pointing', Boolean(hit));
  fill(byId('map-hit'), hit
    ? [el('a', { href: neuronPage(model, hit.layer, hit.neuron), text: `Layer ${hit.layer}, neuron ${hit.neuron}` }),
      el('span', { class: 'number', text: brief(hit.importance) })]
    : el('span', { class: 'muted', text: 'Point at a neuron to see its number' }));
}

/** The most important neuron of each pixel: cells[row * columns + column]. */
function binned({ list, metadata }, columns) {
  const cells = new Array(columns * metadata.num_layers).fill(null);
  for (const entry of list) {
    const [{ layer, neuron }] = entry;
    cells[layer * columns + Math.floor((neuron * columns) / metadata.layer_size)] = entry;
  }
  return cells;
}

function draw(chart) {
  const { canvas, metadata, low, top } = chart;
  const width = canvas.parentElement.clientWidth;
  if (!width) return;
  const rows = metadata.num_layers;
  const tall = Math.max(2, Math.min(44, Math.floor(TALL / rows)));
  chart.columns = Math.min(metadata.layer_size, width);
  chart.cells = binned(chart, chart.columns);
  const density = devicePixelRatio || 1;
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(rows * tall * density);
  canvas.style.setProperty('height', `${rows * tall}px`);
  canvas.setAttribute('aria-label', `Map of ${count(chart.list.length)} neurons in ${rows} layers, stronger colour where more important`);
  const paint = canvas.getContext('2d');
  const colours = palette(getComputedStyle(canvas));
  const gap = tall > 6 ? 1 : 0;
  const edge = (column) => Math.round((column * width * density) / chart.columns);
  chart.cells.forEach((entry, n) => {
    const layer = Math.floor(n / chart.columns);
    const column = n % chart.columns;
    paint.fillStyle = entry ? colours[shade((entry[1] - low) / (top - low))] : colours.absent;
    paint.fillRect(edge(column), (rows - 1 - layer) * tall * density, edge(column + 1) - edge(column), (tall - gap) * density);
  });
}

/** Which of the 64 colours; between the scale's ends, which leave out the most extreme neurons. */
const shade = (share) => Math.round(Math.min(1, Math.max(0, share || 0)) * 63);

/** 64 colours from the card's to the full one, and one for neurons that are not stored. */
function palette(style) {
  const parts = (name) => style.getPropertyValue(name).trim().split(/\s+/).map(Number);
  const from = parts('--map-low');
  const to = parts('--map-high');
  const colours = Array.from({ length: 64 }, (_, n) =>
    `rgb(${from.map((part, i) => Math.round(part + ((to[i] - part) * n) / 63)).join(' ')})`);
  colours.absent = style.getPropertyValue('--line');
  return colours;
}

function cellAt({ canvas, metadata, columns, cells }, event) {
  const layer = metadata.num_layers - 1 - Math.floor((event.offsetY / canvas.clientHeight) * metadata.num_layers);
  const column = Math.floor((event.offsetX / canvas.clientWidth) * columns);
  const entry = cells?.[layer * columns + column];
  return entry ? { ...entry[0], importance: entry[1] } : null;
}
