// The tokens of Neuron2Graph's nodes: labels of a DOT file, in which a token was written as JSON and escaped again.
const CODES = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** The token of a label, e.g. ' the' of '" the"'. Quotes and escapes are undone, as the database does. */
export function labelToken(label) {
  const isQuoted = /^".*"$/s.test(label) && label.length > 1;
  const text = isQuoted ? label.slice(1, -1).replace(/\\(["\\])/g, '$1') : label;
  if (text.includes('"')) return text;
  if (/^' +'$/.test(text)) return text.slice(1, -1);
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))/g, (_, unit, code) =>
    (code ? CODES[code] : String.fromCharCode(parseInt(unit, 16))));
}
