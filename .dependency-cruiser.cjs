/** Who may import whom: the table of the README's chapter on layers, held by the lint. */
const ours = '^src-(main|preload|renderer)/';
const layer = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: ours, pathNot: [from, '^src-preload/contract/', ...allowed].join('|') },
});
const engine = (folder) => `^src-main/engine/${folder}/`;

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'contract-stands-alone',
      severity: 'error',
      from: { path: '^src-preload/contract/' },
      to: { path: ours, pathNot: '^src-preload/contract/' },
    },
    {
      name: 'contract-libraries',
      comment: 'Schemas and the RPC contract only: it is read by pages and by Node alike.',
      severity: 'error',
      from: { path: '^src-preload/contract/' },
      to: { path: '.', pathNot: '^src-preload/contract/|^node_modules/(zod|@orpc/contract)/' },
    },
    layer('report-is-pure', '^src-main/report/', []),
    layer('setup', '^src-main/setup/', []),
    layer('store', '^src-main/store/', []),
    layer('supervise', '^src-main/supervise/', ['^src-main/setup/']),
    layer('core', '^src-main/core/', [
      '^src-main/(store|supervise|report|setup|engine/data|engine/methods|engine/evaluation|engine/compute)/',
      '^src-main/engine/training/checkpoint-files.ts',
    ]),
    layer('hosts', '^src-main/hosts/', [
      '^src-main/(engine|setup)/|^src-main/store/database-jobs.ts',
    ]),
    layer('doors', '^src-main/doors/', [
      '^src-main/(core|hosts|supervise|report)/',
      '^src-main/setup/',
    ]),
    {
      name: 'commands-go-through-the-contract',
      comment: 'client.ts opens the core; a command asks what a page would ask.',
      severity: 'error',
      from: { path: '^src-main/doors/terminal/commands/' },
      to: {
        path: ours,
        pathNot: '^src-main/(doors/terminal|report|setup)/|^src-preload/contract/',
      },
    },
    {
      name: 'one-way-into-the-core',
      comment: 'What else of the terminal knows the core: helpers that read text, and the server.',
      severity: 'error',
      from: {
        path: '^src-main/doors/terminal/',
        pathNot: '^src-main/doors/terminal/(client|serving).ts$',
      },
      to: {
        path: '^src-main/',
        pathNot: '^src-main/(doors/terminal|report|setup|core/experiment-file)/',
      },
    },
    layer('compute', engine('compute'), ['^src-main/setup/']),
    layer('data', engine('data'), [engine('compute')]),
    layer('backbones', engine('backbones'), [engine('(compute|data)')]),
    layer('worldmodels', engine('worldmodels'), [
      engine('(compute|data|backbones)'),
      '^src-main/engine/training/phase.ts',
    ]),
    layer('environments', engine('environments'), [engine('(compute|data|rewards)')]),
    layer('rewards', engine('rewards'), [engine('(compute|data)')]),
    layer('agents', engine('agents'), [engine('(compute|data|backbones|environments|rewards)')]),
    layer('evaluation', engine('evaluation'), [engine('(compute|data|environments|rewards)')]),
    layer('recipes', engine('recipes'), [
      engine('(compute|data|backbones|worldmodels|environments|rewards|agents|evaluation)'),
      '^src-main/engine/(training/phase|methods/(method|fields)).ts',
    ]),
    layer('training', engine('training'), ['^src-main/engine/']),
    layer('methods', engine('methods'), ['^src-main/engine/']),
    // Tables are computed and written by the same pure functions on every screen.
    layer('renderer', '^src-renderer/', ['^src-main/report/']),
    layer('renderer-pure', '^src-renderer/(lib|charts)/', [
      '^src-main/report/',
      '^src-renderer/(lib|charts)/',
    ]),
    layer('renderer-api', '^src-renderer/api/', []),
    layer('renderer-stores', '^src-renderer/stores/', ['^src-renderer/(api|lib)/']),
    {
      name: 'only-its-door-knows-electron',
      severity: 'error',
      from: { path: ours, pathNot: '^src-main/doors/electron/|^src-preload/index.ts' },
      to: { path: '(^|/)electron$|^node_modules/electron/' },
    },
    {
      name: 'main-loads-nothing-native',
      comment: 'Electron’s main process dies with TensorFlow and must not hold the database.',
      severity: 'error',
      from: {
        path: '^src-main/doors/electron/(app|ipc|launch)/|^src-main/doors/electron/[^/]+.ts$',
      },
      to: {
        path: '^src-main/(store|engine|hosts|core)/|^node_modules/(better-sqlite3|@duckdb|@tensorflow)/',
        pathNot: '^src-main/core/home.ts$',
      },
    },
    {
      name: 'only-the-api-connects',
      severity: 'error',
      from: { path: '^src-renderer/', pathNot: '^src-renderer/api/' },
      to: { path: '@orpc' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // An absolute path: a relative one makes its `extends` miss.
    tsConfig: { fileName: `${__dirname}/src-main/tsconfig.json` },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
