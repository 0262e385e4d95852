// A histogram: how the values of a statistic are spread over neurons.
import { el, svg } from './dom.js';
import { brief, count } from './format.js';

const [WIDTH, HEIGHT, FOOT, BINS] = [680, 190, 22, 48];

/** Values in equal bins: {from, step, counts}. values: ascending, not empty. */
export function binsOf(values, many = BINS) {
  const from = values[0];
  const step = (values.at(-1) - from) / many || 1;
  const counts = new Array(many).fill(0);
  for (const value of values) counts[Math.min(many - 1, Math.floor((value - from) / step))] += 1;
  return { from, step, counts };
}

/** The drawing with its quartiles in words. values: ascending. */
export function histogram(values, words) {
  if (!values.length) return el('p', { class: 'muted', text: 'No values stored.' });
  const { from, step, counts } = binsOf(values);
  const at = (share) => values[Math.round((values.length - 1) * share)];
  const x = (value) => ((value - from) / (step * BINS)) * WIDTH;
  const said = `${count(values.length)} neurons. ${words}: lowest ${brief(values[0])}, a quarter below ${brief(at(0.25))}, half below ${brief(at(0.5))}, `
    + `three quarters below ${brief(at(0.75))}, highest ${brief(values.at(-1))}.`;
  const middle = x(at(0.5)).toFixed(2);
  const titles = counts.map((number, n) => `${count(number)} from ${brief(from + n * step)} to ${brief(from + (n + 1) * step)}`);
  return el('div', {},
    barChart(counts, titles, [values[0], values.at(-1)], said, [WIDTH, HEIGHT, FOOT],
      svg('line', { class: 'middle', x1: middle, x2: middle, y1: 0, y2: HEIGHT - FOOT })),
    el('p', { class: 'muted', text: said }));
}

/** Where a share of the highest bar ends, from the top of a drawing. */
export const levelOf = (share, height, foot) => height - foot - share * (height - foot - 10);

/**
 * Bars side by side over a line. heights: of any size, the highest takes the room; titles: a bar's own words;
 * ends: the values at both ends of the line; said: all in words; size: [width, height, room below the line]; more: drawn above.
 */
export function barChart(heights, titles, ends, said, [width, height, foot], more = null) {
  const most = Math.max(...heights) || 1;
  const wide = width / heights.length;
  const end = (x, anchor, value) => svg('text', { x, y: height - 6, 'text-anchor': anchor, text: brief(value) });
  return svg('svg', { class: 'histogram', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': said },
    heights.map((value, n) => {
      const top = levelOf(Math.max(0, value / most), height, foot);
      return svg('rect', { x: (n * wide + 0.5).toFixed(2), width: Math.max(0.5, wide - 1).toFixed(2), y: top.toFixed(2), height: (height - foot - top).toFixed(2) },
        svg('title', { text: titles[n] }));
    }),
    svg('line', { x1: 0, x2: width, y1: height - foot, y2: height - foot }), more, end(0, 'start', ends[0]), end(width, 'end', ends[1]));
}
