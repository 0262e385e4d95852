// Lists of all neurons of a model are read by a worker: the page answers meanwhile.
import { ApiError } from './api.js';

const worker = new Worker('/js/columns-worker.js', { type: 'module' });
const waiting = new Map();
let last = 0;

worker.addEventListener('message', ({ data: { number, columns, failure } }) => {
  const { resolve, reject } = waiting.get(number);
  waiting.delete(number);
  if (columns) resolve(columns);
  else reject(failure.kind ? new ApiError(failure.kind, failure.path, failure) : new Error(failure.message));
});
worker.addEventListener('error', () => {
  for (const { reject } of waiting.values()) reject(new ApiError('network', '/js/columns-worker.js'));
  waiting.clear();
});

/** As neuronColumns() of api.js, in typed arrays. */
export function askColumns(place, fields) {
  const number = ++last;
  return new Promise((resolve, reject) => {
    waiting.set(number, { resolve, reject });
    worker.postMessage({ number, place, fields });
  });
}
