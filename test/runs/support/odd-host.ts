/* A child process that misbehaves in the way that its variable asks for. */
const way = process.env['OFFREC_TEST_WAY'] ?? '';
const send = (message: unknown): void => void process.send?.(message as object);

process.on('SIGTERM', () => {
  if (way !== 'stubborn') process.exit(3);
});
process.on('message', (message) => {
  if (message === 'stop' && way === 'polite') {
    send('bye');
    process.disconnect();
  }
});
if (way === 'crash') {
  process.stderr.write('first line\nlast wörds');
  process.abort();
}
if (way === 'memory') {
  process.stderr.write('FATAL ERROR: Reached heap limit - JavaScript heap out of memory\n');
  process.abort();
}
if (way === 'quick') {
  for (let row = 0; row < 1999; row += 1) send({ row, block: new Float64Array(100).fill(row) });
  const last = { row: 1999, block: new Float64Array(100).fill(1999) };
  process.send?.(last, undefined, {}, () => process.exit(0));
} else {
  send('hello');
  if (way === 'nonsense') send({ type: 'nonsense' });
  if (way === 'silent') setTimeout(() => send('back'), 600);
  if (way === 'kill') process.kill(process.pid, 'SIGKILL');
  if (way === 'environment') send(JSON.stringify(process.env));
}
