// How a neuron's activations are spread: over a random sample where there is one, else over its maximum activating texts.
import { servicePart } from '../api.js';
import { el, svg } from '../dom.js';
import { brief, count, exact, plural } from '../format.js';
import { barChart, binsOf, levelOf } from '../histogram.js';

const [WIDTH, HEIGHT, FOOT, LABEL] = [832, 200, 22, 40];
const SCALE = 'Heights are logarithmic, so that rare high activations stay visible; point at a bar for its number of tokens.';

/** The bins that are asked for. */
export const BINS = 48;

/** Records where they have a random sample, else what neuroscope counts over its texts: {metadata, data}. */
export async function ask(place) {
  const records = await servicePart(place, 'records').catch((error) => {
    if (error.status !== 404) throw error;
    return { data: null };
  });
  return records.data?.random?.length ? records : servicePart(place, 'neuroscope', `?texts=0&bins=${BINS}`);
}

/** Shows what ask() gave; see makeSection(). */
export async function show(data, { place, width }) {
  return data.histogram ? ofTexts(data.histogram, width()) : ofSample(data.random, place, width());
}

function ofTexts({ counts, low, high }, width) {
  const all = counts.reduce((a, b) => a + b, 0);
  if (!all) return null;
  const step = (high - low) / counts.length;
  let below = 0;
  const half = counts.findIndex((number) => (below += number) >= all / 2);
  const said = `${count(all)} tokens of its maximum activating texts: activations from ${brief(low)} to ${brief(high)}, half of them below about ${brief(low + (half + 1) * step)}.`;
  return drawn(counts, [low, high], [], width, said,
    'These are the texts with the highest maxima of all, so high activations are over-represented.');
}

async function ofSample(records, place, width) {
  const values = records.flatMap(({ activations }) => activations).filter(Number.isFinite).sort((a, b) => a - b);
  if (!values.length) return null;
  const { data } = await servicePart(place, 'activation_statistics').catch(() => ({ data: null }));
  const marks = marksOf((data?.quantile_boundaries ?? []).filter(Number.isFinite), values);
  const said = `${count(values.length)} tokens of ${plural(records.length, 'random text')}, an unbiased sample: activations from ${brief(values[0])} to ${brief(values.at(-1))}.`
    + (marks.length ? ` Dashed lines: ${marks.map(({ words }) => words).join(', ')}.` : '');
  return drawn(binsOf(values, BINS).counts, [values[0], values.at(-1)], marks, width, said);
}

/** Where the source's quantiles are cut: it gives shares of tokens, or activations. Shares of less than one token say nothing. */
function marksOf(edges, values) {
  const last = values.length - 1;
  if (edges.every((edge) => edge > 0 && edge < 1)) {
    return edges.filter((share) => (1 - share) * values.length >= 1).map((share) => ({ share, at: values[Math.round(last * share)] }))
      .map(({ share, at }) => ({ at, words: `${exact(Number((100 * share).toPrecision(6)))} % below ${brief(at)}` }));
  }
  return edges.filter((at) => at > values[0] && at < values[last]).map((at) => ({ at, words: `quantiles cut at ${brief(at)}` }));
}

function drawn(counts, [low, high], marks, room, said, about = '') {
  const width = Math.min(WIDTH, room);
  const heights = counts.map((number) => Math.log1p(number));
  const step = (high - low) / counts.length;
  const titles = counts.map((number, n) => `${plural(number, 'token')} from ${brief(low + n * step)} to ${brief(low + (n + 1) * step)}`);
  const x = (value) => (high > low ? ((value - low) / (high - low)) * width : 0);
  const upright = (value, className) => svg('line', { class: className, x1: x(value), x2: x(value), y1: 0, y2: HEIGHT - FOOT });
  const isZeroApart = x(0) > 2 * LABEL && x(0) < width - 2 * LABEL;
  return [
    barChart(heights, titles, [low, high], said, [width, HEIGHT, FOOT], [
      rungs(Math.max(...counts), width),
      low < 0 && high > 0 && upright(0, 'zero-line'),
      isZeroApart && svg('text', { x: x(0), y: HEIGHT - 6, 'text-anchor': 'middle', text: '0' }),
      marks.map(({ at, words }) => fillTitle(upright(at, 'middle'), words)),
    ]),
    el('p', { class: 'muted chart-words', text: [said, about, SCALE].filter(Boolean).join(' ') }),
  ];
}

function fillTitle(line, words) {
  line.append(svg('title', { text: words }));
  return line;
}

/** Lines at 1, 10, 100, … tokens. */
function rungs(most, width) {
  const steps = [];
  for (let number = 1; number <= most; number *= 10) steps.push(number);
  return steps.map((number) => {
    const y = levelOf(Math.log1p(number) / Math.log1p(most), HEIGHT, FOOT);
    return [svg('line', { class: 'rung', x1: 0, x2: width, y1: y, y2: y }),
      svg('text', { class: 'rung-label', x: width, y: y < 14 ? y + 12 : y - 3, 'text-anchor': 'end', text: count(number) })];
  });
}
