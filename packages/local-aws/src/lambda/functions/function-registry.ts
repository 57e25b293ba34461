import type { KillAnswer } from '../faults';
import { parseFunctionReference } from './function-configuration';
import type { FunctionVersion } from './function-version';
import { permissionPolicy, type FunctionPermission } from './resource-policy';
import { ServiceError } from '../../contract';

export const LATEST = '$LATEST';

/** A function with its versions and its resource policy. */
export interface RegisteredFunction {
  readonly arn: string;
  /** The versions by number, and the unpublished version as `$LATEST`. */
  readonly versions: Map<string, FunctionVersion>;
  /** The permissions by statement id. */
  readonly permissions: Map<string, FunctionPermission>;
}

/** The version that a reference to a function identifies. */
export interface ResolvedFunction {
  readonly version: FunctionVersion;
  /** The ARN, with a qualifier if the reference has one. */
  readonly arn: string;
  readonly resourcePolicy?: unknown;
}

/** The functions by name. */
export class FunctionRegistry {
  private readonly functions = new Map<string, RegisteredFunction>();
  private readonly retiring = new Map<FunctionVersion, Promise<void>>();

  public add(latest: FunctionVersion): void {
    const { name, arn } = latest.configuration;
    if (this.functions.has(name)) {
      throw new ServiceError('ResourceConflictException', `Function already exist: ${name}`, 409);
    }
    this.functions.set(name, { arn, versions: new Map([[LATEST, latest]]), permissions: new Map() });
  }

  /** Finds a function by name or ARN, with or without a qualifier. */
  public find(reference: string): RegisteredFunction | undefined {
    return this.functions.get(parseFunctionReference(reference).name);
  }

  /** Returns a function by name or ARN, with or without a qualifier. */
  public get(reference: string): RegisteredFunction {
    const found = this.find(reference);
    if (!found) {
      throw unknownFunction(reference);
    }
    return found;
  }

  /** Returns the version that a name or ARN identifies; `$LATEST` if it has no qualifier. */
  public resolve(reference: string): ResolvedFunction {
    const { arn: functionArn, versions, permissions } = this.get(reference);
    const { qualifier } = parseFunctionReference(reference);
    const arn = qualifier === undefined ? functionArn : `${functionArn}:${qualifier}`;
    const version = versions.get(qualifier ?? LATEST);
    if (!version) {
      throw unknownFunction(reference);
    }
    return { version, arn, resourcePolicy: permissionPolicy([...permissions.values()], arn) };
  }

  /** Adds a version, or replaces `$LATEST`. The old `$LATEST` completes its events first. */
  public put(version: FunctionVersion): void {
    const { versions } = this.get(version.configuration.name);
    const old = versions.get(version.version);
    versions.set(version.version, version);
    if (old) {
      this.retire(old);
    }
  }

  /** Deletes a function and its versions, or the version that the qualifier names. */
  public delete(reference: string): void {
    const { name, qualifier } = parseFunctionReference(reference);
    const versions = this.functions.get(name)?.versions ?? new Map<string, FunctionVersion>();
    if (qualifier === undefined) {
      this.functions.delete(name);
    }
    for (const [key, version] of versions) {
      if (qualifier === undefined || key === qualifier) {
        versions.delete(key);
        this.retire(version);
      }
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
    return [...[...this.functions.values()].flatMap(({ versions }) => [...versions.values()]), ...this.retiring.keys()];
  }

  private retire(version: FunctionVersion): void {
    this.retiring.set(version, version.retire().finally(() => this.retiring.delete(version)));
  }
}

function unknownFunction(reference: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `Function not found: ${reference}`, 404);
}
