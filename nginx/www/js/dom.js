// The only module that builds DOM. Text becomes text nodes, never markup; style attributes are refused (CSP).

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Makes an element.
 * props: attributes by name; besides `text` (text content), `on` (listeners by event), `data` (dataset),
 * `vars` (CSS custom properties). null, undefined and false leave an attribute out, true sets it empty.
 * children: nodes, strings, arrays of them; null and false are skipped.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProperty(node, name, value);
  node.append(...children.flat(Infinity).filter(isShown));
  return node;
}

/** Makes an SVG element; props and children as of el(). */
export function svg(tag, props = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(props)) setProperty(node, name, value);
  node.append(...children.flat(Infinity).filter(isShown));
  return node;
}

const isShown = (child) => child !== null && child !== undefined && child !== false;

function setProperty(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === 'text') node.textContent = value;
  else if (name === 'on') for (const [type, run] of Object.entries(value)) node.addEventListener(type, run);
  else if (name === 'data') Object.assign(node.dataset, value);
  else if (name === 'vars') setVars(node, value);
  else if (/^(on|style$|srcdoc$)/i.test(name)) throw new Error(`refused attribute ${name}`);
  else node.setAttribute(name, value === true ? '' : value);
}

/** Sets CSS custom properties of an element through CSSOM, which the CSP allows. */
export function setVars(node, vars) {
  for (const [name, value] of Object.entries(vars)) node.style.setProperty(name, value);
}

/** Replaces an element's children. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter(isShown));
  return node;
}

/** The element with this id; the pages' HTML promises that it is there. */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`no element #${id}`);
  return node;
}

/** A list of terms: pairs of [term, description or nodes]; pairs without a description are left out. */
export function terms(pairs, className) {
  return el('dl', { class: className }, pairs
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([term, value]) => el('div', {}, el('dt', { text: term }), el('dd', {}, value))));
}

/** An icon of img/icons.svg; decoration only, so hidden from screen readers. */
export const icon = (name) => svg('svg', { class: 'icon', 'aria-hidden': 'true' }, svg('use', { href: `/img/icons.svg#${name}` }));
