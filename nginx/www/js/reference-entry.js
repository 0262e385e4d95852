// One address of the API reference: what it takes, what it gives, and a form that asks it.
import { tryAddress } from './api.js';
import { copyButton } from './clipboard.js';
import { el, fill } from './dom.js';
import { count } from './format.js';
import { addressOf, shapeOf, typeOf } from './openapi.js';
import { errorPanel } from './states.js';

const LONGEST = 20_000;

/** A collapsed entry; what is inside is made when it opens. */
export function entry(openapi, operation) {
  const node = el('details', { class: 'entry', id: operation.id },
    el('summary', {}, el('span', { class: 'method', text: operation.method }), el('code', {}, broken(operation.path)), ' ',
      el('span', { class: 'muted', text: operation.summary })));
  node.addEventListener('toggle', () => {
    if (node.open && node.childElementCount === 1) node.append(inside(openapi, operation));
  });
  return node;
}

/** A path that may be broken behind its slashes. */
const broken = (path) => path.split('/').flatMap((part, n) => (n ? ['/', el('wbr'), part] : [part]));

function inside(openapi, operation) {
  const [good, ...bad] = operation.answers;
  return el('div', { class: 'entry-body' },
    operation.description && el('p', { text: operation.description }),
    operation.parameters.length > 0 && parameterTable(openapi, operation.parameters),
    tryForm(operation),
    el('h3', { text: `Answer ${good?.status ?? ''}` }),
    good?.schema && el('pre', { tabindex: 0, 'aria-label': 'Shape of the answer' }, el('code', { text: shapeOf(openapi, good.schema) })),
    el('p', { class: 'muted', text: [good?.type, good?.description].filter(Boolean).join('. ') }),
    bad.length > 0 && el('ul', { class: 'plain answers' }, bad.map(({ status, description }) =>
      el('li', {}, el('code', { text: status }), ' ', description))));
}

function parameterTable(openapi, parameters) {
  return el('div', { class: 'table-box', tabindex: 0, role: 'group', 'aria-label': 'Parameters' }, el('table', {},
    el('thead', {}, el('tr', {}, ['Parameter', 'In', 'Type', 'Meaning'].map((text) => el('th', { scope: 'col', text })))),
    el('tbody', {}, parameters.map((parameter) => el('tr', {},
      el('th', { scope: 'row' }, el('code', { text: parameter.name }), !parameter.required && el('span', { class: 'muted', text: ' optional' })),
      el('td', { text: parameter.in }), el('td', { text: typeOf(openapi, parameter) }), el('td', { text: parameter.description ?? '' }))))));
}

/** The form: a field for each parameter, the address they make, and what it answers. */
function tryForm({ id, method, path, parameters, body }) {
  const fields = parameters.map((parameter) => [parameter, el('input', {
    id: `${id}-${parameter.name}`, autocomplete: 'off', spellcheck: 'false', required: parameter.required, placeholder: parameter.required ? null : 'left out',
    value: parameter.required ? parameter.example ?? '' : null,
  })]);
  const posted = body && el('textarea', { id: `${id}-body`, rows: 4, spellcheck: 'false', text: JSON.stringify(body.example ?? {}, null, 2) });
  const address = () => addressOf(path, fields.map(([parameter, field]) => [parameter, field.value]));
  const line = el('code', { class: 'address' });
  const show = () => { line.textContent = `${method} ${address()}`; };
  const output = el('div', { class: 'output', role: 'status' });
  const ask = async (event) => {
    event.preventDefault();
    output.setAttribute('aria-busy', 'true');
    fill(output, await answerOf(address(), posted?.value ?? null));
    output.removeAttribute('aria-busy');
  };
  const form = el('form', { class: 'try', 'aria-label': `Try ${method} ${path}`, on: { submit: ask, input: show } },
    fields.map(([parameter, field]) => el('div', {}, el('label', { for: field.id, text: parameter.name }), field)),
    posted && el('div', { class: 'wide' }, el('label', { for: posted.id, text: 'Body, JSON' }), posted),
    el('div', { class: 'wide row' }, line),
    el('div', { class: 'wide row' }, el('button', { class: 'button primary', text: 'Try it' }),
      copyButton('Copy address', () => new URL(address(), location.href).href)));
  show();
  return [el('h3', { text: 'Try it' }), form, output];
}

async function answerOf(address, body) {
  try {
    const { status, type, text, bytes, milliseconds } = await tryAddress(address, body);
    const shown = pretty(text);
    return [
      el('p', {}, el('b', { text: `HTTP ${status}` }), el('span', { class: 'muted', text: ` ${type}, ${count(bytes)} bytes, ${count(Math.round(milliseconds))} ms` })),
      shown && el('pre', { tabindex: 0, 'aria-label': 'Answer' }, el('code', { text: shown.slice(0, LONGEST) })),
      shown.length > LONGEST && el('p', { class: 'muted', text: `The first ${count(LONGEST)} of ${count(shown.length)} characters.` }),
    ];
  } catch (error) {
    return [errorPanel(error, null)];
  }
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
