// A text's activations as a trace: one bar a token, up for positive, down for negative.
import { el } from './dom.js';
import { onTheme } from './theme.js';

const HEIGHT = 34;
const WIDEST_BAR = 10;
const traces = new Set();
const watcher = new ResizeObserver((entries) => entries.forEach(({ target }) => target.draw?.()));

onTheme(() => traces.forEach((canvas) => (canvas.isConnected ? canvas.draw() : traces.delete(canvas))));

/** A canvas of the text's activations; pick(n) is called with the number of the bar that was clicked. */
export function traceCanvas(activations, range, pick) {
  const canvas = el('canvas', { class: 'trace', height: HEIGHT, 'aria-hidden': 'true' });
  canvas.draw = () => draw(canvas, activations, range);
  canvas.addEventListener('click', (event) => {
    pick(Math.max(0, Math.min(activations.length - 1, Math.floor(event.offsetX / barStep(canvas, activations)))));
  });
  watcher.observe(canvas);
  traces.add(canvas);
  return canvas;
}

const barStep = (canvas, activations) => Math.min(WIDEST_BAR, canvas.clientWidth / activations.length);

function draw(canvas, activations, range) {
  const width = canvas.clientWidth;
  if (!width) return;
  const density = devicePixelRatio || 1;
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(HEIGHT * density);
  const paint = canvas.getContext('2d');
  const colour = getComputedStyle(canvas);
  const low = Math.min(0, ...activations) / (range || 1);
  const zero = HEIGHT - 1 - Math.min(HEIGHT / 2, Math.max(3, -low * HEIGHT));
  paint.scale(density, density);
  paint.fillStyle = colour.getPropertyValue('--line');
  paint.fillRect(0, zero, width, 1);
  const step = barStep(canvas, activations);
  activations.forEach((value, n) => {
    const reach = Math.min(1, Math.abs(value) / (range || 1)) * (value < 0 ? HEIGHT - zero : zero);
    if (reach < 0.4) return;
    paint.fillStyle = colour.getPropertyValue(value < 0 ? '--neg-ink' : '--pos-ink');
    paint.fillRect(n * step, value < 0 ? zero + 1 : zero - reach, Math.max(1, step - (step > 4 ? 1 : 0)), reach);
  });
}
