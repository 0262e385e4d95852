// A map of a model's neurons: one row a layer, layer 0 at the bottom, neurons from left to right.
// Where neurons outnumber pixels, a pixel shows and opens the most important of its neurons.
import { byId, el, fill } from './dom.js';
import { brief, count } from './format.js';
import { neuronPage } from './route.js';
import { onTheme } from './theme.js';

const TALLEST = 300;

/** The map's height in pixels, known before its neurons are. */
export const mapHeight = ({ num_layers: rows }) => rows * Math.max(2, Math.min(44, Math.floor(TALLEST / rows)));

/** Draws the map. list: [[{layer, neuron}, importance], …] ascending, not empty. */
export function initMap(model, metadata, list) {
  const canvas = byId('map');
  const valueAt = (share) => list[Math.floor((list.length - 1) * share)][1];
  // The colours' ends leave out the most extreme neurons, which would make all others alike.
  const chart = { canvas, metadata, list, low: valueAt(0.01), top: valueAt(0.998) };
  canvas.setAttribute('aria-label', `Map of ${count(list.length)} neurons; the list below says the same in words`);
  new ResizeObserver(() => draw(chart)).observe(canvas.parentElement);
  onTheme(() => draw(chart));
  const point = (event) => {
    const hit = entryAt(chart, event);
    showHit(model, hit);
    return hit;
  };
  canvas.addEventListener('pointermove', point);
  canvas.addEventListener('click', (event) => {
    const hit = point(event);
    // A finger covers what it points at: it chooses, and the link below the map opens.
    if (hit && event.pointerType !== 'touch') location.assign(neuronPage(model, hit[0].layer, hit[0].neuron));
  });
}

function showHit(model, hit) {
  byId('map').classList.toggle('pointing', hit !== null);
  if (!hit) return;
  const [{ layer, neuron }, importance] = hit;
  fill(byId('map-hit'),
    el('a', { href: neuronPage(model, layer, neuron), text: `Layer ${layer}, neuron ${neuron}` }),
    el('span', { class: 'number', text: brief(importance) }));
}

/** The most important neuron of each pixel: cells[layer * columns + column]. */
function cellsOf({ list, metadata, columns }) {
  const cells = new Array(columns * metadata.num_layers).fill(null);
  for (const entry of list) {
    const [{ layer, neuron }] = entry;
    cells[layer * columns + Math.floor((neuron * columns) / metadata.layer_size)] = entry;
  }
  return cells;
}

function draw(chart) {
  const { canvas, metadata: { num_layers: rows, layer_size: size }, low, top } = chart;
  const width = canvas.parentElement.clientWidth;
  if (!width) return;
  const density = devicePixelRatio || 1;
  const tall = (mapHeight(chart.metadata) / rows) * density;
  chart.columns = Math.min(size, width);
  chart.cells = cellsOf(chart);
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(rows * tall);
  const paint = canvas.getContext('2d');
  paint.fillStyle = getComputedStyle(canvas).getPropertyValue('--map-ink');
  const edge = (column) => Math.round((column * canvas.width) / chart.columns);
  chart.cells.forEach((entry, n) => {
    if (!entry) return;
    const column = n % chart.columns;
    const row = rows - 1 - Math.floor(n / chart.columns);
    paint.globalAlpha = 0.06 + 0.94 * Math.min(1, Math.max(0, (entry[1] - low) / (top - low || 1)));
    paint.fillRect(edge(column), row * tall, edge(column + 1) - edge(column), tall - (tall > 6 ? density : 0));
  });
}

function entryAt({ canvas, metadata, columns, cells }, { offsetX, offsetY }) {
  const row = Math.floor((offsetY / canvas.clientHeight) * metadata.num_layers);
  const column = Math.floor((offsetX / canvas.clientWidth) * columns);
  return cells?.[(metadata.num_layers - 1 - row) * columns + column] ?? null;
}
