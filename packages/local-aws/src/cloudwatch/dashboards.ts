import type { Environment } from '../contract';

/** Holds the dashboards of the account. */
export class Dashboards {
  private readonly bodies = new Map<string, string>();

  public constructor(private readonly environment: Pick<Environment, 'partition' | 'accountId'>) {}

  public has(name: string): boolean {
    return this.bodies.has(name);
  }

  /** Returns the parsed body of a dashboard. Throws if there is no such dashboard. */
  public get(name: string): Readonly<Record<string, unknown>> {
    const body = this.bodies.get(name);
    if (body === undefined) {
      throw new Error(`there is no dashboard ${name}`);
    }
    return JSON.parse(body);
  }

  /** Creates or changes a dashboard. Throws if its body isn't a JSON object. */
  public put(name: string, body: string): void {
    if (!isJsonObject(body)) {
      throw new Error('The field DashboardBody must be a valid JSON object');
    }
    this.bodies.set(name, body);
  }

  public delete(name: string): void {
    this.bodies.delete(name);
  }

  public arn(name: string): string {
    return `arn:${this.environment.partition}:cloudwatch::${this.environment.accountId}:dashboard/${name}`;
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
