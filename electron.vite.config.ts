import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'electron-vite';

// electron-vite asks Electron for its version, and the page must also build where Electron is not installed.
process.env['ELECTRON_MAJOR_VER'] ??= '45';

const project = fileURLToPath(new URL('.', import.meta.url));
const pageFolder = `${project}src-renderer`;

/**
 * The programs of the desktop application: Electron's main process, the core, the hosts, and the methods, which are
 * found by their folders. Each source file becomes one file of the same place and name, so that what finds its neighbours
 * by their paths finds them here too.
 */
const programs = globSync(
  [
    'src-main/doors/electron/main.ts',
    'src-main/doors/electron/core/core-process.ts',
    'src-main/hosts/{train,import,examine}.ts',
    'src-main/engine/methods/*/index.ts',
  ],
  { cwd: project },
);

const main = {
  build: {
    // The language of the oldest Electron that the tests use; nothing of it is slower in a newer one.
    target: 'node20',
    externalizeDeps: true,
    rolldownOptions: {
      input: Object.fromEntries(
        programs.map((file) => [file.replace(/\.ts$/, ''), project + file]),
      ),
      // Plain JavaScript that lies beside the built files: Node finds it by the project's own names.
      external: [/^#setup\//],
      output: {
        format: 'es' as const,
        preserveModules: true,
        preserveModulesRoot: project,
        entryFileNames: '[name].js',
      },
    },
  },
};

const preload = {
  build: {
    target: 'node20',
    externalizeDeps: false,
    rolldownOptions: {
      input: `${project}src-preload/index.ts`,
      // A sandboxed preload is one CommonJS file.
      output: { format: 'cjs' as const, entryFileNames: 'index.cjs', codeSplitting: false },
    },
  },
};

const renderer = {
  root: pageFolder,
  plugins: [vue()],
  // The Node edition of this library wants Node's Buffer.
  resolve: { alias: { 'csv-stringify/sync': 'csv-stringify/browser/esm/sync' } },
  build: {
    // The same files go to browsers, so the target is a language level and not Electron's own Chromium.
    target: 'es2023',
    minify: true,
    // Everything lies beside the page: no data URL has to be let through by the page's policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      input: `${pageFolder}/index.html`,
      output: {
        codeSplitting: {
          // One file each: a browser fetches six at a time, and every file that waits is a frame later on the screen.
          groups: [
            { name: 'frame', test: /src-renderer[\\/](begin\.ts|App\.vue)$/, priority: 3 },
            { name: 'runs', test: /src-renderer[\\/]views[\\/]RunsView\.vue$/, priority: 2 },
            {
              name: 'controls',
              test: /naive-ui[\\/]es[\\/](select|input|popover)[\\/]/,
              priority: 1,
            },
          ],
        },
      },
    },
  },
};

// `--mode page` builds what a browser needs, `--mode programs` the rest.
export default defineConfig(({ mode }) => ({
  ...(mode === 'page' ? {} : { main, preload }),
  ...(mode === 'programs' ? {} : { renderer }),
}));
