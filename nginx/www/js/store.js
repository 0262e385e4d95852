// What the browser keeps between visits. Storage may be forbidden: then a choice lasts as long as the page.

const session = new Map();

/** The stored text, or null. */
export function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return session.get(key) ?? null;
  }
}

/** Stores a text. */
export function write(key, value) {
  session.set(key, value);
  try {
    localStorage.setItem(key, value);
  } catch {
    // Kept in session above.
  }
}
