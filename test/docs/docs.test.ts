import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(__dirname, '../..');
const FOLDERS = ['.', 'docs', 'packages', 'examples'];
const PAGES = FOLDERS
  .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: folder !== '.' }).map((name) => join(ROOT, folder, String(name))))
  .filter((path) => path.endsWith('.md') && !path.endsWith('API.md') && !path.includes('node_modules'));

/** Returns the text of a Markdown file without its code blocks. */
const proseOf = (path: string) => readFileSync(path, 'utf8').replace(/```.*?```/gs, '');

/** Returns the anchors that GitHub creates for the headings of a Markdown file. */
const anchorsOf = (path: string) => [...proseOf(path).matchAll(/^#+ (.*)$/gm)]
  .map(([, heading]) => heading.toLowerCase().replace(/[^\w\- ]/g, '').replaceAll(' ', '-'));

/** Returns the relative links of a Markdown file whose target file or heading does not exist. */
function brokenLinksOf(page: string): string[] {
  return [...proseOf(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link]) => link).filter((link) => {
    const [path, anchor] = link.split('#');
    const target = path ? join(dirname(page), path) : page;
    return !existsSync(target) || (anchor && !anchorsOf(target).includes(anchor));
  });
}

test.each(PAGES.map((page) => relative(ROOT, page)))('the relative links of %s point to existing files and headings', (page) => {
  expect(brokenLinksOf(join(ROOT, page))).toEqual([]);
});

test('README.md has at most 160 lines of at most 160 characters', () => {
  const lines = readFileSync(join(ROOT, 'README.md'), 'utf8').trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(160);
  expect(lines.filter(({ length }) => length > 160)).toEqual([]);
});

test('docs/deployment.svg is the current output of docs/deployment.mjs', () => {
  const drawn = execFileSync(process.execPath, [join(ROOT, 'docs/deployment.mjs')], { encoding: 'utf8' });
  expect(readFileSync(join(ROOT, 'docs/deployment.svg'), 'utf8')).toBe(drawn);
});
