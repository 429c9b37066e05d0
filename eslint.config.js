import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** A folder may not import what matches these patterns: the arrows of docs/architecture.md, kept by the linter. */
const forbid = (files, group, message, ignores = []) => ({
  files,
  ignores,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          { group, message },
          { group: ['onnxruntime-node', 'onnxruntime-common'], message: 'Only shared/ort imports onnxruntime.' },
        ],
      },
    ],
  },
});

export default tseslint.config(
  { ignores: ['node_modules', '.build', '.tagwright', 'coverage', 'cdk.out'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Tensor code indexes typed arrays it has just sized; the bang says "in range by construction".
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Numbers and booleans in messages read well as they are.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Handlers and ports are async by contract, whatever their body awaits.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-console': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'max-params': ['error', 4],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Randomness comes from a seeded Rng (shared/random.ts).' },
        { object: 'process', property: 'env', message: 'Read the environment in shared/env.ts only.' },
      ],
    },
  },
  {
    files: ['shared/env.ts', 'cli/**', 'test/**', '**/worker.ts', '**/*-worker.ts', '*.config.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  { files: ['cli/**', 'test/**'], rules: { 'no-console': 'off' } },
  {
    // A file that exports several hundred lines of rules or cases is a table; elsewhere look for the second concept.
    files: ['shared/**/*.ts', 'training/**/*.ts', 'functions/**/*.ts', 'cli/**/*.ts'],
    rules: { 'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }] },
  },
  forbid(
    ['shared/**/*.ts'],
    ['**/training/**', '**/functions/**', '**/cli/**', '**/infra/**'],
    'shared imports nothing of the parts that use it.',
    ['shared/ort/**', 'shared/contracts/**'],
  ),
  forbid(
    ['shared/contracts/**/*.ts'],
    ['../!(contracts)/**', '../../**', 'node:*'],
    'contracts hold constants and schemas only.',
  ),
  forbid(['training/**/*.ts'], ['**/functions/**', '**/cli/**', '**/infra/**'], 'training -> shared only.', [
    'training/engine/**',
    'training/nn/**',
    'training/heads/**',
    'training/losses/**',
    'training/optim/**',
    'training/models/**',
    'training/data/**',
    'training/report/**',
    'training/tune/**',
    'training/distill/**',
    'training/analysis/**',
    'training/recipes/**',
  ]),
  forbid(
    ['training/engine/**/*.ts'],
    [
      '**/functions/**',
      '**/cli/**',
      '**/infra/**',
      '**/training/!(engine)/**',
      '**/nn/**',
      '**/heads/**',
      '**/models/**',
      '**/train/**',
      '**/shared/!(ner-error*|random*)/**',
    ],
    'engine imports errors and the random generator only.',
  ),
  forbid(
    ['training/nn/**/*.ts', 'training/optim/**/*.ts'],
    ['**/functions/**', '**/cli/**', '**/infra/**', '**/heads/**', '**/losses/**', '**/models/**', '**/train/**'],
    'engine <- nn, optim.',
  ),
  forbid(
    ['training/heads/**/*.ts', 'training/losses/**/*.ts'],
    ['**/functions/**', '**/cli/**', '**/infra/**', '**/models/**', '**/train/**'],
    'nn <- heads, losses.',
  ),
  forbid(
    ['training/models/**/*.ts', 'training/data/**/*.ts'],
    ['**/functions/**', '**/cli/**', '**/infra/**', '**/train/**', '**/report/**'],
    'heads, losses <- models <- train.',
  ),
  forbid(
    ['training/report/**/*.ts'],
    ['**/functions/**', '**/cli/**', '**/infra/**', '**/export/**', '**/job/**'],
    'train <- report <- export <- job.',
  ),
  forbid(
    ['training/tune/**/*.ts'],
    ['**/functions/**', '**/cli/**', '**/infra/**', '**/export/**', '**/job/**'],
    'train <- tune <- job.',
  ),
  forbid(
    ['training/distill/**/*.ts'],
    ['**/functions/**', '**/cli/**', '**/infra/**', '**/export/**', '**/job/**'],
    'train <- distill <- job.',
  ),
  forbid(
    ['training/analysis/**/*.ts'],
    ['**/functions/**', '**/cli/**', '**/infra/**', '**/export/**', '**/job/**'],
    'report <- analysis <- job.',
  ),
  forbid(
    ['training/recipes/**/*.ts'],
    ['**/functions/**', '**/cli/**', '**/infra/**', '**/export/**', '**/job/**'],
    'report, tune <- recipes <- job.',
  ),
  forbid(['functions/**/*.ts'], ['**/training/**', '**/cli/**', '**/infra/**'], 'functions -> shared only.'),
  forbid(
    ['infra/**/*.ts'],
    ['**/training/**', '**/functions/**', '**/cli/**', '**/shared/!(contracts)/**'],
    'infra -> shared/contracts only; handlers are named by path.',
  ),
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  prettier,
);
