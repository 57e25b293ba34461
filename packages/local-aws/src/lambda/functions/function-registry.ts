import type { KillAnswer } from '../faults';
import { parseFunctionReference } from './function-configuration';
import type { FunctionVersion } from './function-version';
import { ServiceError } from '../../contract';

/** The functions by name. Each has one version, `$LATEST`. */
export class FunctionRegistry {
  private readonly functions = new Map<string, FunctionVersion>();
  private readonly retiring = new Map<FunctionVersion, Promise<void>>();

  public add(version: FunctionVersion): void {
    const { name } = version.configuration;
    if (this.functions.has(name)) {
      throw new ServiceError('ResourceConflictException', `Function already exist: ${name}`, 409);
    }
    this.functions.set(name, version);
  }

  /** Returns a function by name or ARN. */
  public get(reference: string): FunctionVersion {
    const { name, qualifier = '$LATEST' } = parseFunctionReference(reference);
    const found = this.functions.get(name);
    if (!found || qualifier !== '$LATEST') {
      throw unknownFunction(reference);
    }
    return found;
  }

  /** Replaces a function. The old version completes its events first. */
  public replace(version: FunctionVersion): void {
    const { name } = version.configuration;
    const old = this.get(name);
    this.functions.set(name, version);
    this.retire(old);
  }

  public delete(name: string): void {
    const found = this.functions.get(name);
    if (found) {
      this.functions.delete(name);
      this.retire(found);
    }
  }

  /** Kills the processes of one function or of all functions, including replaced versions that still run an event. */
  public async kill(answer: KillAnswer, name?: string): Promise<void> {
    const versions = this.versionsWithProcesses().filter(({ configuration }) => name === undefined || configuration.name === name);
    if (versions.length === 0 && name !== undefined) {
      throw unknownFunction(name);
    }
    await Promise.all(versions.map((version) => version.kill(answer)));
  }

  public async close(): Promise<void> {
    await Promise.all(this.versionsWithProcesses().map((version) => version.close()));
    await Promise.all(this.retiring.values());
  }

  private versionsWithProcesses(): FunctionVersion[] {
    return [...this.functions.values(), ...this.retiring.keys()];
  }

  private retire(version: FunctionVersion): void {
    this.retiring.set(version, version.retire().finally(() => this.retiring.delete(version)));
  }
}

function unknownFunction(reference: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `Function not found: ${reference}`, 404);
}
