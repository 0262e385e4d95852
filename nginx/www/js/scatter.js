// Two statistics against each other: a point for each neuron, a rectangle drawn over some of them, and which those are.
import { neuronList, neuronsWithin } from './api.js';
import { byId, el, fill } from './dom.js';
import { brief, count, plural } from './format.js';
import { neuronLink } from './neuron-link.js';
import { listPage, neuronPage } from './route.js';
import { announce } from './shell.js';
import { errorPanel } from './states.js';
import { statisticOptions } from './statistic.js';
import { onTheme } from './theme.js';

const TALL = 360;
const REACH = 8;
const LISTED = 20;
const IN_LIST = 100;
const ENDS = ['x-from', 'x-to', 'y-from', 'y-to'];

/** Makes the plot once it comes into view. statistics: [[field, words], …], two at least. */
export function initScatter(model, statistics) {
  const [x, y] = [statistics[1][0], statistics[0][0]];
  fill(byId('scatter-x'), statisticOptions(statistics, x));
  fill(byId('scatter-y'), statisticOptions(statistics, y));
  const chart = { model, canvas: byId('scatter'), rows: [], x, y, turn: 0 };
  byId('scatter-section').hidden = false;
  const watcher = new IntersectionObserver(([{ isIntersecting }]) => {
    if (!isIntersecting) return;
    watcher.disconnect();
    start(chart);
  }, { rootMargin: '200px' });
  watcher.observe(chart.canvas);
}

function start(chart) {
  const { canvas } = chart;
  for (const axis of ['x', 'y']) byId(`scatter-${axis}`).addEventListener('change', ({ target }) => { chart[axis] = target.value; load(chart); });
  for (const id of ENDS) byId(`scatter-${id}`).addEventListener('change', ({ target }) => select(chart, boundsTyped(chart, id, target.value)));
  byId('scatter-all').addEventListener('click', () => select(chart, null));
  new ResizeObserver(() => draw(chart)).observe(canvas.parentElement);
  onTheme(() => draw(chart));
  canvas.addEventListener('pointermove', (event) => point(chart, event));
  canvas.addEventListener('pointerdown', (event) => brush(chart, event));
  return load(chart);
}

async function load(chart) {
  const { model, x, y } = chart;
  const mine = ++chart.turn;
  byId('scatter-found').setAttribute('aria-busy', 'true');
  try {
    const rows = await neuronList(model, x === y ? [x] : [x, y]);
    if (mine !== chart.turn) return;
    const range = { x: rangeOf(rows, x), y: rangeOf(rows, y) };
    // Once, as the pointer asks for them at every step.
    const placesOf = (field, along) => Float64Array.from(rows, (row) => share(row[field], along));
    Object.assign(chart, { rows, range, across: placesOf(x, range.x), up: placesOf(y, range.y), bounds: null });
    chart.canvas.setAttribute('aria-label', `${count(rows.length)} neurons, ${nameOf('x').toLowerCase()} across and ${nameOf('y').toLowerCase()} up; the fields below choose some of them`);
    draw(chart);
    select(chart, null);
  } catch (error) {
    if (mine === chart.turn) fill(byId('scatter-found'), errorPanel(error, () => load(chart))).removeAttribute('aria-busy');
  }
}

const nameOf = (axis) => byId(`scatter-${axis}`).selectedOptions[0].text;

function rangeOf(rows, field) {
  let [least, most] = [Infinity, -Infinity];
  for (const row of rows) {
    least = Math.min(least, row[field]);
    most = Math.max(most, row[field]);
  }
  return [least, most];
}

// Kurtosis and its like have long tails: where values span two orders of magnitude, each order gets the same room.
const isLog = ([least, most]) => least > 0 && most > 50 * least;
const scaled = (value, range) => (isLog(range) ? Math.log(value) : value);

/** A value's place on an axis, 0 to 1. */
function share(value, range) {
  const [least, most] = range.map((end) => scaled(end, range));
  return most > least ? (scaled(value, range) - least) / (most - least) : 0.5;
}

/** The value at a place of an axis; places beyond its ends are its ends. */
function valueAt(place, range) {
  // The ends are exact, so that a rectangle drawn to the edge has the neuron there.
  if (place <= 0 || place >= 1) return range[place <= 0 ? 0 : 1];
  const [least, most] = range.map((end) => scaled(end, range));
  const value = least + place * (most - least);
  return isLog(range) ? Math.exp(value) : value;
}

/** Every pixel with a neuron gets colour, the more neurons the stronger. */
function draw(chart) {
  const { canvas, rows, range, across, up } = chart;
  const width = canvas.parentElement.clientWidth;
  if (!width || !rows.length) return;
  const density = devicePixelRatio || 1;
  const [wide, tall] = [Math.round(width * density), Math.round(TALL * density)];
  Object.assign(canvas, { width: wide, height: tall });
  const dot = Math.max(1, Math.round((rows.length > 20_000 ? 1 : rows.length > 2000 ? 2 : 3) * density));
  const numbers = new Uint32Array(wide * tall);
  for (let n = 0; n < rows.length; n++) {
    const left = Math.round(across[n] * (wide - dot));
    const top = Math.round((1 - up[n]) * (tall - dot));
    for (let row = top; row < top + dot; row++) for (let column = left; column < left + dot; column++) numbers[row * wide + column] += 1;
  }
  const most = numbers.reduce((found, number) => Math.max(found, number), 1);
  const paint = canvas.getContext('2d');
  const picture = paint.createImageData(wide, tall);
  const [red, green, blue] = inkOf(canvas);
  numbers.forEach((number, n) => {
    if (number) picture.data.set([red, green, blue, 150 + 105 * (Math.log(number) / Math.log(most + 1))], n * 4);
  });
  paint.putImageData(picture, 0, 0);
  for (const axis of ['x', 'y']) fill(byId(`scatter-${axis}-range`), `${nameOf(axis)} `, brief(range[axis][0]), ' to ', brief(range[axis][1]), isLog(range[axis]) && ' (log)');
  frame(chart);
}

function inkOf(canvas) {
  const ink = getComputedStyle(canvas).getPropertyValue('--map-ink').trim();
  return [1, 3, 5].map((at) => parseInt(ink.slice(at, at + 2), 16));
}

/** The neuron under the pointer, or the nearest within a few pixels. */
function nearest({ canvas, rows, across, up }, { offsetX, offsetY }) {
  const [wide, tall] = [canvas.clientWidth, canvas.clientHeight];
  let best = -1;
  let away = REACH * REACH;
  for (let n = 0; n < rows.length; n++) {
    const right = across[n] * wide - offsetX;
    const down = (1 - up[n]) * tall - offsetY;
    const distance = right * right + down * down;
    if (distance >= away) continue;
    away = distance;
    best = n;
  }
  return rows[best] ?? null;
}

function point(chart, event) {
  if (event.buttons) return;
  const hit = nearest(chart, event);
  chart.canvas.classList.toggle('pointing', hit !== null);
  if (hit) fill(byId('scatter-hit'), neuronLink({ model: chart.model, ...hit }), el('span', {}, `${nameOf('y').toLowerCase()} `, el('span', { class: 'number', text: brief(hit[chart.y]) }), `, ${nameOf('x').toLowerCase()} `, el('span', { class: 'number', text: brief(hit[chart.x]) })));
}

/** Drawing a rectangle chooses what is in it; a press without a movement opens the neuron. */
function brush(chart, down) {
  const { canvas, range } = chart;
  if (down.button !== 0 || down.pointerType === 'touch' || !chart.rows.length) return;
  canvas.setPointerCapture(down.pointerId);
  const boundsTo = ({ offsetX, offsetY }) => {
    const across = [down.offsetX, offsetX].map((at) => valueAt(at / canvas.clientWidth, range.x)).sort((a, b) => a - b);
    const up = [down.offsetY, offsetY].map((at) => valueAt(1 - at / canvas.clientHeight, range.y)).sort((a, b) => a - b);
    return { x: across, y: up };
  };
  const isClick = ({ offsetX, offsetY }) => Math.hypot(offsetX - down.offsetX, offsetY - down.offsetY) < 4;
  const move = (event) => {
    chart.bounds = isClick(event) ? null : boundsTo(event);
    frame(chart);
  };
  const end = (event) => {
    canvas.removeEventListener('pointermove', move);
    if (!isClick(event)) return select(chart, boundsTo(event));
    const hit = nearest(chart, event);
    return hit && location.assign(neuronPage(chart.model, hit.layer, hit.neuron));
  };
  canvas.addEventListener('pointermove', move);
  canvas.addEventListener('pointerup', end, { once: true });
}

/** Puts the rectangle where the bounds are. */
function frame({ bounds, range }) {
  const box = byId('scatter-brush');
  box.hidden = !bounds;
  if (!bounds) return;
  const place = { left: share(bounds.x[0], range.x), right: 1 - share(bounds.x[1], range.x), top: 1 - share(bounds.y[1], range.y), bottom: share(bounds.y[0], range.y) };
  for (const [side, part] of Object.entries(place)) box.style.setProperty(side, `${100 * Math.min(1, Math.max(0, part))}%`);
}

/** The bounds with one end as it was typed; the others stay as exact as they were. */
function boundsTyped({ bounds, range }, id, value) {
  const { x, y } = bounds ?? range;
  const typed = { x: [...x], y: [...y] };
  const [axis, end] = [id[0], id.endsWith('to') ? 1 : 0];
  typed[axis][end] = value === '' ? range[axis][end] : Number(value);
  return typed;
}

/** Lists the neurons within the bounds, the highest first. bounds: {x: [least, most], y: …}, or null for all. */
function select(chart, bounds) {
  const { model, rows, x, y, range } = chart;
  const within = bounds ?? range;
  const isIn = (row) => row[x] >= within.x[0] && row[x] <= within.x[1] && row[y] >= within.y[0] && row[y] <= within.y[1];
  // Equals in the order of the CSV.
  const chosen = rows.filter(isIn).sort((a, b) => b[y] - a[y] || b.layer - a.layer || b.neuron - a.neuron);
  const places = chosen.slice(0, IN_LIST).map(({ layer, neuron }) => ({ model, layer, neuron }));
  chart.bounds = bounds;
  ENDS.forEach((id, n) => { byId(`scatter-${id}`).value = bounds ? Number(within[n < 2 ? 'x' : 'y'][n % 2].toPrecision(6)) : ''; });
  frame(chart);
  byId('scatter-all').disabled = !bounds;
  fill(byId('scatter-found'),
    el('div', { class: 'row' },
      el('span', { text: `${plural(chosen.length, 'neuron')} chosen${chosen.length > LISTED ? `, the highest ${LISTED}:` : ''}` }),
      chosen.length > 0 && el('a', { class: 'button small', href: neuronsWithin(model, { [y]: within.y, [x]: within.x }), download: `${model}.csv`, text: 'CSV' }),
      chosen.length > 0 && el('a', { class: 'button small', href: listPage(places), text: chosen.length > IN_LIST ? `Open the first ${IN_LIST} as a list` : 'Open as a list' })),
    el('ol', { class: 'scatter-list' }, chosen.slice(0, LISTED).map((row) => el('li', {}, neuronLink({ model, ...row }),
      el('span', { class: 'number muted', text: x === y ? brief(row[x]) : `${brief(row[y])}, ${brief(row[x])}` })))));
  byId('scatter-found').removeAttribute('aria-busy');
  announce(`${plural(chosen.length, 'neuron')} chosen`);
}
