import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MUTANTS } from './mutants';

const ROOT = join(__dirname, '..', '..', '..');

test.each(MUTANTS)('the text that the mutant "$name" replaces occurs once in its source file', ({ file, text }) => {
  expect(readFileSync(join(ROOT, file), 'utf8').split(text)).toHaveLength(2);
});
