import { queryParameters } from '../../../../local-healthlake/src/http/query';
import type { WireRequest } from '../../contract';
import { TemplateError } from '../template/template';

/** The parameters of a request in the query protocol. */
export class QueryInput {
  private readonly parameters: URLSearchParams;

  public constructor(request: WireRequest) {
    this.parameters = queryParameters(request);
  }

  public text(name: string): string | undefined {
    return this.parameters.get(name) ?? undefined;
  }

  public required(name: string): string {
    const value = this.text(name);
    if (!value) {
      throw new TemplateError(`1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`);
    }
    return value;
  }

  public flag(name: string): boolean {
    return this.text(name) === 'true';
  }

  /** Returns the list of strings in the parameters `Name.member.1`, `Name.member.2` and so on. */
  public list(name: string): string[] {
    const values: string[] = [];
    for (let index = 1; this.parameters.has(`${name}.member.${index}`); index += 1) {
      values.push(this.parameters.get(`${name}.member.${index}`) ?? '');
    }
    return values;
  }

  /** Returns the list of structures in the parameters `Name.member.1.Key`, `Name.member.1.Value` and so on. All values are strings. */
  public structures(name: string): Record<string, string>[] {
    const structures: Record<string, string>[] = [];
    for (const [key, value] of this.parameters) {
      const [, index, field] = new RegExp(`^${name}\\.member\\.(\\d+)\\.(\\w+)$`).exec(key) ?? [];
      if (index === undefined) {
        continue;
      }
      structures[Number(index) - 1] = { ...structures[Number(index) - 1], [field]: value };
    }
    return structures.filter(Boolean);
  }
}
