"""What processes use, read from /proc: processor time and memory."""
import os

TICK_NS = 1_000_000_000 // os.sysconf("SC_CLK_TCK")


def _stat(pid):
    """The fields of /proc/PID/stat behind the name, or None when the process is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()
    except OSError:
        return None


def name_of(pid):
    """The program's name, at most 15 bytes of it; empty when the process is gone."""
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
            return file.read().rstrip("\n")
    except OSError:
        return ""


def parents():
    """{pid: parent's pid} of all processes."""
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            fields = _stat(entry)
            if fields is not None:
                found[int(entry)] = int(fields[1])
    return found


def tree(root):
    """The process `root` and all below it."""
    of = parents()
    members, grown = {root} & set(of), True
    while grown:
        grown = {pid for pid, parent in of.items() if parent in members} - members
        members |= grown
    return sorted(members)


def _run_ns(pid):
    """Nanoseconds that a process (of one thread) has run; without /proc/PID/schedstat in clock ticks."""
    try:
        with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[0])
    except (OSError, IndexError):
        fields = _stat(pid)
        return (int(fields[11]) + int(fields[12])) * TICK_NS if fields is not None else 0


def cpu_ns(roots):
    """Nanoseconds of processor time that the trees below `roots` have used, those that ended included."""
    total = 0
    for root in roots:
        for pid in tree(root):
            fields = _stat(pid)
            if fields is not None:
                total += _run_ns(pid) + (int(fields[13]) + int(fields[14])) * TICK_NS
    return total


class Elsewhere:
    """How much of the machine other programs take while something is measured."""

    def __init__(self):
        self.wall, self.busy = _machine_ticks()
        self.children = _children_s()

    def share(self, own_ns):
        """Per cent of all cores' time since the start that neither `own_ns` nor our ended children account for."""
        wall, busy = (now - then for now, then in zip(_machine_ticks(), (self.wall, self.busy)))
        own = own_ns / TICK_NS + (_children_s() - self.children) * 1e9 / TICK_NS
        return max(0.0, 100 * (busy - own) / wall) if wall else 0.0


def _machine_ticks():
    """(all, busy) ticks of all cores since the machine started; what a hypervisor took away is busy."""
    with open("/proc/stat", encoding="ascii") as file:
        ticks = [int(word) for word in file.readline().split()[1:9]]
    return sum(ticks), sum(ticks) - ticks[3] - ticks[4]


def _children_s():
    times = os.times()
    return times.children_user + times.children_system


def peak_bytes(pid):
    """Most memory that a process has held, or 0 when it is gone."""
    return _memory(f"/proc/{pid}/status").get("VmHWM", 0)


def memory(pid):
    """{"rss", "pss", "private"} of a process, in bytes."""
    sizes = _memory(f"/proc/{pid}/smaps_rollup")
    private = sizes.get("Private_Clean", 0) + sizes.get("Private_Dirty", 0)
    return {"rss": sizes.get("Rss", 0), "pss": sizes.get("Pss", 0), "private": private}


def _memory(path):
    sizes = {}
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            for line in file:
                words = line.split()
                if len(words) == 3 and words[2] == "kB":
                    sizes[words[0].rstrip(":")] = int(words[1]) * 1024
    except OSError:
        pass
    return sizes
