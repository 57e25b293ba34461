import { queryResponse } from '../../../../local-healthlake/src/http/query';
import type { XmlElement, XmlValue } from '../../../../local-healthlake/src/http/xml';
import type { Caller, WireResponse } from '../../contract';
import type { CloudFormation } from '../cloudformation';
import type { QueryInput } from './query-input';

/** The members of an API action's response. Lists become `member` elements in XML; undefined members are omitted. */
export type Answer = Readonly<Record<string, unknown>>;

/** Performs one API action. The caller has already been authorized for the action. */
export type Action = (cloudFormation: CloudFormation, input: QueryInput, caller: Caller) => Answer | Promise<Answer>;
export type Actions = Readonly<Record<string, Action>>;

const NAMESPACE = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';
/** Characters that XML documents can't contain. */
// eslint-disable-next-line no-control-regex
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Returns an HTTP response in the XML format of CloudFormation's query protocol. */
export function answerResponse(action: string, answer: Answer): WireResponse {
  return queryResponse(action, NAMESPACE, element(answer));
}

/** Formats a time as in responses of the query protocol. */
export function timestamp(milliseconds: number): string;
export function timestamp(milliseconds: number | undefined): string | undefined;
export function timestamp(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();
}

/** Returns one page of a list. `nextToken` is the index of the first item on the page. */
export function page<T>(items: readonly T[], nextToken: string | undefined, size: number): { readonly items: T[]; readonly NextToken?: string } {
  const start = Number(nextToken ?? 0);
  const end = start + size;
  return { items: items.slice(start, end), NextToken: end < items.length ? String(end) : undefined };
}

function element(answer: Answer): XmlElement {
  return Object.fromEntries(Object.entries(answer).filter(([, value]) => value !== undefined).map(([name, value]) => [name, xmlValue(value)]));
}

function xmlValue(value: unknown): XmlValue {
  if (Array.isArray(value)) {
    return { member: value.map(xmlValue) };
  }
  if (typeof value === 'object' && value !== null) {
    return element(value as Answer);
  }
  return typeof value === 'string' ? value.replace(NOT_XML, '') : value as XmlValue;
}
