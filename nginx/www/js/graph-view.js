// Draws a laid out graph as SVG. Each node is a link to the search for its token.
import { svg } from './dom.js';
import { brief } from './format.js';
import { searchPage } from './route.js';
import { spelled } from './tokens.js';

const HOT = 0.655;

/** The drawing of what layoutGraph() gave, without a size of its own. label: its name for screen readers. */
export function drawGraph({ nodes, edges, width, height, split }, label) {
  const arrow = svg('marker', { id: 'graph-arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' },
    svg('path', { class: 'graph-tip', d: 'M0,0.5 L8,4 L0,7.5 z' }));
  return svg('svg', { class: 'graph', role: 'group', 'aria-label': label, viewBox: `0 0 ${width} ${height}` },
    svg('defs', {}, arrow),
    split !== null && svg('line', { class: 'graph-split', x1: 0, x2: width, y1: split, y2: split }),
    edges.map(drawEdge), nodes.map((node) => drawNode(node, nodes)));
}

function drawEdge({ from, to }) {
  const [x1, y1, x2, y2] = [from.x + from.width, from.y + from.height / 2, to.x - 2, to.y + to.height / 2];
  const bend = Math.max(24, (x2 - x1) / 2);
  return svg('path', { class: 'graph-edge', 'marker-end': 'url(#graph-arrow)', data: { from: from.number, to: to.number },
    d: `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}` });
}

function drawNode(node, nodes) {
  const names = ['graph-node', node.isActivating ? 'pos' : 'neg', node.importance >= HOT ? 'hot' : ''];
  return svg('a', { class: names.filter(Boolean).join(' '), href: searchPage(node.token, node.isActivating ? 'activating' : 'important'),
    'aria-label': sentence(node, nodes), data: { node: node.number }, vars: { '--heat': node.importance.toFixed(3) } },
  svg('title', { text: sentence(node, nodes) }),
  svg('rect', { x: node.x, y: node.y, width: node.width, height: node.height, rx: 4 }),
  svg('text', { x: node.x + node.width / 2, y: node.y + node.height / 2, 'text-anchor': 'middle', 'dominant-baseline': 'central', text: node.text }));
}

function sentence(node, nodes) {
  const before = node.before.filter((n) => nodes[n]).map((n) => spelled(nodes[n].token));
  const role = node.isActivating ? 'activates' : 'context';
  return `${spelled(node.token)}, ${role}, importance ${brief(node.importance)}${before.length ? `, after ${before.join(' or ')}` : ''}`;
}
