import { XMLBuilder, XMLParser } from 'fast-xml-parser';

/** XML elements by name. An array repeats the element, undefined omits the element, and `@xmlns` is an attribute. */
export interface XmlElement {
  readonly [name: string]: XmlValue | readonly XmlValue[] | undefined;
}

export type XmlValue = string | number | boolean | XmlElement;

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, trimValues: false });

/** Renders elements, without an XML declaration. */
export function renderXml(elements: XmlElement): string {
  // XML parsers turn a plain carriage return into a newline, so the document contains a character reference instead.
  return builder.build(elements).replace(/\r/g, '&#13;');
}

/** A parsed element: its children by name. */
export type ParsedXml = Readonly<Record<string, unknown>>;

/** Parses a document; every value is a string, an element, or a list of these. */
export function parseXml(document: string): ParsedXml {
  return parser.parse(document) as ParsedXml;
}

/** Returns the children with this name. */
export function children(parent: unknown, name: string): ParsedXml[] {
  const value = typeof parent === 'object' && parent !== null ? (parent as ParsedXml)[name] : undefined;
  return [value ?? []].flat() as ParsedXml[];
}

/** Returns the text of the first child with this name. */
export function text(parent: unknown, name: string): string | undefined {
  const [value] = children(parent, name) as unknown[];
  return typeof value === 'string' ? value : undefined;
}
