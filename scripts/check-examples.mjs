// Fails unless every public class has an example, and every example is translated into the languages of the packages. Expects `npm run compile`.
import { readFileSync } from 'node:fs';

const { types } = JSON.parse(readFileSync('.jsii', 'utf8'));
const snippets = Object.values(JSON.parse(readFileSync('.jsii.tabl.json', 'utf8')).snippets);

const withoutExample = Object.values(types).filter(({ kind, docs }) => kind === 'class' && !docs?.example).map(({ name }) => name);
const untranslated = snippets.filter(({ didCompile, translations }) => !didCompile || ['python', 'java', 'csharp', 'go'].some((to) => !translations[to]));
for (const name of withoutExample) console.error(`has no @example: ${name}`);
for (const { translations } of untranslated) console.error(`is not translated: ${translations.$.source}`);
console.log(`examples: ${snippets.length}, compiled and translated`);
process.exitCode = withoutExample.length + untranslated.length > 0 ? 1 : 0;
