// A map of neurons, coloured by a statistic. Where neurons outnumber pixels, a pixel shows and opens the one that is
// highest of its neurons.
import { byId, fill, el } from './dom.js';
import { brief, count } from './format.js';
import { neuronLink } from './neuron-link.js';
import { neuronPage } from './route.js';
import { onTheme } from './theme.js';

const TALLEST = 300;
const PER_ROW = 128;

/** One row a layer, layer 0 at the bottom. A ground is {rows, size: neurons in a row, rowOf(index), columnOf(index)}. */
export const modelGround = ({ num_layers: rows, layer_size: size }) =>
  ({ rows, size, rowOf: ({ layer }) => rows - 1 - layer, columnOf: ({ neuron }) => neuron });

/** A layer's neurons in rows of 128. */
export const layerGround = ({ layer_size: size }) => ({
  rows: Math.ceil(size / PER_ROW), size: Math.min(size, PER_ROW),
  rowOf: ({ neuron }) => Math.floor(neuron / PER_ROW), columnOf: ({ neuron }) => neuron % PER_ROW,
});

/** A map's height in pixels, known before its neurons are. */
export const mapHeight = ({ rows }) => rows * Math.max(2, Math.min(44, Math.floor(TALLEST / rows)));

/** Makes the map. Returns show(list, words): list is [[{layer, neuron}, value], …] ascending, words the statistic's name. */
export function initMap(model, ground) {
  const canvas = byId('map');
  const chart = { canvas, ground, list: [], cells: [] };
  canvas.style.setProperty('height', `${mapHeight(ground)}px`);
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
  return (list, words) => {
    const valueAt = (share) => list[Math.floor((list.length - 1) * share)]?.[1];
    // The colours' ends leave out the most extreme neurons, which would make all others alike.
    Object.assign(chart, { list, low: valueAt(0.01), top: valueAt(0.998) });
    canvas.setAttribute('aria-label', `Map of ${count(list.length)} neurons by ${words.toLowerCase()}; the list below says the same in words`);
    byId('map-low').textContent = `${brief(chart.low)} or less`;
    byId('map-top').textContent = `${brief(chart.top)} or more`;
    draw(chart);
  };
}

function showHit(model, hit) {
  byId('map').classList.toggle('pointing', hit !== null);
  if (!hit) return;
  const [{ layer, neuron }, value] = hit;
  const link = neuronLink({ model, layer, neuron });
  link.textContent = `Layer ${layer}, neuron ${neuron}`;
  fill(byId('map-hit'), link, el('span', { class: 'number', text: brief(value) }));
}

/** The highest neuron of each pixel: cells[row * columns + column]. */
function cellsOf({ list, ground: { rows, size, rowOf, columnOf }, columns }) {
  const cells = new Array(columns * rows).fill(null);
  for (const entry of list) cells[rowOf(entry[0]) * columns + Math.floor((columnOf(entry[0]) * columns) / size)] = entry;
  return cells;
}

function draw(chart) {
  const { canvas, ground: { rows, size }, low, top } = chart;
  const width = canvas.parentElement.clientWidth;
  if (!width || !chart.list.length) return;
  const density = devicePixelRatio || 1;
  const tall = (mapHeight(chart.ground) / rows) * density;
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
    const row = Math.floor(n / chart.columns);
    paint.globalAlpha = 0.06 + 0.94 * Math.min(1, Math.max(0, (entry[1] - low) / (top - low || 1)));
    paint.fillRect(edge(column), row * tall, edge(column + 1) - edge(column), tall - (tall > 6 ? density : 0));
  });
}

function entryAt({ canvas, ground, columns, cells }, { offsetX, offsetY }) {
  const row = Math.floor((offsetY / canvas.clientHeight) * ground.rows);
  const column = Math.floor((offsetX / canvas.clientWidth) * columns);
  return cells?.[row * columns + column] ?? null;
}
