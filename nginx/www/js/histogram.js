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
  const most = Math.max(...counts);
  const wide = WIDTH / BINS;
  const at = (share) => values[Math.round((values.length - 1) * share)];
  const x = (value) => ((value - from) / (step * BINS)) * WIDTH;
  const said = `${count(values.length)} neurons. ${words}: lowest ${brief(values[0])}, a quarter below ${brief(at(0.25))}, half below ${brief(at(0.5))}, `
    + `three quarters below ${brief(at(0.75))}, highest ${brief(values.at(-1))}.`;
  const bars = counts.map((number, n) => {
    const tall = (number / most) * (HEIGHT - FOOT - 10);
    const bar = svg('rect', { x: (n * wide + 0.5).toFixed(2), width: (wide - 1).toFixed(2), y: (HEIGHT - FOOT - tall).toFixed(2), height: tall.toFixed(2) },
      svg('title', { text: `${count(number)} from ${brief(from + n * step)} to ${brief(from + (n + 1) * step)}` }));
    return bar;
  });
  const middle = x(at(0.5)).toFixed(2);
  const text = (place, anchor, value) => svg('text', { x: place, y: HEIGHT - 6, 'text-anchor': anchor, text: brief(value) });
  return el('div', {},
    svg('svg', { class: 'histogram', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': said },
      bars, svg('line', { x1: 0, x2: WIDTH, y1: HEIGHT - FOOT, y2: HEIGHT - FOOT }),
      svg('line', { class: 'middle', x1: middle, x2: middle, y1: 0, y2: HEIGHT - FOOT }),
      text(0, 'start', values[0]), text(WIDTH, 'end', values.at(-1))),
    el('p', { class: 'muted', text: said }));
}
