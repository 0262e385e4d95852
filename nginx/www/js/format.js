// Numbers and counts as the pages print them.

const GROUPED = new Intl.NumberFormat('en');

/** A whole number with thousands separators. */
export const count = (number) => (Number.isFinite(number) ? GROUPED.format(number) : '–');

/** The number with a proper minus sign and every digit that the API gave. */
export const exact = (number) => (Number.isFinite(number) ? String(number).replace('-', '−') : '–');

/** The number with four digits, for axes and lists. */
export function brief(number) {
  if (!Number.isFinite(number)) return '–';
  const text = number.toPrecision(4);
  return text.includes('e') ? exact(Number(text)) : text.replace('-', '−');
}

/** "1 text", "2 texts". */
export const plural = (number, noun) => `${count(number)} ${noun}${number === 1 ? '' : 's'}`;

/** A word for a POSIX shell: quoted where it must be. */
export const shellWord = (text) => (/^[\w.+-][\w.+-]*$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
