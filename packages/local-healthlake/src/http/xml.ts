import { XMLBuilder, XMLParser } from 'fast-xml-parser';

/** Elements by name; a list repeats its element, undefined leaves it out, `@xmlns` is an attribute. */
export interface XmlElement {
  readonly [name: string]: XmlValue | readonly XmlValue[] | undefined;
}

export type XmlValue = string | number | boolean | XmlElement;

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, trimValues: false });

/** Renders elements without the XML declaration. */
export function renderXml(elements: XmlElement): string {
  // XML parsers turn a bare carriage return into a newline, so it has to travel as a reference.
  return builder.build(elements).replace(/\r/g, '&#13;');
}

/** An element of a parsed document: its children by name. */
export type ParsedXml = Readonly<Record<string, unknown>>;

/** Parses a document; every value is a string, an element, or a list of these. */
export function parseXml(document: string): ParsedXml {
  return parser.parse(document) as ParsedXml;
}

/** The children of that name, none if there aren't any. */
export function children(parent: unknown, name: string): ParsedXml[] {
  const value = typeof parent === 'object' && parent !== null ? (parent as ParsedXml)[name] : undefined;
  return [value ?? []].flat() as ParsedXml[];
}

/** The text of the first child of that name. */
export function text(parent: unknown, name: string): string | undefined {
  const [value] = children(parent, name) as unknown[];
  return typeof value === 'string' ? value : undefined;
}
