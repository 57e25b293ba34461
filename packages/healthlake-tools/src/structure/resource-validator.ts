import { Fhir, type ValidatorMessage } from 'fhir';
import type { ParsedProperty } from 'fhir/model/parsed-property';
import { Issues, type Issue } from './issues';
import { LocationMask } from './location-mask';
import { codeOf } from './problems';
import { emptyIssues, shapeIssues } from './shape';

export type Json = Readonly<Record<string, unknown>>;

interface Concept {
  readonly coding?: readonly { readonly system?: string; readonly code?: string }[];
}

/** Checks resources against the structure of FHIR R4 and against the value sets that R4 requires. */
export class ResourceValidator {
  private readonly fhir = new Fhir();
  private readonly structures = this.fhir.parser.parsedStructureDefinitions;
  private readonly valueSets = this.fhir.parser.parsedValueSets;
  private readonly mask = new LocationMask(Object.values(this.structures).map(({ _properties }) => _properties));

  /** Returns the problems of a resource. Returns none if R4 doesn't have its type, because `DataSetCheck` reports that. */
  public check(resource: Json): Issue[] {
    if (!this.isResource(resource)) {
      return [];
    }
    const { contained, ...rest } = resource;
    if (!Array.isArray(contained)) {
      return this.validate(resource);
    }
    // The locations of the validator don't tell which contained resource they are in. So each contained resource is validated by itself.
    return [...this.validate(rest), ...contained.flatMap((inner, index): Issue[] => {
      const location = `${resource.resourceType}.contained[${index}]`;
      return this.isResource(inner)
        ? this.validate(inner).map((issue) => ({ ...issue, location: issue.location.replace(/^\w+/, location) }))
        : [{ code: 'structure-resource-type', location }];
    })];
  }

  private validate(resource: Json): Issue[] {
    const issues = new Issues();
    const type = resource.resourceType as string;
    const mask = this.mask.of(resource);
    const accepted = new Set<string>();
    const receive = ({ location = type, message = '' }: ValidatorMessage) => {
      const code = codeOf(message);
      const isFalse = (code === 'structure-code' && accepted.has(location))
        || (code === 'structure-reference' && !this.hasType(message))
        || (code === 'structure-missing' && isPresent(resource, location));
      if (!isFalse) {
        const shown = code === 'structure-unknown-property' ? mask(location) : location || type;
        issues.add({ code, location: shown, value: shown === location ? message : `${message}: ${location}` });
      }
    };
    try {
      const empty = [...emptyIssues(resource, this.mask.names, type)];
      empty.forEach((issue) => issues.add(issue));
      const { messages } = this.fhir.validate(empty.length > 0 ? withoutNull(resource) : resource, {
        errorOnUnexpected: true,
        onError: receive,
        beforeCheckCode: (valueSet) => this.valueSets[valueSet] === undefined, // otherwise the validator rejects each code of a value set that it lacks
        onBeforeValidateProperty: (_, property, location, value) => {
          shapeIssues(property, location, value).forEach((issue) => issues.add(issue));
          for (const [place, isAccepted] of this.judgeConcepts(property, location, value)) {
            if (isAccepted) {
              accepted.add(place);
            } else {
              issues.add({ code: 'structure-code', location: place, value: 'No coding is in the value set' });
            }
          }
          return [];
        },
      });
      messages.filter(({ severity }) => severity === 'fatal').forEach(receive);
    } catch { // the validator throws on shapes that it doesn't expect
      issues.add({ code: 'structure-unreadable', location: type });
    }
    return issues.all;
  }

  private isResource(value: unknown): value is Json {
    return typeof value === 'object' && value !== null && 'resourceType' in value && this.isResourceType(value.resourceType);
  }

  private isResourceType(type: unknown): boolean {
    return typeof type === 'string' && Object.hasOwn(this.structures, type) && this.structures[type]._kind === 'resource';
  }

  /** Returns whether the reference in a message has a type. The validator takes any part before the last `/` for one, as in `Patient?identifier=http://a/b`. */
  private hasType(message: string): boolean {
    const { type, reference = '' } = JSON.parse(message.slice(message.indexOf('{'))) as { readonly type?: string; readonly reference?: string };
    return this.isResourceType(type ?? reference.split('|')[0].split('/').at(-2));
  }

  /**
   * Yields the location of each CodeableConcept with a required value set, and whether one of its codings is in the value set. The validator demands that all
   * codings are in it, and accepts a concept without a coding.
   */
  private* judgeConcepts({ _type, _valueSet = '', _valueSetStrength }: ParsedProperty, location: string, value: unknown): Generator<[location: string, isAccepted: boolean]> {
    const valueSet = this.valueSets[_valueSet.split('|')[0]];
    if (_type === 'CodeableConcept' && _valueSetStrength === 'required' && valueSet !== undefined) {
      const isAccepted = ({ coding = [] }: Concept) => coding.some(({ system, code }) =>
        valueSet.systems.some(({ uri, codes }) => (system === undefined || system === uri) && codes.some((one) => one.code === code)));
      for (const [index, concept] of (Array.isArray(value) ? value : [value]).entries()) {
        yield [Array.isArray(value) ? `${location}[${index}]` : location, isAccepted(concept as Concept)];
      }
    }
  }
}

/** Returns whether a property has a value. The validator overlooks `false` and 0 in a choice of types, and values that are only an extension. */
function isPresent(resource: Json, location: string): boolean {
  const [, ...steps] = location.split('.');
  const name = steps.pop()?.replace('[x]', '');
  const parent = steps.flatMap((step) => step.split(/[[\]]/).filter(Boolean)).reduce<unknown>((value, key) => (value as Json | undefined)?.[key], resource);
  const pattern = new RegExp(location.endsWith('[x]') ? `^_?${name}[A-Z]` : `^_${name}([A-Z]|$)`);
  return Object.keys(parent ?? {}).some((key) => pattern.test(key));
}

/** Returns a copy without the properties that are null, because the validator throws at many of them. */
function withoutNull(resource: Json): Json {
  return JSON.parse(JSON.stringify(resource, (_, value: unknown) => value ?? undefined)) as Json;
}
