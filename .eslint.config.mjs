import vue from 'eslint-plugin-vue';
import tseslint from 'typescript-eslint';

const engineRandomness = [
  { object: 'Math', property: 'random', message: 'Use a stream of the run’s RandomStreams.' },
  { object: 'Date', property: 'now', message: 'The wall clock decides nothing inside the engine.' },
];

/** Dangerous parts of Electron, and the only file that may import each. */
const owners = {
  'src-main/doors/electron/app/open-external.ts': ['shell'],
  'src-main/doors/electron/ipc/registrar.ts': ['ipcMain'],
  'src-main/doors/electron/launch/utility-children.ts': ['utilityProcess', 'MessageChannelMain'],
  'src-preload/index.ts': ['ipcRenderer', 'contextBridge', 'webUtils'],
};

/** @param {readonly string[]} allowed names that this file owns */
function electronOwners(allowed = []) {
  return Object.entries(owners).flatMap(([file, names]) => {
    const importNames = names.filter((name) => !allowed.includes(name));
    if (importNames.length === 0) return [];
    return [{ name: 'electron', importNames, message: `Only ${file} may.` }];
  });
}

export default tseslint.config(
  { ignores: ['node_modules/**', 'out/**', 'dist/**', 'test/fixtures/**'] },
  ...tseslint.configs.recommended,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.ts', 'src-renderer/**/*.vue'],
    languageOptions: {
      parserOptions: {
        extraFileExtensions: ['.vue'],
        project: [
          './src-main/tsconfig.json',
          './src-preload/tsconfig.bridge.json',
          './test/tsconfig.json',
          './src-renderer/tsconfig.json',
        ],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-console': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 330, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
      ],
    },
  },
  {
    // What a mistake with would be costly has one owner each.
    files: ['src-main/**/*.ts', 'src-preload/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { paths: electronOwners() }],
    },
  },
  ...Object.entries(owners).map(([file, names]) => ({
    files: [file],
    rules: { 'no-restricted-imports': ['error', { paths: electronOwners(names) }] },
  })),
  {
    files: ['src-main/engine/**/*.ts'],
    rules: { 'no-restricted-properties': ['error', ...engineRandomness] },
  },
  {
    files: ['src-main/doors/terminal/**/*.ts', 'src-main/setup/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name=/^(it|test|describe)$/][property.name='only']",
          message: 'No focused tests.',
        },
      ],
    },
  },
  {
    files: ['src-renderer/**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      'max-lines': ['error', 250],
      // A single-file component has no other way to be exported.
      'no-restricted-syntax': 'off',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/no-v-html': 'error',
      // Their layout is the formatter's.
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
      // `exactOptionalPropertyTypes` tells what is missing from what is undefined.
      'vue/require-default-prop': 'off',
    },
  },
  {
    files: ['test/vitest.config.ts', 'electron.vite.config.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
