// A map of neurons, coloured by a statistic. Where neurons outnumber pixels, a pixel shows and opens the one that is
// highest of its neurons.
import { byId, fill, el } from './dom.js';
import { brief, count } from './format.js';
import { neuronLink } from './neuron-link.js';
import { neuronPage } from './route.js';
import { colourOf, onTheme } from './theme.js';

const TALLEST = 300;
const PER_ROW = 128;

/** One row a layer, layer 0 at the bottom. A ground is {rows, size: neurons in a row, rowOf(layer, neuron), columnOf(layer, neuron)}. */
export const modelGround = ({ num_layers: rows, layer_size: size }) =>
  ({ rows, size, rowOf: (layer) => rows - 1 - layer, columnOf: (_, neuron) => neuron });

/** A layer's neurons in rows of 128. */
export const layerGround = ({ layer_size: size }) => ({
  rows: Math.ceil(size / PER_ROW), size: Math.min(size, PER_ROW),
  rowOf: (_, neuron) => Math.floor(neuron / PER_ROW), columnOf: (_, neuron) => neuron % PER_ROW,
});

/** A map's height in pixels, known before its neurons are. */
export const mapHeight = ({ rows }) => rows * Math.max(2, Math.min(44, Math.floor(TALLEST / rows)));

/** Makes the map. Returns show(list, words), as initStatistic() calls it. */
export function initMap(model, ground) {
  const canvas = byId('map');
  const chart = { canvas, ground, list: { layer: [], neuron: [], value: [] }, cells: [], hit: -1 };
  canvas.style.setProperty('height', `${mapHeight(ground)}px`);
  new ResizeObserver(() => draw(chart)).observe(canvas.parentElement);
  onTheme(() => draw(chart));
  const point = (event) => {
    const hit = entryAt(chart, event);
    if (hit !== chart.hit) showHit(model, chart, hit);
    return hit;
  };
  canvas.addEventListener('pointermove', point);
  canvas.addEventListener('click', (event) => {
    const hit = point(event);
    // A finger covers what it points at: it chooses, and the link below the map opens.
    if (hit >= 0 && event.pointerType !== 'touch') location.assign(neuronPage(model, chart.list.layer[hit], chart.list.neuron[hit]));
  });
  return (list, words) => {
    const many = list.value.length;
    const valueAt = (share) => list.value[Math.floor((many - 1) * share)];
    // The colours' ends leave out the most extreme neurons, which would make all others alike.
    Object.assign(chart, { list, low: valueAt(0.01), top: valueAt(0.998), hit: -1 });
    canvas.setAttribute('aria-label', `Map of ${count(many)} neurons by ${words.toLowerCase()}; the list below says the same in words`);
    byId('map-low').textContent = `${brief(chart.low)} or less`;
    byId('map-top').textContent = `${brief(chart.top)} or more`;
    draw(chart);
  };
}

function showHit(model, chart, hit) {
  const { canvas, list } = chart;
  chart.hit = hit;
  canvas.classList.toggle('pointing', hit >= 0);
  if (hit < 0) return;
  const [layer, neuron] = [list.layer[hit], list.neuron[hit]];
  const link = neuronLink({ model, layer, neuron });
  link.textContent = `Layer ${layer}, neuron ${neuron}`;
  fill(byId('map-hit'), link, el('span', { class: 'number', text: brief(list.value[hit]) }));
}

/** The place in the list of each cell's highest neuron, or -1: cells[row * columns + column]. */
function cellsOf({ list: { layer, neuron }, ground: { rows, size, rowOf, columnOf }, columns }) {
  const cells = new Int32Array(columns * rows).fill(-1);
  for (let n = 0; n < layer.length; n++) {
    cells[rowOf(layer[n], neuron[n]) * columns + Math.floor((columnOf(layer[n], neuron[n]) * columns) / size)] = n;
  }
  return cells;
}

function draw(chart) {
  const { canvas, ground: { rows, size }, list } = chart;
  const width = canvas.parentElement.clientWidth;
  if (!width || !list.value.length) return;
  const density = devicePixelRatio || 1;
  const tall = (mapHeight(chart.ground) / rows) * density;
  chart.columns = Math.min(size, width);
  chart.cells = cellsOf(chart);
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(rows * tall);
  paint(chart, tall, tall > 6 ? Math.round(density) : 0);
}

/** Colours every pixel by its cell. tall: height of a row in pixels, gap: how many of them stay free. */
function paint({ canvas, ground: { rows }, list, cells, columns, low, top }, tall, gap) {
  const context = canvas.getContext('2d');
  const picture = context.createImageData(canvas.width, canvas.height);
  const colour = colourOf(canvas, '--map-ink');
  for (let row = 0; row < rows; row++) {
    const [from, to] = [Math.round(row * tall), Math.round((row + 1) * tall)];
    const first = from * canvas.width * 4;
    for (let x = 0; x < canvas.width; x++) {
      const n = cells[row * columns + Math.floor((x * columns) / canvas.width)];
      if (n < 0) continue;
      const strength = 0.06 + 0.94 * Math.min(1, Math.max(0, (list.value[n] - low) / (top - low || 1)));
      picture.data.set([...colour, Math.round(255 * strength)], first + x * 4);
    }
    for (let y = from + 1; y < to - gap; y++) picture.data.copyWithin(y * canvas.width * 4, first, first + canvas.width * 4);
  }
  context.putImageData(picture, 0, 0);
}

function entryAt({ canvas, ground, columns, cells }, { offsetX, offsetY }) {
  const row = Math.floor((offsetY / canvas.clientHeight) * ground.rows);
  const column = Math.floor((offsetX / canvas.clientWidth) * columns);
  return cells[row * columns + column] ?? -1;
}
