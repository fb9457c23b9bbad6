import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'electron-vite';

// electron-vite asks Electron for its version, and the page must also build where Electron is not installed.
process.env['ELECTRON_MAJOR_VER'] ??= '45';

const pageFolder = fileURLToPath(new URL('src-renderer', import.meta.url));

export default defineConfig({
  renderer: {
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
      rolldownOptions: { input: `${pageFolder}/index.html` },
    },
  },
});
