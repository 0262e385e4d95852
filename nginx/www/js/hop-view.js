// A drawing of a neuron between those it reads from (left) and those it writes to (right).
import { el, svg } from './dom.js';
import { brief } from './format.js';
import { neuronSvgLink } from './neuron-link.js';

const EACH = 5;
const [BOX_WIDTH, BOX_HEIGHT, STEP, WIDTH, MARGIN] = [104, 26, 36, 680, 12];

/** The drawing. data: the connections service's. place: the neuron in the middle. */
export function hopView(data, place) {
  const up = strongest(data.upstream);
  const down = strongest(data.downstream);
  const rows = Math.max(up.length, down.length, 1);
  const height = rows * STEP + 2 * MARGIN;
  const most = Math.max(...[...up, ...down].map(({ weight }) => Math.abs(weight)));
  const middle = { x: (WIDTH - BOX_WIDTH) / 2, y: (height - BOX_HEIGHT) / 2 };
  const column = (list, x) => list.map((item, n) => ({ ...item, x, y: (height - list.length * STEP) / 2 + n * STEP + (STEP - BOX_HEIGHT) / 2 }));
  const left = column(up, MARGIN);
  const right = column(down, WIDTH - MARGIN - BOX_WIDTH);
  const picture = svg('svg', { class: 'hops', viewBox: `0 0 ${WIDTH} ${height}`, role: 'group',
    'aria-label': `Strongest connections of neuron ${place.neuron} in layer ${place.layer}` },
  left.map((item) => edge(item, middle, item.weight, most)), right.map((item) => edge(middle, item, item.weight, most)),
  left.map((item) => node(item, place.model, 'read from')),
  svg('g', {}, svg('rect', { class: 'hop-here', ...middle, width: BOX_WIDTH, height: BOX_HEIGHT, rx: 4 }), caption(middle, `${place.layer} / ${place.neuron}`)),
  right.map((item) => node(item, place.model, 'written to')),
  !up.length && note(MARGIN, height, 'start', 'nothing upstream'), !down.length && note(WIDTH - MARGIN, height, 'end', 'nothing downstream'));
  return el('div', { class: 'hop-box' }, picture);
}

/** The strongest of both signs, from the most positive to the most negative. */
function strongest(side) {
  const { positive = [], negative = [] } = side ?? {};
  return [...positive.slice(0, EACH), ...negative.slice(0, EACH).reverse()];
}

function edge(from, to, weight, most) {
  const [x1, y1, x2, y2] = [from.x + BOX_WIDTH, from.y + BOX_HEIGHT / 2, to.x, to.y + BOX_HEIGHT / 2];
  const bend = (x2 - x1) * 0.5;
  return svg('path', { class: `hop-edge ${weight < 0 ? 'neg' : 'pos'}`, 'stroke-width': (0.75 + 3.5 * Math.abs(weight) / (most || 1)).toFixed(2),
    d: `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}` });
}

function node(item, model, how) {
  const { layer, neuron, weight } = item;
  return neuronSvgLink({ model, layer, neuron }, `Layer and neuron ${layer} / ${neuron}, ${how}, weight ${brief(weight)}`,
    svg('rect', { class: 'hop-node', x: item.x, y: item.y, width: BOX_WIDTH, height: BOX_HEIGHT, rx: 4 }),
    caption(item, `${layer} / ${neuron}`));
}

const caption = ({ x, y }, text) => svg('text', { x: x + BOX_WIDTH / 2, y: y + BOX_HEIGHT / 2, 'text-anchor': 'middle', 'dominant-baseline': 'central', text });
const note = (x, height, anchor, text) => svg('text', { class: 'hop-note', x, y: height / 2, 'text-anchor': anchor, 'dominant-baseline': 'central', text });
