import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  ExportJobProperties, ExportOutcomeProperties, ImportJobProperties, ImportOutcomeProperties, JobWaitProperties, ReplacementGuardProperties,
  WatchedExport, WatchedImport,
} from '../../src/contract';

/** The content of a file `vN.json`, which records version N of the contract. A recorded file never changes, because stacks of version N remain deployed. */
export interface Contract {
  readonly job: ImportJobProperties & Record<string, unknown>;
  readonly jobWithoutOptional: readonly string[];
  /** The names of the job properties that only detached imports have. Since version 2. */
  readonly jobOfDetached?: readonly string[];
  readonly jobPhysicalId: string;
  /** The physical id of the job resource if the user sets `alreadyImported`. Since version 3. */
  readonly jobPhysicalIdOfDeclared?: string;
  readonly fingerprint: string;
  readonly jobAttributes: readonly string[];
  readonly outcome: ImportOutcomeProperties & Record<string, unknown>;
  /** The names of the optional properties of the outcome resource. Since version 2. */
  readonly outcomeWithoutOptional?: readonly string[];
  readonly outcomePhysicalId: string;
  /** The physical id of the outcome resource if the user sets `alreadyImported`. Since version 3. */
  readonly outcomePhysicalIdOfDeclared?: string;
  readonly outcomeAttributes: readonly string[];
  /** The properties of a wait resource. Only jobs with a time-out of more than 50 minutes have wait resources. Since version 2. */
  readonly wait?: JobWaitProperties & Record<string, unknown>;
  readonly waitWithoutOptional?: readonly string[];
  readonly waitPhysicalId?: string;
  /** The custom resources of exports. Since version 3. */
  readonly export?: ExportContract;
  /** The properties of a replacement guard. */
  readonly guard?: ReplacementGuardProperties & Record<string, unknown>;
  readonly guardWithoutOptional?: readonly string[];
  /** The input of a monitor execution. An execution can still run when a newer version of the library is deployed. Since version 2. */
  readonly watched?: WatchedImport;
}

/** The part of a contract that is about exports. Its members have the meaning of the members of `Contract` with the same name. */
export interface ExportContract {
  readonly job: ExportJobProperties & Record<string, unknown>;
  readonly jobOfDetached: readonly string[];
  readonly jobWithoutOptional: readonly string[];
  readonly jobPhysicalId: string;
  readonly fingerprint: string;
  readonly jobAttributes: readonly string[];
  readonly outcome: ExportOutcomeProperties & Record<string, unknown>;
  readonly outcomeWithoutOptional: readonly string[];
  readonly outcomePhysicalId: string;
  readonly outcomeAttributes: readonly string[];
  readonly wait: JobWaitProperties & Record<string, unknown>;
  readonly waitWithoutOptional: readonly string[];
  readonly watched: WatchedExport;
}

/** The recorded versions, oldest first. */
export const VERSIONS = readdirSync(__dirname).filter((file) => file.endsWith('.json')).map((file) => /^v(\d+)\.json$/.exec(file)![1])
  .sort((a, b) => Number(a) - Number(b));

/** Returns the recorded contract of a version. */
export function contractOf(version: string): Contract {
  return JSON.parse(readFileSync(join(__dirname, `v${version}.json`), 'utf8')) as Contract;
}

/** The properties whose values the test does not compare with the recorded values. Most of these values differ from app to app. */
export const OF_THE_APP = ['ServiceToken', 'ServiceTimeout', 'ConstructPath', 'DatastoreId', 'OperatorRoleArn', 'OutputS3Uri', 'InputS3Uri', 'Report',
  'OutputKmsKeyId', 'DataAccessRoleArn'];

/** Returns a copy of an object without some members. */
export function without<T extends object>(properties: T, optional: readonly string[] = []): T {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !optional.includes(key))) as T;
}

/** Returns a copy of an object in which each scalar and each intrinsic function is replaced by 'text'. */
export function shapeOf(properties: object): Record<string, unknown> {
  const isObject = (value: unknown): value is object =>
    typeof value === 'object' && value !== null && !Object.keys(value).some((key) => /^(Ref|Fn::\w+)$/.test(key));
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, isObject(value) ? shapeOf(value) : 'text']));
}
