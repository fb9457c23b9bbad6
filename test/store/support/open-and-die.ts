import { join } from 'node:path';
import { openStore } from '#store/store.ts';

/* Opens the store of a folder, writes, and is gone without closing it. */
const folder = process.argv[2] ?? '';
const store = openStore({
  file: join(folder, 'offrec.sqlite'),
  backupsFolder: join(folder, 'backups'),
});
store.write.experiments.put({
  name: 'left-behind',
  datasets: ['a'],
  methods: ['m'],
  seeds: [0],
  protocol: 'nx0',
  compute: {},
  priority: 0,
});
process.kill(process.pid, 'SIGKILL');
