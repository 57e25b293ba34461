import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, type BuildOptions, type Plugin } from 'esbuild';

const ROOT = join(__dirname, '..', '..', '..');

/** Returns the source to bundle in place of a file. `path` is relative to the repository root. */
export type Rewrite = (path: string, source: string) => string;

/** Bundles the handler with the options of the project's bundle task, and returns the code. */
export async function bundleHandler(rewrite: Rewrite = (_, source) => source): Promise<Buffer> {
  const sources: Plugin = {
    name: 'sources',
    setup: ({ onLoad }) => onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: rewrite(relative(ROOT, path), readFileSync(path, 'utf8')), loader: 'ts',
    })),
  };
  const { outputFiles } = await build({ ...projectOptions(), absWorkingDir: ROOT, write: false, plugins: [sources] });
  return Buffer.from(outputFiles![0].contents);
}

/** Reads the esbuild options from the command line of the bundle task. */
function projectOptions(): BuildOptions {
  const { tasks } = JSON.parse(readFileSync(join(ROOT, '.projen', 'tasks.json'), 'utf8')) as Tasks;
  const options = tasks.bundle.steps[0].exec.split(' ').filter((arg) => arg.startsWith('--'));
  const given = Object.fromEntries(options.map((arg) => {
    const [name, value = true] = arg.slice(2).split('=');
    return [name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()), value];
  }));
  return { ...given, mainFields: String(given.mainFields).split(','), entryPoints: ['lambda/index.ts'] } as BuildOptions;
}

interface Tasks {
  readonly tasks: Readonly<Record<string, { readonly steps: readonly { readonly exec: string }[] }>>;
}
