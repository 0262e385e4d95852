"""The table and the JSON file."""
import collections
import json
import os
import platform
import statistics
import time

import ingest
import serving

Row = collections.namedtuple("Row", "label figure unit digits target", defaults=(None,))
Target = collections.namedtuple("Target", "sign bound")


def at_least(bound):
    """The target that a figure is not below `bound`."""
    return Target("≥", bound)


def at_most(bound):
    """The target that a figure is not above `bound`."""
    return Target("≤", bound)


INGEST = (
    Row("ingest, plain pages", "ingest_pages_per_s", "pages/s", 0, at_least(500)),
    Row("ingest, gzip pages", "ingest_gzip_pages_per_s", "pages/s", 0, at_least(500)),
    Row("limit: only downloaded", "download_pages_per_s", "pages/s", 0),
    Row("limit: only COPYed", "copy_pages_per_s", "pages/s", 0),
    Row("of download + parsing + COPY in a row", "ingest_limit_share", "%", 0),
    Row("processor time of ingest", "ingest_cpu_s", "s", 2),
    Row("processor time of PostgreSQL", "ingest_postgres_cpu_s", "s", 2),
    Row("processor time of the site's nginx", "ingest_site_cpu_s", "s", 2),
    Row("memory at most, all processes", "ingest_memory_mb", "MB", 0, at_most(200)),
    Row("the parser alone, one core", "parser_mb_per_s", "MB/s", 0, at_least(300)),
    Row("other programs had of the processors", "ingest_elsewhere", "%", 0),
    Row("on disk, a neuron", "bytes_per_neuron", "bytes", 0, at_most(50_000)),
)
RATIOS = (
    Row("uncached plain / static plain", "uncached_plain_share", "%", 1, at_least(20)),
    Row("uncached gzip / static plain", "uncached_gzip_share", "%", 1, at_least(5)),
    Row("cached plain / static plain", "cached_plain_share", "%", 1, at_least(90)),
    Row("cached gzip / static gzip", "cached_gzip_share", "%", 1, at_least(90)),
    Row("static gzip / static plain", "static_gzip_share", "%", 1),
    Row("empty reply / static gzip", "empty_share", "%", 1),
    Row("other programs had of the processors", "serving_elsewhere", "%", 0),
)
MEMORY = (
    Row("resident", "worker_rss_mb", "MB", 1, at_most(30)),
    Row("proportional share", "worker_pss_mb", "MB", 1),
    Row("private", "worker_private_mb", "MB", 1),
)
CPU_TARGETS = {"uncached_plain": at_most(700)}
WHAT = {"static_plain": "nginx static, plain", "uncached_plain": "uncached, plain", "cached_plain": "cached, plain",
        "static_gzip": "nginx static, gzip", "cached_gzip": "cached, gzip", "uncached_gzip": "uncached, gzip",
        "empty": "an empty FastCGI reply"}


def reached(target, value):
    """Whether a value is as the target asks; None without a target."""
    if target is None:
        return None
    return value >= target.bound if target.sign == "≥" else value <= target.bound


def verdict(target, value):
    """The target in words."""
    if target is None:
        return ""
    return f"{target.sign} {target.bound:,}" + ("" if reached(target, value) else "   NOT REACHED")


def spread(values):
    """How far the rounds lie apart, in per cent of their median."""
    middle = statistics.median(values)
    return 100 * (max(values) - min(values)) / middle if middle else 0


def row_lines(rows, figures):
    """The lines of a part of the table."""
    for row in rows:
        values = figures[row.figure]
        middle = statistics.median(values)
        apart = f"{spread(values):.0f} %" if len(values) > 1 else ""
        yield f"  {row.label:<40}{middle:>12,.{row.digits}f} {row.unit:<8}{apart:>7}   {verdict(row.target, middle)}"


def serving_lines(figures):
    """One line for each case of serving."""
    yield (f"  {'':<24}{'requests/s':>10}{'spread':>8}{'p50 ms':>8}{'p99 ms':>8}   {'CPU µs':>6}{'spread':>8}"
           f"{'nginx':>7}{'worker':>8}{'postgres':>10}")
    for case in serving.CASES:
        part = {name: figures.get(f"{case.name}_{name}", [0]) for name in
                ("per_s", "p50_ms", "p99_ms", "cpu_us", "nginx_cpu_us", "worker_cpu_us", "postgres_cpu_us")}
        middle = {name: statistics.median(values) for name, values in part.items()}
        line = (f"  {WHAT[case.name]:<24}{middle['per_s']:>10,.0f}{spread(part['per_s']):>6.0f} %{middle['p50_ms']:>8.2f}"
                f"{middle['p99_ms']:>8.2f}   {middle['cpu_us']:>6,.0f}{spread(part['cpu_us']):>6.0f} %"
                f"{middle['nginx_cpu_us']:>7.0f}{middle['worker_cpu_us']:>8,.0f}{middle['postgres_cpu_us']:>10,.0f}"
                f"   {verdict(CPU_TARGETS.get(case.name), middle['cpu_us'])}")
        yield line.rstrip()


def disk_lines(figures):
    """Bytes by table and part; what is under half a per cent is summed up."""
    whole, rest = figures["bytes_per_neuron"][0], 0
    for name, part, size in figures["disk"]:
        if size < whole / 200:
            rest += size
        else:
            yield f"  {name + ', ' + part:<48}{size:>12,.0f} bytes"
    yield f"  {'everything else':<48}{rest:>12,.0f} bytes"


def table(figures, settings, site):
    """The whole table as text. Figures are medians; the spread is (highest - lowest) / median."""
    body, packed = figures["body_bytes"][0], figures["gzip_bytes"][0]
    lines = [f"{site.num_neurons:,} neurons, {site.origin}; {len(figures['ingest_cpu_s'])} rounds of ingest, "
             f"{settings['rounds']} of serving; {os.cpu_count()} cores, which wrk and the servers share",
             "", f"Ingest ({ingest.num_processes()} processes)" + " " * 41 + "spread   target"]
    lines += row_lines(INGEST, figures)
    lines += ["", f"On disk, a neuron (without the fixed tables {', '.join(ingest.FIXED)})"]
    lines += disk_lines(figures)
    lines += ["", f"Serving random neurons: {body:,.0f} bytes of JSON, {packed:,.0f} as gzip; "
                  f"{serving.CONNECTIONS} connections; CPU: of all processes behind the port, a request"]
    lines += serving_lines(figures)
    lines += ["", "Rates, one of the other"] + list(row_lines(RATIOS, figures))
    lines += ["", "Memory of the largest worker after that"] + list(row_lines(MEMORY, figures))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def targets():
    """{figure: target} of all that have one."""
    found = {row.figure: row.target for part in (INGEST, RATIOS, MEMORY) for row in part if row.target}
    return found | {f"{name}_cpu_us": target for name, target in CPU_TARGETS.items()}


def summary(figure, values):
    """A figure as the JSON file has it."""
    middle = statistics.median(values)
    about = {"median": middle, "lowest": min(values), "highest": max(values), "rounds": values}
    target = targets().get(figure)
    if target is not None:
        about["target"] = {"sign": target.sign, "bound": target.bound, "reached": reached(target, middle)}
    return about


def write(path, figures, settings, site):
    """Writes all figures as JSON."""
    numbers = {name: summary(name, values) for name, values in figures.items() if isinstance(values[0], (int, float))}
    document = {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": {"cores": os.cpu_count(), "system": platform.platform()},
        "settings": {"seconds": settings["seconds"], "rounds": settings["rounds"], "pages": site.origin,
                     "neurons": site.num_neurons, "connections": serving.CONNECTIONS},
        "figures": numbers,
        "disk_bytes_per_neuron": [{"table": name, "part": part, "bytes": size} for name, part, size in figures["disk"]],
        "workers": figures["workers"],
    }
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(document, file, indent=1, sort_keys=True)
        file.write("\n")
    os.rename(path + ".new", path)
