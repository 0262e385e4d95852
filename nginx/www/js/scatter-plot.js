// The drawing of two statistics against each other: where each neuron's point stands, its pixels, and what lies near a place.
import { colourOf } from './theme.js';

const TALL = 360;
const REACH = 8;

// Kurtosis and its like have long tails: where values span two orders of magnitude, each order gets the same room.
/** Does this range get a logarithmic axis? range: [least, most]. */
export const isLog = ([least, most]) => least > 0 && most > 50 * least;
const scaled = (value, range) => (isLog(range) ? Math.log(value) : value);

/** Gives the place of a value on an axis, 0 to 1. */
export function axisOf(range) {
  const [least, most] = range.map((end) => scaled(end, range));
  if (most <= least) return () => 0.5;
  return isLog(range) ? (value) => (Math.log(value) - least) / (most - least) : (value) => (value - least) / (most - least);
}

/** The value at a place of an axis; places beyond its ends are its ends. */
export function valueAt(place, range) {
  // The ends are exact, so that a rectangle drawn to the edge has the neuron there.
  if (place <= 0 || place >= 1) return range[place <= 0 ? 0 : 1];
  const [least, most] = range.map((end) => scaled(end, range));
  const value = least + place * (most - least);
  return isLog(range) ? Math.exp(value) : value;
}

/** The least and the greatest of some numbers. */
export function rangeOf(values) {
  let [least, most] = [Infinity, -Infinity];
  for (let n = 0; n < values.length; n++) {
    if (values[n] < least) least = values[n];
    if (values[n] > most) most = values[n];
  }
  return [least, most];
}

/**
 * Draws the points: every pixel with a neuron gets colour, the more neurons the stronger.
 * points: {across, up}: places of each. Returns nearest(x, y): the number of the point within a few pixels, or -1.
 */
export function drawPoints(canvas, { across, up }) {
  const width = canvas.parentElement.clientWidth;
  const density = devicePixelRatio || 1;
  const [wide, tall] = [Math.round(width * density), Math.round(TALL * density)];
  Object.assign(canvas, { width: wide, height: tall });
  const dot = Math.max(1, Math.round((across.length > 20_000 ? 1 : across.length > 2000 ? 2 : 3) * density));
  const numbers = new Uint32Array(wide * tall);
  for (let n = 0; n < across.length; n++) {
    const left = Math.round(across[n] * (wide - dot));
    const top = Math.round((1 - up[n]) * (tall - dot));
    for (let row = top; row < top + dot; row++) for (let column = left; column < left + dot; column++) numbers[row * wide + column] += 1;
  }
  paint(canvas, numbers);
  return nearestOf({ across, up }, width);
}

function paint(canvas, numbers) {
  const [, most] = rangeOf(numbers);
  const context = canvas.getContext('2d');
  const picture = context.createImageData(canvas.width, canvas.height);
  const [red, green, blue] = colourOf(canvas, '--map-ink');
  for (let n = 0; n < numbers.length; n++) {
    if (!numbers[n]) continue;
    picture.data[n * 4] = red;
    picture.data[n * 4 + 1] = green;
    picture.data[n * 4 + 2] = blue;
    picture.data[n * 4 + 3] = 150 + 105 * (Math.log(numbers[n]) / Math.log(most + 1));
  }
  context.putImageData(picture, 0, 0);
}

/** The points by squares as wide as the reach, so that only nine squares have to be looked through. */
function nearestOf({ across, up }, wide) {
  const columns = Math.ceil(wide / REACH) + 1;
  const squareAt = (x, y) => Math.floor(y / REACH) * columns + Math.floor(x / REACH);
  const squares = new Uint32Array(across.length);
  const ends = new Uint32Array(columns * (Math.ceil(TALL / REACH) + 1) + 1);
  for (let n = 0; n < squares.length; n++) ends[squares[n] = squareAt(across[n] * wide, (1 - up[n]) * TALL)] += 1;
  for (let n = 1; n < ends.length; n++) ends[n] += ends[n - 1];
  const members = new Uint32Array(squares.length);
  const room = ends.slice();
  for (let n = squares.length - 1; n >= 0; n--) members[room[squares[n]] -= 1] = n;
  return (x, y) => {
    let best = -1;
    let away = REACH * REACH;
    for (let row = -1; row <= 1; row++) {
      const middle = squareAt(x, y) + row * columns;
      for (let at = room[Math.max(0, middle - 1)]; at < (ends[middle + 1] ?? 0); at++) {
        const [right, down] = [across[members[at]] * wide - x, (1 - up[members[at]]) * TALL - y];
        const distance = right * right + down * down;
        if (distance >= away) continue;
        away = distance;
        best = members[at];
      }
    }
    return best;
  };
}
