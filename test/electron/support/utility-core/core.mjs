/**
 * The process of a core without a database: the application's own lines and router over answers that are made up.
 * Started by main.mjs, whose last argument names the folder of the built door in `start`.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { parentPort } = process;
const [{ data: start }, { ports }] = await new Promise((resolve) => {
  /** @type {any[]} */
  const events = [];
  parentPort.on('message', (/** @type {any} */ event) => {
    if (events.push(event) === 2) resolve(events);
  });
});

/** @param {string[]} path */
const built = (...path) => import(pathToFileURL(join(start.home, ...path)).href);
const [{ Lines }, { serveWindow }, { createHandler }, { createRouter }] = await Promise.all([
  built('core', 'lines.js'),
  built('core', 'serve-window.js'),
  built('..', 'router', 'handler.js'),
  built('..', 'router', 'router.js'),
]);

let revision = 0;
const core = {
  home: { root: '/data' },
  readOnly: false,
  notices: [],
  cursor: () => 9,
  /** @param {(change: object) => void} listener */
  onChange(listener) {
    const timer = setTimeout(() => {
      revision += 1;
      listener({ cursor: revision, runs: [], series: [], logs: [], topics: [] });
    }, 10);
    return () => clearTimeout(timer);
  },
  datasets: {},
  experiments: {},
  runs: {},
  queue: {},
  methods: {},
  jobs: {},
  setup: {},
};
const handler = createHandler(createRouter(core, { door: 'window', version: start.version }));
/** @param {object} message */
const send = (message) => parentPort.postMessage(message);
const lines = new Lines({ send }, (/** @type {unknown} */ line) => serveWindow(line, handler));
lines.receive({ type: 'line', line: 0, purpose: { kind: 'window' } }, ports[0]);
send({ type: 'ready' });
