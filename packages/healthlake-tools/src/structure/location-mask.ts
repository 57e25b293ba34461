import type { ParsedProperty } from 'fhir/model/parsed-property';

/**
 * Removes data from locations. A location consists of names from R4 and of indexes, but the validator also appends the name of an unexpected property. A
 * name that R4 doesn't define may be patient data, as in `{ "Mary Smith": ... }`.
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

  /** Returns a function that removes a name from the end of a location if R4 doesn't define the name. */
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
      if (!this.names.has(name)) { // includes the indexes of arrays: the validator takes the elements of an unexpected array for properties
        yield name;
      }
      yield* this.foreignNames(inner);
    }
  }
}
