import type { KillAnswer } from '../faults';
import { parseFunctionReference } from './function-configuration';
import type { FunctionVersion } from './function-version';
import { permissionPolicy, type FunctionPermission } from './resource-policy';
import { ServiceError } from '../../contract';

export const LATEST = '$LATEST';

/** A function with its versions, aliases and resource policy. */
export interface RegisteredFunction {
  readonly name: string;
  readonly arn: string;
  /** By version, `$LATEST` among them. */
  readonly versions: Map<string, FunctionVersion>;
  /** Version by alias. */
  readonly aliases: Map<string, string>;
  /** By statement id. */
  readonly permissions: Map<string, FunctionPermission>;
}

/** What a caller's reference to a function means. */
export interface ResolvedFunction {
  readonly version: FunctionVersion;
  /** Qualified if the reference was. */
  readonly arn: string;
  readonly resourcePolicy?: unknown;
}

/** All functions, by name. */
export class FunctionRegistry {
  private readonly functions = new Map<string, RegisteredFunction>();
  private readonly retiring = new Map<FunctionVersion, Promise<void>>();

  public add(latest: FunctionVersion): void {
    const { name, arn } = latest.configuration;
    if (this.functions.has(name)) {
      throw new ServiceError('ResourceConflictException', `Function already exist: ${name}`, 409);
    }
    this.functions.set(name, { name, arn, versions: new Map([[LATEST, latest]]), aliases: new Map(), permissions: new Map() });
  }

  /** By name or ARN. */
  public find(reference: string): RegisteredFunction | undefined {
    return this.functions.get(parseFunctionReference(reference).name);
  }

  /** By name or ARN, with or without qualifier. */
  public get(reference: string): RegisteredFunction {
    const found = this.find(reference);
    if (!found) {
      throw unknownFunction(reference);
    }
    return found;
  }

  public resolve(reference: string, givenQualifier?: string): ResolvedFunction {
    const { arn, versions, aliases, permissions } = this.get(reference);
    const qualifier = givenQualifier ?? parseFunctionReference(reference).qualifier;
    const qualifiedArn = qualifier === undefined ? arn : `${arn}:${qualifier}`;
    const version = versions.get(aliases.get(qualifier ?? LATEST) ?? qualifier ?? LATEST);
    if (!version) {
      throw unknownFunction(qualifiedArn);
    }
    return { version, arn: qualifiedArn, resourcePolicy: permissionPolicy([...permissions.values()], qualifiedArn) };
  }

  /** Puts a version in the place of an older one, which ends when its running events have ended. */
  public replace(reference: string, version: FunctionVersion): void {
    const { versions } = this.get(reference);
    const old = versions.get(version.version);
    versions.set(version.version, version);
    if (old) {
      this.retire(old);
    }
  }

  /** Deletes one version, or the function with all of them. */
  public delete(reference: string, version?: string): void {
    const { name, versions } = this.get(reference);
    const ending = version === undefined ? [...versions] : [...versions].filter(([key]) => key === version);
    for (const [key, functionVersion] of ending) {
      versions.delete(key);
      this.retire(functionVersion);
    }
    if (version === undefined) {
      this.functions.delete(name);
    }
  }

  /** Kills the processes of one function, or of all; those of versions that were replaced and still run an event, too. */
  public async kill(answer: KillAnswer, reference?: string): Promise<void> {
    const name = reference === undefined ? undefined : parseFunctionReference(reference).name;
    const versions = this.versionsWithProcesses().filter(({ configuration }) => name === undefined || configuration.name === name);
    if (versions.length === 0 && reference !== undefined) {
      throw unknownFunction(reference);
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
