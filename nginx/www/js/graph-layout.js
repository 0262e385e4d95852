// Where the nodes of a Neuron2Graph graph stand: the activating ones in the last column, and what must come before
// them in columns to the left. Activating nodes that need nothing before them stand in rows below.
import { labelToken } from './graph-label.js';
import { spelled } from './tokens.js';

const [HEIGHT, GAP, CHARACTER, PADDING, MARGIN, LONGEST] = [28, 8, 7.9, 18, 14, 18];
const COLUMN_GAP = 64;

/**
 * {nodes, edges, width, height, split} of the service's graph. room: width that the rows below may fill.
 * A node is {number, token, label, importance, isActivating, before, x, y, width, height}; an edge is {from, to}.
 * split: y of the line above the rows, or null where one of both parts is empty.
 */
export function layoutGraph({ graph, subgraph_indices: starts }, room) {
  const nodes = graph.map((node, number) => makeNode(node, number, columnOf(starts, number)));
  const edges = nodes.flatMap((node) => node.before.filter((n) => nodes[n]).map((n) => ({ from: nodes[n], to: node })));
  const tied = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const alone = nodes.filter((node) => !tied.has(node));
  const layers = placeLayers([...tied], edges);
  const split = layers.height && alone.length ? layers.height + MARGIN : null;
  const rows = placeRows(alone, Math.max(room, layers.width), split === null ? layers.height : split + MARGIN);
  return { nodes, edges, split, width: Math.max(layers.width, rows.width), height: rows.height };
}

function makeNode({ token: label, importance, required }, number, column) {
  const token = labelToken(label);
  const whole = spelled(token).slice(1, -1).replaceAll(' ', '·');
  const points = Array.from(whole);
  const text = points.length > LONGEST ? `${points.slice(0, LONGEST - 1).join('')}…` : whole;
  const width = Math.max(44, Math.min(points.length, LONGEST) * CHARACTER + PADDING);
  return { number, token, text, importance, column, isActivating: column <= 1, before: required, width, height: HEIGHT, x: 0, y: 0 };
}

/** Number of the subgraph that a node is in; they begin where starts says. The first two hold activating nodes. */
function columnOf(starts, number) {
  let column = 0;
  while (column + 1 < starts.length && starts[column + 1] <= number) column += 1;
  return column;
}

function placeLayers(tied, edges) {
  if (!tied.length) return { width: 0, height: 0 };
  const numbers = [...new Set(tied.map(({ column }) => column))].sort((a, b) => b - a);
  const columns = numbers.map((number) => tied.filter(({ column }) => column === number).sort((a, b) => a.number - b.number));
  untangle(columns, edges);
  const tallest = Math.max(...columns.map((column) => column.length)) * (HEIGHT + GAP) - GAP;
  let x = MARGIN;
  for (const column of columns) {
    const width = Math.max(...column.map((node) => node.width));
    const top = MARGIN + (tallest - column.length * (HEIGHT + GAP) + GAP) / 2;
    column.forEach((node, n) => Object.assign(node, { x, y: top + n * (HEIGHT + GAP), width }));
    x += width + COLUMN_GAP;
  }
  return { width: x - COLUMN_GAP + MARGIN, height: tallest + 2 * MARGIN };
}

/** Sorts each column by where its nodes' neighbours stand, from the right and back, so that few edges cross. */
function untangle(columns, edges) {
  const order = (column, ends) => {
    const place = new Map(columns.flatMap((nodes) => nodes.map((node, n) => [node, n / nodes.length])));
    const mean = (node) => {
      const places = ends(node).map((other) => place.get(other));
      return places.length ? places.reduce((a, b) => a + b) / places.length : place.get(node);
    };
    const means = new Map(column.map((node) => [node, mean(node)]));
    column.sort((a, b) => means.get(a) - means.get(b) || a.number - b.number);
  };
  const after = (node) => edges.filter(({ from }) => from === node).map(({ to }) => to);
  const before = (node) => edges.filter(({ to }) => to === node).map(({ from }) => from);
  for (let sweep = 0; sweep < 3; sweep += 1) {
    for (let n = columns.length - 2; n >= 0; n -= 1) order(columns[n], after);
    for (let n = 1; n < columns.length; n += 1) order(columns[n], before);
  }
}

/** The nodes in rows, the most important first. */
function placeRows(nodes, room, top) {
  if (!nodes.length) return { width: 0, height: top };
  let [x, y, widest] = [MARGIN, top + MARGIN, 0];
  for (const node of nodes.sort((a, b) => b.importance - a.importance || a.number - b.number)) {
    if (x > MARGIN && x + node.width + MARGIN > room) [x, y] = [MARGIN, y + HEIGHT + GAP];
    Object.assign(node, { x, y });
    x += node.width + GAP;
    widest = Math.max(widest, x - GAP + MARGIN);
  }
  return { width: widest, height: y + HEIGHT + MARGIN };
}
