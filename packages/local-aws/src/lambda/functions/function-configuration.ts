import type { Environment } from '../../contract';

/** The source of a function's code. */
export type CodeLocation =
  | { readonly bucket: string; readonly key: string }
  /** The source text of `index.js` or `index.py`, which a template calls `ZipFile`. */
  | { readonly zipFile: string }
  | { readonly zip: Uint8Array };

/** The configuration of a function, read from the properties of AWS::Lambda::Function. */
export interface FunctionConfiguration {
  readonly name: string;
  readonly arn: string;
  readonly runtime: string;
  readonly handler: string;
  readonly roleArn: string;
  readonly timeoutSeconds: number;
  readonly memorySize: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly logGroup: string;
  readonly logFormat: 'Text' | 'JSON';
  /** The log level; undefined for the text format, which has no level. */
  readonly logLevel?: string;
  readonly code: CodeLocation;
  /** The ARNs of layer versions. */
  readonly layers: readonly string[];
}

// The properties have the type `any`, because CloudFormation properties are JSON of any shape.
export function functionConfiguration(env: Environment, name: string, properties: Record<string, any>): FunctionConfiguration {
  const logging = properties.LoggingConfig ?? {};
  const logFormat = logging.LogFormat === 'JSON' ? 'JSON' : 'Text';
  return {
    name,
    arn: functionArn(env, name),
    runtime: properties.Runtime,
    handler: properties.Handler,
    roleArn: properties.Role,
    timeoutSeconds: Number(properties.Timeout ?? 3),
    memorySize: Number(properties.MemorySize ?? 128),
    environment: Object.fromEntries(Object.entries(properties.Environment?.Variables ?? {}).map(([key, value]) => [key, String(value)])),
    logGroup: logging.LogGroup ?? `/aws/lambda/${name}`,
    logFormat,
    logLevel: logFormat === 'JSON' ? logging.ApplicationLogLevel ?? 'INFO' : undefined,
    code: codeLocation(properties.Code ?? {}),
    layers: properties.Layers ?? [],
  };
}

export function functionArn(env: Environment, name: string): string {
  return `arn:${env.partition}:lambda:${env.region}:${env.accountId}:function:${name}`;
}

export function isPython(runtime: string | undefined): boolean {
  return runtime?.startsWith('python') ?? false;
}

/** Parses a reference to a function: a name, partial ARN or ARN, with or without a version or alias. */
export function parseFunctionReference(reference: string): { readonly name: string; readonly qualifier?: string } {
  const [name, qualifier] = reference.replace(/^(arn:[^:]+:lambda:[^:]+:\d+:|\d+:)?function:/, '').split(':');
  return { name, qualifier };
}

function codeLocation(code: Record<string, any>): CodeLocation {
  if (typeof code.ZipFile === 'string') {
    return { zipFile: code.ZipFile };
  }
  if (typeof code.S3Bucket === 'string' && typeof code.S3Key === 'string') {
    return { bucket: code.S3Bucket, key: code.S3Key };
  }
  throw new Error('Please provide a source for function code.');
}
