"""An archive taken apart, without any of the project's code, and put together again with a change."""

import gzip
import struct

HEAD = b"PGCOPY\n\xff\r\n" + bytes(9)
MAGIC = b"DeepDecipher archive 1\n"
MODEL_WORDS = 7


class Parts:
    """`model`: words about the model; `tables`: rows by table, each a list of bytes or None."""

    def __init__(self, path):
        self.bytes, self.at = gzip.decompress(path.read_bytes()), 0
        assert self.take(len(MAGIC)) == MAGIC
        self.model = [self.word() for _ in range(MODEL_WORDS)]
        self.tables = {}
        while name := self.word().decode():
            self.tables[name] = list(self.rows())
        self.digest = self.take(8)
        assert self.at == len(self.bytes)

    def take(self, length):
        self.at += length
        return self.bytes[self.at - length : self.at]

    def number(self, form):
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def word(self):
        return self.take(self.number("!I"))

    def rows(self):
        assert self.take(len(HEAD)) == HEAD
        while (count := self.number("!h")) != -1:
            lengths = (self.number("!i") for _ in range(count))
            yield [None if length == -1 else self.take(length) for length in lengths]

    def write(self, path):
        """Writes it, the digest as it was."""
        parts = [MAGIC, *(struct.pack("!I", len(word)) + word for word in self.model)]
        for name, rows in self.tables.items():
            parts += [struct.pack("!I", len(name)), name.encode(), HEAD]
            for row in rows:
                parts.append(struct.pack("!h", len(row)))
                parts += [struct.pack("!i", -1) if value is None else struct.pack("!i", len(value)) + value for value in row]
            parts.append(b"\xff\xff")
        path.write_bytes(gzip.compress(b"".join([*parts, b"\0\0\0\0", self.digest]), 1))
