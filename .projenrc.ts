import { awscdk, javascript, typescript } from 'projen';

/** The exact version of esbuild. Another version may build other bundles, and templates contain the hashes of the bundles. */
const ESBUILD = '0.28.2';

/** The exact version of the AWS SDK in the bundles. An older SDK silently drops request fields that it doesn't know. */
const SDK = '3.1048.0';

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-healthlake-import',
  description: 'Loads FHIR R4 data into AWS HealthLake as part of cdk deploy',
  keywords: ['aws', 'cdk', 'healthlake', 'fhir', 'ndjson', 'import', 'healthcare'],
  author: 'cdk-healthlake-import contributors',
  authorAddress: 'https://github.com/cdk-healthlake',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk-healthlake/cdk-healthlake-import.git',
  license: 'Apache-2.0',
  stability: 'experimental',
  defaultReleaseBranch: 'main',
  projenrcTs: true,
  runner: typescript.TypeScriptRunner.tsx(),
  packageManager: javascript.NodePackageManager.NPM,
  minNodeVersion: '20.16.0',
  workflowNodeVersion: '24.x',

  // The minimum version of aws-cdk-lib. cdk-nag 3 requires at least 2.257.0, and integ-runner can't read the cloud assemblies of 2.260 and later.
  // `npm run test:newest` runs the tests on the newest version of aws-cdk-lib.
  cdkVersion: '2.257.0',
  constructsVersion: '10.5.1',
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.3',

  publishToPypi: { distName: 'cdk-healthlake-import', module: 'cdk_healthlake_import' },
  publishToMaven: {
    javaPackage: 'io.github.cdkhealthlake.fhirimport',
    mavenGroupId: 'io.github.cdkhealthlake',
    mavenArtifactId: 'cdk-healthlake-import',
  },
  publishToNuget: { dotNetNamespace: 'CdkHealthLake.DataImport', packageId: 'CdkHealthLake.DataImport' },
  publishToGo: { moduleName: 'github.com/cdk-healthlake/cdk-healthlake-import-go' },

  devDeps: [
    '@types/node@^22', // the types of Node 20 are no longer maintained; newer types have more APIs that Node 20 lacks
    '@types/aws-lambda',
    `@aws-sdk/client-cloudformation@${SDK}`,
    `@aws-sdk/client-eventbridge@${SDK}`,
    `@aws-sdk/client-healthlake@${SDK}`,
    `@aws-sdk/client-kms@${SDK}`,
    `@aws-sdk/client-lambda@${SDK}`,
    `@aws-sdk/client-s3@${SDK}`,
    `@aws-sdk/client-sfn@${SDK}`,
    `@aws-sdk/client-sts@${SDK}`,
    '@aws-sdk/region-config-resolver', // client-sts imports this package without declaring the dependency
    '@smithy/core',
    '@smithy/types',
    '@aws-cdk/asset-node-proxy-agent-v6@2.1.1', // the go.mod of the Go package requires the installed version, and aws-cdk-go 2.257.0 requires 2.1.1
    '@aws-cdk/cloud-assembly-schema@53.25.0', // aws-cdk-go 2.257.0 requires this version, like the version of the package above
    'aws-cdk@^2.1148.1', // npm's `latest` is an accidental 3.0.0 that can't read a current assembly
    'aws-sdk-client-mock@^4.1.0',
    '@aws-cdk/integ-runner@2.197.10',
    '@aws-cdk/integ-tests-alpha@2.245.0-alpha.0',
    '@cloud-copilot/iam-simulate@0.1.173', // licensed under AGPL-3.0, so it must stay a development dependency
    '@types/cli-progress',
    'cdk-nag@3.0.2',
    'cli-progress@3.12.0',
    'cli-table3@0.6.5',
    'commander@^14', // newer versions need Node 22
    'dependency-cruiser@^17.4.3',
    'fast-check@^4.10.2',
    'fast-xml-parser',
    'fflate',
    'fhir@4.12.0',
    'hl7.fhir.r4.examples@4.0.1',
    'picocolors@^1',
    'tsx',
    'typescript-7@npm:typescript@7.0.2', // checks the types five times as fast; jsii and eslint need the API of TypeScript 6
    'yaml',
  ],

  sampleCode: false,
  lambdaAutoDiscover: false,
  edgeLambdaAutoDiscover: false,
  singletonLambdaAutoDiscover: false,
  lambdaExtensionAutoDiscover: false,
  integrationTestAutoDiscover: false,
  bundlerOptions: { esbuildVersion: ESBUILD },

  tsconfigDevFile: 'tsconfig.dev.json',
  tsconfigDev: {
    compilerOptions: {
      isolatedModules: true, // esbuild translates each file of the tests on its own
      rootDir: '.',
      types: ['jest', 'node'],
      paths: { 'cdk-healthlake-import': ['./src'] },
    },
    include: ['.projenrc.ts', 'src/**/*.ts', 'lambda/**/*.ts', 'packages/**/*.ts', 'examples/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'],
    exclude: ['node_modules', '**/cdk.out', '**/*.snapshot'],
  },
  eslintOptions: {
    dirs: ['src', 'lambda', 'packages', 'examples', 'bench', 'scripts'],
    devdirs: ['test'],
    ignorePatterns: ['*.js', '*.d.ts', 'node_modules/', 'cdk.out', '*.snapshot', 'coverage', '!.projenrc.ts'],
    tsconfigPath: './tsconfig.dev.json',
    projectService: false,
  },
  jestOptions: {
    jestConfig: {
      testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/packages/*/test/**/*.test.ts'],
      moduleNameMapper: { '^cdk-healthlake-import$': '<rootDir>/src' },
      transform: { '^.+\\.[t]sx?$': new javascript.Transform('<rootDir>/test/support/esbuild.cjs') },
      collectCoverage: false,
      maxWorkers: '100%', // by default, jest leaves one core idle
      workerIdleMemoryLimit: '1GB', // a worker with a larger heap exits too slowly, and jest kills it with a warning
      setupFiles: ['<rootDir>/test/support/quiet-sdk.ts', '<rootDir>/test/support/quiet-bundling.ts'],
      testTimeout: 30_000,
    },
  },

  gitignore: ['!/packages/local-aws/*/logs/', '/packages/*/dist/', 'cdk.out', '/assets/', '/.newest/', '.venv', '__pycache__', '/examples/java/*/target/', '/examples/go/*/go.sum', '**/*.snapshot/asset.*/', '.jsii.tabl.json'],
});

// npm ci fails with unrs-resolver 1.13.0: its binaries for most platforms are not published, so the lock file lacks them.
project.package.addPackageResolutions('unrs-resolver@1.12.2');

// The bundles of the handlers include all their dependencies, even the SDK, so that users need neither esbuild nor Docker to synthesize. One command writes all
// bundles, because each start of esbuild takes a second.
const BUNDLES = {
  'lambda/index': 'lambda/index.ts',
  'lambda/report/index': 'lambda/report/index.ts',
  'lambda/datastore/index': 'lambda/datastore/index.ts',
  'lambda/job-monitor/index': 'lambda/job-monitor/index.ts',
  'lambda/job-monitor/widget/index': 'lambda/job-monitor/widget/index.ts',
  'fhir-ndjson': 'packages/fhir-ndjson/src/folder/index.ts', // the library loads this bundle at synth
};
const bundle = project.bundler.bundleTask;
bundle.exec([
  'esbuild --bundle --outdir=assets --target=node20 --platform=node --minify --main-fields=module,main --log-level=warning',
  ...Object.entries(BUNDLES).map(([folder, entry]) => `${folder}/index=${entry}`),
].join(' '));
project.deps.removeDependency('ts-jest'); // esbuild translates the tests
project.preCompileTask.prependExec('rm -rf lib'); // jsii doesn't clean lib, so files of earlier versions would be published

// Excludes files that users don't need from the npm package. .jsii.tabl.json stays in the package for documentation sites.
for (const path of ['/lambda/', '/rosetta/', '/packages/', '/examples/', '/bench/', '/scripts/', '/docs/', '/.ci/', '/.dependency-cruiser.cjs', '/.npmrc', '/tsconfig.dev.json',
  '/CONTRIBUTING.md', '/SECURITY.md', '/.git-blame-ignore-revs']) {
  project.addPackageIgnore(path);
}

// Keeps registry addresses out of lock files.
new javascript.NpmConfig(project).addConfig('omit-lockfile-registry-resolved', 'true');

// Keeps the registry address out of the release workflow. publib uses the public registry by default.
project.github?.tryFindWorkflow('release')?.file?.addDeletionOverride('jobs.release_npm.steps.9.env.NPM_REGISTRY');

// Restricts imports between folders. For example, files in lambda may import only src/contract from src.
project.eslint?.addRules({
  'import/no-restricted-paths': ['error', {
    basePath: '.',
    zones: [
      { target: './src', from: './lambda', message: 'src/ is the library; it runs no handler code' },
      { target: './src', from: ['./packages', './examples', './test', './bench'] },
      { target: './lambda', from: './src', except: ['./contract'], message: 'lambda/ knows the contract only' },
      { target: './lambda', from: './packages', except: ['./fhir-ndjson/src'], message: 'of packages/, lambda/ knows fhir-ndjson only' },
      { target: './lambda', from: ['./examples', './test', './bench'] },
      { target: './packages', from: ['./src', './examples', './test', './bench'], message: 'packages/ runs the contents of the assembly' },
      { target: ['./packages/fhir-ndjson', './packages/local-aws', './packages/local-healthlake'], from: './lambda', message: 'packages/ runs the contents of the assembly' },
      { target: './packages/fhir-ndjson/src', from: './packages', except: ['./fhir-ndjson/src'], message: 'fhir-ndjson stands on its own' },
      {
        target: './packages/local-healthlake',
        from: './packages',
        except: ['./local-healthlake', './fhir-ndjson/src/lines', './fhir-ndjson/src/resource-types.ts'],
        message: 'local-healthlake judges lines by itself',
      },
      {
        target: './packages/healthlake-tools',
        from: './lambda',
        except: ['./job-monitor/listing.ts', './job-monitor/summary.ts', './report', './service-text/show.ts'],
        message: 'the tool lists jobs, reads reports and filters texts as the functions do',
      },
      { target: './packages/healthlake-tools/src', from: './packages', except: ['./healthlake-tools', './fhir-ndjson/src'] },
      {
        target: './packages/local-healthlake/src/healthlake',
        from: './packages/local-healthlake/src',
        except: ['./healthlake'],
        message: 'HealthLake reaches other services through ports',
      },
      { target: './examples', from: './src', except: ['./index.ts'], message: 'examples use the library as its users do' },
      { target: './examples', from: ['./lambda', './packages', './test', './bench'] },
      { target: './scripts', from: ['./src', './lambda', './packages', './test'], message: 'scripts/ works on AWS, and on the built files' },
    ],
  }],
});
// Code style of the whole repository. `npm run eslint` applies it.
project.eslint?.addRules({
  '@stylistic/arrow-parens': ['error', 'always'],
  '@stylistic/brace-style': ['error', '1tbs'],
  'curly': ['error', 'all'],
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/no-import-type-side-effects': ['error'],
  'import/enforce-node-protocol-usage': ['error', 'always'],
});
project.eslint?.addOverride({
  files: ['packages/**', 'lambda/**', 'bench/**', 'examples/**', 'scripts/**', 'test/**'],
  rules: { 'import/no-extraneous-dependencies': 'off' }, // these folders are not part of the published library
});

// The task translates the examples into Python, Java, .NET and Go. Documentation sites read the translations from .jsii.tabl.json.
project.compileTask.spawn(project.addTask('translate-examples', {
  description: 'Compile and translate the examples of README.md and of the docstrings',
  exec: 'jsii-rosetta extract --strict --batch=100',
}));

const circles = project.addTask('circles', {
  description: 'Fail on import circles, type imports included',
  exec: 'depcruise src lambda packages examples bench scripts test',
});
// The build and CI run the linter. The tests don't, because it takes a minute.
project.testTask.removeStep(project.testTask.steps.findIndex(({ spawn }) => spawn === 'eslint'));
project.postCompileTask.spawn(project.eslint!.eslintTask);
project.testTask.prependSteps(
  { spawn: bundle.name },
  { name: 'Check types', exec: 'node node_modules/typescript-7/bin/tsc --noEmit -p tsconfig.dev.json' },
  { spawn: circles.name },
);

project.setScript('demo', 'projen bundle && node packages/local-aws/src/demo/run.mjs');
project.setScript('healthlake', 'node --import tsx packages/local-healthlake/src/server.ts');
project.setScript('bench', 'node --import tsx bench/report.ts && node --import tsx bench/synth.ts && node --import tsx bench/check.ts');
project.setScript('integ:aws', 'projen bundle && node --import tsx scripts/integ-aws/main.ts');
project.addTask('test:e2e', {
  description: 'Run the end-to-end tests and a part of the fault suite, which take too long for npm test',
  steps: [{ spawn: bundle.name }, { exec: 'jest --testMatch "<rootDir>/test/{e2e/**/*,faults/{known,sample}}.long.ts" "<rootDir>/packages/*/test/**/*.long.ts"', receiveArgs: true }],
});
project.addTask('test:faults', {
  description: 'Run the fault suite: 1,000 random sequences of deployments under random faults',
  steps: [{ spawn: bundle.name }, { exec: 'jest --testMatch "<rootDir>/test/faults/faults.long.ts"', receiveArgs: true }],
});
project.addTask('test:faults:mutants', {
  description: 'Prove that the fault suite finds each defect that is put into the handler',
  steps: [{ exec: 'jest --testMatch "<rootDir>/test/faults/mutants/mutants.long.ts"', receiveArgs: true }],
});
project.addTask('test:newest', { description: 'Run the tests on the newest aws-cdk-lib', exec: 'scripts/test-newest.sh', receiveArgs: true });
project.addTask('test:packages', {
  description: 'Check the contents of the npm tarball and the code of the other languages',
  exec: 'scripts/test-packages.sh',
});
const integ = [
  'integ-runner', '--directory', 'test/integ', '--language', 'typescript', '--app', '"npx tsx --tsconfig tsconfig.dev.json {filePath}"',
].join(' ');
project.addTask('integ', { description: 'Compare the templates with the snapshots', steps: [{ spawn: bundle.name }, { exec: integ }] });
project.addTask('integ:update', {
  description: 'Write new snapshots without a deployment',
  steps: [{ spawn: bundle.name }, { exec: `scripts/integ-update.sh ${integ}` }],
});

project.synth();
