import type { Log } from './changes';
import type { DataSet } from './data-set';
import { referenceTo, type Found } from './unwrap';

/** Matches a member `reference` that may need a change. The content of a JSON string can't match, because its quotes have a backslash. */
const REFERENCE = /("reference"\s*:\s*)"((?:urn:|https?:|[A-Z][A-Za-z]*\?)(?:[^"\\]|\\.)*)"/g;

/** The other places where FHIR lets a transaction replace a fullUrl: members of the type url or uri, and links in a narrative. */
const URN = /("(?:url|valueUrl|valueUri)"\s*:\s*"|(?:href|src)=\\")(urn:[^"\\]+)/g;

/** Returns the text of a resource in which `Type/id` replaces fullUrls and conditional references. */
export function withLiteralReferences(found: Found, dataSet: DataSet, log: Log): string {
  const { place, scope } = found;
  const findUrl = (url: string) => scope?.get(url) ?? dataSet.findUrl(url);
  return found.text()
    .replace(REFERENCE, (match, name: string, json: string) => {
      const reference = json.includes('\\') ? String(JSON.parse(`"${json}"`)) : json;
      const isConditional = /^[A-Z]/.test(reference);
      const target = isConditional ? dataSet.findConditional(reference) : findUrl(reference);
      if (target !== undefined) {
        log(isConditional ? 'conditional-resolved' : 'reference-rewritten', place, { value: reference });
        return `${name}"${target}"`;
      }
      if (isConditional || reference.startsWith('urn:')) {
        log(isConditional ? 'conditional-reference' : 'urn-reference', place, { value: reference });
      }
      return match;
    })
    .replace(URN, (match, start: string, url: string) => {
      const target = findUrl(url);
      if (target === undefined || target === referenceTo(found)) {
        return match; // a resource whose own url is a URN keeps it, because canonical references use it
      }
      log('reference-rewritten', place, { value: url });
      return `${start}${target}`;
    });
}
