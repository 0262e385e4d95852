"""How the page of a model of 307,200 neurons answers: the longest task of the page's own thread in each step."""

import make_lists

SHAPE = (48, 6400)
# Steps of the pointer over a canvas, a frame apart: the longest time from an event to the end of its handlers, in ms.
SWEEP = """
const [canvas, kinds, buttons, done] = arguments;
const box = canvas.getBoundingClientRect();
const frame = () => new Promise(requestAnimationFrame);
(async () => {
  let most = 0;
  const send = async (kind, share) => {
    const init = { bubbles: true, pointerId: 1, clientX: box.left + share * box.width, clientY: box.top + (0.2 + 0.6 * share) * box.height, buttons };
    await frame();
    const start = performance.now();
    canvas.dispatchEvent(new PointerEvent(kind, init));
    document.body.offsetHeight;
    most = Math.max(most, performance.now() - start);
  };
  if (buttons) await send('pointerdown', 0.2);
  for (let step = 1; step <= 60; step++) await send('pointermove', 0.2 + step / 100);
  if (buttons) await send('pointerup', 0.8);
  done(most);
})();
"""
NO_CAPTURE = "Element.prototype.setPointerCapture = () => {}"
TASKS = "const all = window.longTasks.splice(0); return [Math.max(0, ...all), all.reduce((a, b) => a + b, 0)]"
TARGETS = "Targets: no step of the pointer over 16 ms, no task over 200 ms."
COLUMNS = ("longest task ms", "long tasks ms", "ready ms")


def fill(copy, execute):
    """Makes the model; see make_lists.psql_functions() for both."""
    make_lists.fill(copy, execute, shapes=(SHAPE,), explained=30_000)
    execute("INSERT INTO model_source SELECT model_id, unnest('{1,2,3}'::smallint[]) FROM model WHERE name = 'bench-0'")


def measure(page, path="/viz/bench-0"):
    """Yields (step, its longest task, all its long tasks, time until it was done or None), in milliseconds."""

    def timed(step, run):
        page.run(TASKS)
        start = page.run("return performance.now()")
        run()
        page.wait(lambda: page.run("return !document.querySelector('[aria-busy=true]')"))
        page.driver.execute_async_script("const done = arguments[0]; requestAnimationFrame(() => setTimeout(() => done(), 100))")
        return (step, *page.run(TASKS), page.run("return performance.now()") - start - 100)

    def sweep(step, canvas, buttons=0):
        page.run("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", page.one(canvas))
        return (step, page.driver.execute_async_script(SWEEP, page.one(canvas), [], buttons), None, None)

    page.open(path)
    page.wait(lambda: page.run("return window.readyAt"))
    yield ("map and list are there", *page.run(TASKS), page.run("return window.readyAt"))
    page.run(NO_CAPTURE)
    title = page.one("#rank-title").text

    def choose():
        page.run("const s = document.getElementById('statistic'); s.value = 'kurtosis'; s.dispatchEvent(new Event('change'))")
        page.wait(lambda: page.one("#rank-title").text != title)

    yield timed("another statistic", choose)
    yield sweep("a step over the map", "#map")

    def unfold():
        page.run("document.getElementById('scatter-section').scrollIntoView({block: 'center', behavior: 'instant'})")
        page.wait(lambda: "chosen" in page.one("#scatter-found").text)

    yield timed("the plot is there", unfold)
    yield sweep("a step over the plot", "#scatter")
    yield sweep("a step of drawing", "#scatter", 1)
