// The sections of one neuron, and what they share: the scale of colours, facts for the side, keys.
import { el, fill } from './dom.js';
import { rangeOf, scaleBar } from './scale.js';
import { makeSection, startInView } from './section-frame.js';
import { sectionsOf } from './sections.js';

/** Those that a page asks for at once. Where no section is meant to come first, all do. */
export function firstOf(specs) {
  const first = specs.filter(({ isFirst }) => isFirst);
  return first.length ? first : specs;
}

/**
 * The sections of a neuron, not yet in the page. place: {model, service, layer, neuron}.
 * main: the section of the texts, or the one that the page is about. start(): asks for the first ones and resolves to what
 * came of that.
 * know(services): which the model has. opened(): called once the nodes are in the page. close(): when others take their place.
 * whole(): asks for the rest too, and resolves when all of it is there.
 */
export function openView(place) {
  const scale = scaleBar();
  let needle = () => {};
  let span = null;
  const range = (texts) => {
    if (span === null) {
      span = rangeOf(texts);
      needle = scale.show(span);
    }
    return span;
  };
  const context = { place, range, width: () => document.getElementById('sections').clientWidth };
  const specs = sectionsOf(place.service);
  const sections = specs.map((spec) => makeSection(spec, context));
  const first = sections.filter(({ spec }) => firstOf(specs).includes(spec));
  const main = first.find(({ spec }) => spec.id === 'texts') ?? first.find(({ spec }) => spec.service === place.service && !spec.ask) ?? first[0];
  const results = [];
  let there = sections;
  let stop = () => {};

  async function start() {
    results.push(...await Promise.all(first.map((section) => section.start())));
    return results[first.indexOf(main)];
  }

  /** Leaves out what few models have where this one does not. */
  function know(services) {
    there = sections.filter(({ spec }) => !spec.isRare || specs.length === 1 || services.includes(spec.service));
  }

  function opened() {
    stop = startInView(there.filter((section) => !first.includes(section)));
    for (const { shown } of results) shown?.afterwards?.();
  }

  const whole = () => Promise.all(there.map((section) => section.start()));

  /** Sections not yet asked for keep as much room as their forerunners took. heights: pixels by section id. */
  function keepRoom(heights) {
    for (const { spec, keep } of sections) if (heights.get(spec.id) > 0) keep(heights.get(spec.id));
  }

  const texts = () => results.map(({ shown }) => shown).find((shown) => shown?.keys);
  return {
    main,
    get sections() { return there; },
    get nodes() { return grouped(there, scale.node); },
    start, know, opened, whole, keepRoom, close: () => stop(),
    needle: (value) => needle(value), keys: () => texts()?.keys ?? {}, summary: () => texts()?.summary ?? 'no texts',
    facts: () => results.flatMap(({ shown }) => shown?.facts ?? []),
  };
}

/** Those with coloured texts stand together below the scale, which stays in view as long as they do. */
function grouped(sections, scale) {
  const at = sections.findIndex(({ spec }) => spec.isOnScale);
  const on = sections.filter(({ spec }) => spec.isOnScale).map(({ node }) => node);
  const nodes = sections.filter(({ spec }) => !spec.isOnScale).map(({ node }) => node);
  if (on.length) nodes.splice(at, 0, el('div', { class: 'on-scale' }, scale, on));
  else nodes.push(fill(el('div', { hidden: true }), scale));
  return nodes;
}
