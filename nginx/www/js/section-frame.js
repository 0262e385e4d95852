// One section of a neuron's page: its heading, the room kept for it, and what becomes of its request.
import { servicePart } from './api.js';
import { el, fill, setVars } from './dom.js';
import { absent, errorPanel } from './states.js';

/**
 * Makes a section. spec: as in sections.js. context: {place, range(texts), isShown()}.
 * The spec's module has show(data, context): nodes, null where the data are empty, or
 * {nodes, tools: for the heading, and whatever the page wants to know}.
 * Returns {spec, node, start(), keep(height)}; start() asks once and resolves to {shown, metadata} or {error}.
 */
export function makeSection(spec, context) {
  const tools = el('div', { class: 'row' });
  const body = el('div', { class: 'part-body room', vars: { '--room': `${spec.room}rem` } });
  const node = el('section', { id: spec.id, class: 'part', 'aria-labelledby': `${spec.id}-title` },
    el('div', { class: 'section-head' }, el('h2', { id: `${spec.id}-title`, text: spec.title }), tools), body);
  let asked = null;
  const start = () => {
    asked ??= ask();
    return asked;
  };
  const retry = () => {
    asked = null;
    return start();
  };

  async function ask() {
    body.setAttribute('aria-busy', 'true');
    fill(body, [0, 1, 2].map(() => el('span', { class: 'skeleton line' })));
    try {
      const [{ show }, part] = await Promise.all([spec.load(),
        spec.ask ? spec.ask(context.place) : servicePart(context.place, spec.service, spec.query)]);
      const shown = part.data && await show(part.data, context);
      fill(tools, shown?.tools ?? []);
      fill(body, shown ? shown.nodes ?? shown : absent(spec.missing, spec.command(context.place)));
      return { shown, metadata: part.metadata };
    } catch (error) {
      fill(body, error.status === 404
        ? absent(error.detail || spec.missing, spec.command(context.place)) : errorPanel(error, retry));
      return { error };
    } finally {
      body.classList.remove('room');
      body.removeAttribute('aria-busy');
    }
  }

  const keep = (height) => setVars(body, { '--room': `${height}px` });
  return { spec, node, start, keep };
}

/** Starts each section when it comes near the window. Returns a function that stops watching. */
export function startInView(sections) {
  const byNode = new Map(sections.map((section) => [section.node, section]));
  const watcher = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      byNode.get(target).start();
    }
  }, { rootMargin: '500px 0px' });
  for (const node of byNode.keys()) watcher.observe(node);
  return () => watcher.disconnect();
}
