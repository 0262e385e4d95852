// A box round an SVG drawing that can be zoomed and moved: buttons, keys, Ctrl and wheel, dragging.
import { el } from './dom.js';

const STEP = 1.25;
const [LEAST, MOST] = [0.2, 4];
const MOVE = 60;
const TALLEST = 560;

/** {node, tools}: the box, and its buttons for a heading. size: {width, height} of the drawing at scale 1. */
export function zoomBox(drawing, size, label) {
  const view = { x: 0, y: 0, scale: 1 };
  const node = el('div', { class: 'zoom-box', role: 'group', tabindex: 0, 'aria-label': `${label}. Arrow keys move it, plus and minus zoom, 0 shows all of it` }, drawing);
  const apply = () => {
    const { clientWidth: wide, clientHeight: tall } = node;
    drawing.setAttribute('viewBox', [view.x, view.y, wide / view.scale, tall / view.scale].map((n) => n.toFixed(2)).join(' '));
  };
  const whole = () => {
    const { clientWidth: wide } = node;
    if (!wide) return;
    const scale = Math.min(1, wide / size.width);
    node.style.setProperty('--tall', `${Math.round(Math.min(TALLEST, size.height * scale))}px`);
    view.scale = Math.min(scale, node.clientHeight / size.height);
    view.x = (size.width - wide / view.scale) / 2;
    view.y = (size.height - node.clientHeight / view.scale) / 2;
    apply();
  };
  /** Zooms so that a point of the box, by default its middle, stays where it is. */
  const zoom = (factor, x = node.clientWidth / 2, y = node.clientHeight / 2) => {
    const scale = Math.max(LEAST, Math.min(MOST, view.scale * factor));
    view.x += x / view.scale - x / scale;
    view.y += y / view.scale - y / scale;
    view.scale = scale;
    apply();
  };
  const move = (x, y) => {
    view.x += x / view.scale;
    view.y += y / view.scale;
    apply();
  };
  listen(node, { zoom, move, whole });
  new ResizeObserver(whole).observe(node);
  const button = (text, name, run) => el('button', { type: 'button', class: 'button small', 'aria-label': name, title: name, text, on: { click: run } });
  return { node, tools: [button('−', 'Zoom out', () => zoom(1 / STEP)), button('+', 'Zoom in', () => zoom(STEP)), button('All', 'Show all of it', whole)] };
}

function listen(node, { zoom, move, whole }) {
  const keys = {
    ArrowLeft: () => move(-MOVE, 0), ArrowRight: () => move(MOVE, 0), ArrowUp: () => move(0, -MOVE), ArrowDown: () => move(0, MOVE),
    '+': () => zoom(STEP), '=': () => zoom(STEP), '-': () => zoom(1 / STEP), 0: whole,
  };
  node.addEventListener('keydown', (event) => {
    const run = !event.ctrlKey && !event.metaKey && !event.altKey && keys[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  });
  // Without Ctrl the wheel belongs to the page.
  node.addEventListener('wheel', (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const box = node.getBoundingClientRect();
    zoom(event.deltaY < 0 ? STEP : 1 / STEP, event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  drag(node, move);
}

function drag(node, move) {
  let last = null;
  let far = 0;
  node.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    [last, far] = [event, 0];
  });
  node.addEventListener('pointermove', (event) => {
    if (!last) return;
    if (!(event.buttons & 1)) return void (last = null);
    far += Math.hypot(event.clientX - last.clientX, event.clientY - last.clientY);
    move(last.clientX - event.clientX, last.clientY - event.clientY);
    last = event;
  });
  node.addEventListener('pointerup', () => { last = null; });
  node.addEventListener('dragstart', (event) => event.preventDefault());
  // A link that was dragged is not one that was chosen.
  node.addEventListener('click', (event) => far > 4 && event.preventDefault(), true);
}
