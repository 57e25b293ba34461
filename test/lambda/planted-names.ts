import * as fc from 'fast-check';
import { allServiceTexts } from './service-text/service-texts';

/** Names of people. The filter for service texts must hide every part of each name. */
export const NAMES: readonly string[] = [
  'Jane Doe', 'John Smith', 'Mary Johnson', 'O\'Brien', 'Siobhan O\'Connor', 'Jos\u00e9 Garc\u00eda', 'Fran\u00e7ois Lef\u00e8vre', 'M\u00fcller-L\u00fcdenscheidt', 'J\u00fcrgen Gro\u00df',
  '\u738b\u79c0\u82f1', '\u4f50\u85e4\u82b1\u5b50', '\uae40\ubbfc\uc900', '\u0418\u0432\u0430\u043d \u041f\u0435\u0442\u0440\u043e\u0432', '\u0645\u062d\u0645\u062f \u0639\u0644\u064a',
  '\u05d3\u05d5\u05d3 \u05db\u05d4\u05df', '\u0395\u03bb\u03ad\u03bd\u03b7 \u03a0\u03b1\u03c0\u03ac', '\u092a\u094d\u0930\u093f\u092f\u093e', 'Nguyen Van Thanh', 'Anne-Marie Dupont', 'D\'Angelo Russo',
  'Mac Gregor', 'Ada Lovelace', 'van der Berg', 'Garc\u00eda M\u00e1rquez', 'Zo\u00eb Kravitz', 'Bj\u00f6rn \u00c5str\u00f6m', '\u0141ukasz Kowalski', 'Maria Gonzalez', 'Wei Zhang', 'Fatima Hassan',
];

/** Functions that write a name in various forms: in quotes, in an object key, in upper case and so on. */
const PLANTS: readonly ((name: string) => string)[] = [
  (name) => name, (name) => `"${name}"`, (name) => `'${name}'`, (name) => `<Key>${name}</Key>`, (name) => `{"name":"${name}"}`, (name) => `[${name}]`, (name) => `${name}'s`,
  (name) => `s3://clinic-data/synthea/${name}`, (name) => `s3://clinic-data/synthea/${name}.ndjson`, (name) => `s3a://clinic-data/${name}`, (name) => `S3://clinic-data/${name}/x`,
  (name) => `arn:aws:s3:::clinic-data/${name}`, (name) => `arn:aws:s3:eu-west-1:123456789012:accesspoint/${name}`, (name) => `arn:aws:iam::123456789012:role/${name}`,
  (name) => `arn:aws:sts::123456789012:assumed-role/data-access/${name}`, (name) => `https://clinic-data.s3.eu-west-1.amazonaws.com/${name}?versionId=1`,
  (name) => encodeURIComponent(name), (name) => `Patient/${name}`, (name) => `${name}.parquet`, (name) => `${name}.csv`, (name) => `in/${name}.xml`, (name) => `${name}.json.gz`, (name) => `key=${name}`, (name) => `s3:Get${name}`, (name) => `${name}@example.org`,
  (name) => `${name}Exception`, (name) => `${name}\u200b`, (name) => `\u0000${name}`, (name) => name.toUpperCase(), (name) => name.toLowerCase(), (name) => name.split('').join('\u200b'),
];

/** Generates random names and names from `NAMES`. */
export function anyName(): fc.Arbitrary<string> {
  const letters = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet), minLength: 5, maxLength: 12 }).map((text) => `Qx${text}`);
  const script = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet), minLength: 3, maxLength: 8 });
  return fc.oneof(
    letters('abcdefghijklmnopqrstuvwxyz'),
    fc.tuple(letters('aeioukrstn'), letters('aeioukrstn')).map(([first, family]) => `${first} ${family}`),
    letters('aeiou').map((name) => `O'${name}`),
    script('\u00e4\u00f6\u00fc\u00df\u00e9\u00e8\u00f1\u00e7'), script('\u0430\u0431\u0432\u0433\u0434'), script('\u738b\u79c0\u82f1\u5c0f\u660e'), script('\u0639\u0644\u064a\u0645\u062d'), script('\u30a2\u30a4\u30a6'),
    fc.constantFrom(...NAMES),
  );
}

/** Generates texts of AWS services with a name inserted at a word boundary. `without` is the same text without the name. */
export function plantedText(): fc.Arbitrary<{ readonly text: string; readonly without: string; readonly name: string }> {
  const texts = allServiceTexts().map(({ text }) => text);
  return fc.tuple(fc.constantFrom(...texts), anyName(), fc.constantFrom(...PLANTS), fc.nat(), fc.constantFrom('', ' ')).map(([without, name, plant, at, gap]) => {
    const borders = [...without.matchAll(/\b|$/g)].map(({ index }) => index);
    const border = borders[at % borders.length];
    return { text: `${without.slice(0, border)}${gap}${plant(name)}${gap}${without.slice(border)}`, without, name };
  });
}

/** Returns the parts of a name that the text contains, in upper or lower case or URL-encoded. Parts that `without` also contains are left out. */
export function partsShown(text: string, name: string, without = ''): string[] {
  const shows = (where: string, part: string) => where.toLowerCase().includes(part.toLowerCase());
  return [name, encodeURIComponent(name), ...name.split(/[\s'-]/)].filter((part) => part.length > 1 && shows(text, part) && !shows(without, part));
}

/** Texts that contain the name of Ada Lovelace, born in 1815, in forms that a deny list would miss. */
export const LEAKY_TEXTS: readonly string[] = [
  // Object keys with a blank or with various file name extensions.
  'HealthLake could not read input/Ada Lovelace.ndjson',
  'HealthLake could not read Ada Lovelace 1815.ndjson',
  'HealthLake could not read input/Ada-Lovelace.NDJSON.bak',
  'HealthLake could not read Ada_Lovelace_1815',
  'HealthLake could not read s3://clinic-data/synthea/Ada Lovelace/part 1',
  'HealthLake could not read s3://clinic-data/synthea/x, Ada Lovelace.ndjson',
  // Names in quotes or with an apostrophe.
  'The file "Ada Lovelace" is empty',
  'The file \'Ada Lovelace\' is empty',
  'The file \u201cAda Lovelace\u201d is empty',
  'Ada Lovelace\'s file is empty',
  'The file "s3://clinic-data/synthea/Ada O\'Lovelace" is empty',
  'The file \'s3://clinic-data/synthea/O\'Lovelace Ada.ndjson\' is empty',
  'The file s3://clinic-data/synthea/O\'Ada-Lovelace is empty',
  // Other notations of S3 locations.
  'Access to s3a://clinic-data/synthea/Ada-Lovelace is denied',
  'Access to arn:aws:s3:eu-west-1:123456789012:accesspoint/clinic/object/Ada-Lovelace is denied',
  'Access to arn:aws:s3-outposts:eu-west-1:123456789012:outpost/op/bucket/clinic/object/Ada is denied',
  'Access to /clinic-data/synthea/Ada-Lovelace is denied',
  'Access to \\\\clinic\\synthea\\Ada-Lovelace is denied',
  'Access to bucket=clinic-data key=synthea/Ada-Lovelace is denied',
  'Access to Key: synthea/Ada-Lovelace is denied',
  // Names in XML and JSON.
  '<Error><Code>NoSuchKey</Code><Key>synthea/Ada-Lovelace</Key></Error>',
  '{"resourceType":"Patient","name":[{"family":"Lovelace","given":["Ada"]}],"birthDate":"1815-12-10"}',
  'Unexpected token \'A\', "Ada Lovel"... is not valid JSON',
  // Encoded names and names with special characters.
  'The key synthea%2FAda%20Lovelace does not exist',
  'The key synthea/Ada+Lovelace does not exist',
  'The key %41da%4Covelace/Ada does not exist',
  'The key Ada&#32;Lovelace does not exist',
  'The key \\u0041da: Ada\u00a0Lovelace does not exist',
  'The key Ada\u200bLovelace does not exist',
  'The key Ada\u0000Lovelace does not exist',
  // Names in resource ids, in references and in values.
  'Patient/Ada-Lovelace/_history/1815 is not valid',
  'Resource Patient with id ada-lovelace-1815 is not valid',
  'The value Lovelace of Patient.name.family is not valid',
  'Duplicate resource for ada.lovelace@example.org',
  'User: arn:aws:iam::123456789012:user/ada.lovelace is not authorized to perform: s3:GetObject',
  'Value \'Ada Lovelace\' at \'jobName\' failed to satisfy constraint: Member must have length less than or equal to 64',
  'born 1815-12-10, Lovelace',
];
