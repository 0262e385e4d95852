// Two statistics against each other: a point for each neuron, a rectangle drawn over some of them, and which those are.
import { neuronsWithin } from './api.js';
import { askColumns } from './columns.js';
import { byId, el, fill } from './dom.js';
import { brief, count, plural } from './format.js';
import { neuronLink } from './neuron-link.js';
import { listPage, neuronPage } from './route.js';
import { axisOf, drawPoints, isLog, rangeOf, valueAt } from './scatter-plot.js';
import { announce } from './shell.js';
import { errorPanel } from './states.js';
import { statisticOptions } from './statistic.js';
import { onTheme } from './theme.js';

const LISTED = 20;
const IN_LIST = 100;
const ENDS = ['x-from', 'x-to', 'y-from', 'y-to'];

/** Makes the plot once it comes into view. place: {model, layer}. statistics: [[field, words], …], two at least. */
export function initScatter(place, statistics) {
  const [x, y] = [statistics[1][0], statistics[0][0]];
  fill(byId('scatter-section'), parts(statistics, x, y));
  byId('scatter-section').hidden = false;
  const chart = { place, canvas: byId('scatter'), rows: { layer: [], neuron: [] }, turn: 0, hit: -1, nearest: () => -1 };
  const watcher = new IntersectionObserver(([{ isIntersecting }]) => {
    if (!isIntersecting) return;
    watcher.disconnect();
    start(chart);
  }, { rootMargin: '200px' });
  watcher.observe(chart.canvas);
}

/** What the section consists of. */
function parts(statistics, x, y) {
  const choice = (axis, words, chosen) => el('label', { class: 'row' }, `${words} `, el('select', { id: `scatter-${axis}` }, statisticOptions(statistics, chosen)));
  const end = (id, label) => el('input', { id: `scatter-${id}`, type: 'number', step: 'any', 'aria-label': label });
  const ends = (axis, words) => [el('label', {}, `${words} from `, end(`${axis}-from`)), el('label', {}, 'to ', end(`${axis}-to`, `${words} to`))];
  return [
    el('div', { class: 'section-head' }, el('h2', { id: 'scatter-title', text: 'Two statistics' }),
      el('div', { class: 'row' }, choice('y', 'Vertical', y), choice('x', 'Horizontal', x))),
    el('p', { class: 'muted', text: 'A point for each neuron. Draw a rectangle over some of them to see which they are.' }),
    el('div', { class: 'scatter-box' }, el('canvas', { id: 'scatter', role: 'img', height: 360 }), el('div', { class: 'scatter-brush', id: 'scatter-brush', hidden: true })),
    el('div', { class: 'scatter-axis', 'aria-hidden': 'true' }, el('span', {}, '↑ ', el('span', { id: 'scatter-y-range', text: '–' })), el('span', {}, el('span', { id: 'scatter-x-range', text: '–' }), ' →')),
    el('p', { class: 'map-hit', id: 'scatter-hit' }, el('span', { class: 'muted', text: 'Point at a neuron to see its number' })),
    el('div', { class: 'row scatter-fields', role: 'group', 'aria-label': 'Choose neurons' }, ends('y', 'Vertical'), ends('x', 'Horizontal'),
      el('button', { type: 'button', class: 'button small', id: 'scatter-all', disabled: true, text: 'All' })),
    el('div', { id: 'scatter-found' }, el('span', { class: 'muted', text: 'Reading …' })),
  ];
}

function start(chart) {
  const { canvas } = chart;
  for (const axis of ['x', 'y']) byId(`scatter-${axis}`).addEventListener('change', () => load(chart));
  for (const id of ENDS) byId(`scatter-${id}`).addEventListener('change', ({ target }) => select(chart, boundsTyped(chart, id, target.value)));
  byId('scatter-all').addEventListener('click', () => select(chart, null));
  new ResizeObserver(() => draw(chart)).observe(canvas.parentElement);
  onTheme(() => draw(chart));
  canvas.addEventListener('pointermove', (event) => point(chart, event));
  canvas.addEventListener('pointerdown', (event) => brush(chart, event));
  return load(chart);
}

async function load(chart) {
  const { place } = chart;
  const [x, y] = ['x', 'y'].map((axis) => byId(`scatter-${axis}`).value);
  const mine = ++chart.turn;
  byId('scatter-found').setAttribute('aria-busy', 'true');
  try {
    const rows = await askColumns(place, x === y ? [y] : [y, x]);
    if (mine !== chart.turn) return;
    const range = { x: rangeOf(rows[x]), y: rangeOf(rows[y]) };
    Object.assign(chart, { rows, x, y, range, across: rows[x].map(axisOf(range.x)), up: rows[y].map(axisOf(range.y)), bounds: null, hit: -1 });
    chart.canvas.setAttribute('aria-label', `${count(rows.layer.length)} neurons, ${nameOf('x').toLowerCase()} across and ${nameOf('y').toLowerCase()} up; the fields below choose some of them`);
    draw(chart);
    select(chart, null);
  } catch (error) {
    if (mine === chart.turn) fill(byId('scatter-found'), errorPanel(error, () => load(chart))).removeAttribute('aria-busy');
  }
}

const nameOf = (axis) => byId(`scatter-${axis}`).selectedOptions[0].text;

function draw(chart) {
  const { canvas, rows, range } = chart;
  if (!canvas.parentElement.clientWidth || !rows.layer.length) return;
  chart.nearest = drawPoints(canvas, chart);
  for (const axis of ['x', 'y']) fill(byId(`scatter-${axis}-range`), `${nameOf(axis)} `, brief(range[axis][0]), ' to ', brief(range[axis][1]), isLog(range[axis]) && ' (log)');
  frame(chart);
}

/** A neuron of the plot. */
const neuronOf = ({ place: { model }, rows }, n) => ({ model, layer: rows.layer[n], neuron: rows.neuron[n] });

function point(chart, event) {
  if (event.buttons) return;
  const hit = chart.nearest(event.offsetX, event.offsetY);
  if (hit === chart.hit) return;
  chart.hit = hit;
  chart.canvas.classList.toggle('pointing', hit >= 0);
  const value = (axis) => [`${nameOf(axis).toLowerCase()} `, el('span', { class: 'number', text: brief(chart.rows[chart[axis]][hit]) })];
  if (hit >= 0) fill(byId('scatter-hit'), neuronLink(neuronOf(chart, hit)), el('span', {}, value('y'), ', ', value('x')));
}

/** Drawing a rectangle chooses what is in it; a press without a movement opens the neuron. */
function brush(chart, down) {
  const { canvas, range } = chart;
  if (down.button !== 0 || down.pointerType === 'touch' || !chart.rows.layer.length) return;
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
    const hit = chart.nearest(event.offsetX, event.offsetY);
    if (hit < 0) return undefined;
    const { model, layer, neuron } = neuronOf(chart, hit);
    return location.assign(neuronPage(model, layer, neuron));
  };
  canvas.addEventListener('pointermove', move);
  canvas.addEventListener('pointerup', end, { once: true });
}

/** Puts the rectangle where the bounds are. */
function frame({ bounds, range }) {
  const box = byId('scatter-brush');
  box.hidden = !bounds;
  if (!bounds) return;
  const [across, up] = [axisOf(range.x), axisOf(range.y)];
  const sides = { left: across(bounds.x[0]), right: 1 - across(bounds.x[1]), top: 1 - up(bounds.y[1]), bottom: up(bounds.y[0]) };
  for (const [side, part] of Object.entries(sides)) box.style.setProperty(side, `${100 * Math.min(1, Math.max(0, part))}%`);
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
  const { place, rows, x, y, range } = chart;
  const within = bounds ?? range;
  const { number, first } = chosenOf(rows[x], rows[y], within);
  const places = first.map((n) => neuronOf(chart, n));
  chart.bounds = bounds;
  ENDS.forEach((id, n) => { byId(`scatter-${id}`).value = bounds ? Number(within[n < 2 ? 'x' : 'y'][n % 2].toPrecision(6)) : ''; });
  frame(chart);
  const said = plural(number, 'neuron') + (bounds ? ' chosen' : '');
  byId('scatter-all').disabled = !bounds;
  fill(byId('scatter-found'),
    el('div', { class: 'row' },
      el('span', { text: `${said}${number > LISTED ? `, the highest ${LISTED} by ${nameOf('y').toLowerCase()}:` : ''}` }),
      number > 0 && el('a', { class: 'button small', href: neuronsWithin(place, { [y]: within.y, [x]: within.x }), download: `${place.model}.csv`, text: 'CSV' }),
      number > 0 && el('a', { class: 'button small', href: listPage(places), text: number > IN_LIST ? `Open the first ${IN_LIST} as a list` : 'Open as a list' })),
    el('ol', { class: 'scatter-list' }, first.slice(0, LISTED).map((n) => el('li', {}, neuronLink(neuronOf(chart, n)),
      el('span', { class: 'number muted', text: [...new Set([y, x])].map((field) => brief(rows[field][n])).join(', ') })))));
  byId('scatter-found').removeAttribute('aria-busy');
  announce(said);
}

/** How many lie within the bounds, and the first of them; ys ascend. */
function chosenOf(xs, ys, { x: [left, right], y: [low, high] }) {
  const first = [];
  let number = 0;
  for (let n = xs.length - 1; n >= 0; n--) {
    if (xs[n] < left || xs[n] > right || ys[n] < low || ys[n] > high) continue;
    number += 1;
    if (first.length < IN_LIST) first.push(n);
  }
  return { number, first };
}
