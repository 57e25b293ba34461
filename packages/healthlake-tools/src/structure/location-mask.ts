import type { ParsedProperty } from 'fhir/model/parsed-property';

/**
 * Takes the data out of locations. A location consists of names from R4 and of indexes, but the validator ends it with the name of an unexpected property,
 * and a name that R4 doesn't know may be a value, as in `{ "Mary Smith": ... }`.
 */
export class LocationMask {
  /** The names of all properties of R4. */
  public readonly names = new Set<string>(['resourceType']);

  /** @param structures the properties of all R4 types */
  public constructor(structures: Iterable<readonly ParsedProperty[] | undefined>) {
    for (const properties of structures) {
      this.learn(properties);
    }
  }

  /** Returns a function that cuts a name which R4 doesn't know off the end of a location. */
  public of(resource: unknown): (location: string) => string {
    let foreign: Set<string> | undefined; // few resources need it
    return (location) => {
      foreign ??= new Set(this.foreignNames(resource));
      for (let dot = location.indexOf('.'); dot >= 0; dot = location.indexOf('.', dot + 1)) {
        if (foreign.has(location.slice(dot + 1))) {
          return location.slice(0, dot);
        }
      }
      return location;
    };
  }

  private learn(properties: readonly ParsedProperty[] = []): void {
    for (const { _name: name, _properties: inner } of properties) {
      this.names.add(name);
      this.learn(inner);
    }
  }

  private* foreignNames(value: unknown): Generator<string> {
    if (typeof value !== 'object' || value === null) {
      return;
    }
    for (const [name, inner] of Object.entries(value)) {
      if (!this.names.has(name)) { // the indexes of arrays too: the validator takes the elements of an unexpected array for properties
        yield name;
      }
      yield* this.foreignNames(inner);
    }
  }
}
