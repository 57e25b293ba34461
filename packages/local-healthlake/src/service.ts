import type { Caller as SigningCaller, Clock } from './healthlake/ports';

export { ServiceError } from './healthlake/ports';
export type { Clock } from './healthlake/ports';

/** The signer of a request: an IAM user, a role session, or an AWS service acting by itself. */
export interface Caller extends SigningCaller {
  /** ARN of the user, or of the role behind the session: the one that policies are attached to. */
  readonly principalArn: string;
  /** Unique id of the role behind a session: a role that is made anew with the same name is another one. */
  readonly roleId?: string;
}

/** One HTTP request, after the router has found out who signed it and which service it is for. */
export interface WireRequest {
  /** SigV4 service name: s3, sts, cloudformation, ssm, lambda, states, healthlake, kms, logs, ... */
  readonly service: string;
  readonly region: string;
  readonly method: string;
  /** Decoded per segment, starts with `/`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Undefined for unsigned requests; every service but the response bucket refuses those. */
  readonly caller?: Caller;
}

export interface WireResponse {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

/** A service of the local AWS. Throws `ServiceError`; the router words it in the protocol of the request. */
export interface WireService {
  handle(request: WireRequest): Promise<WireResponse>;
}

/** Decides with the policy engine; throws a `ServiceError` named AccessDenied (S3, STS) or AccessDeniedException (others). */
export interface Authorizer {
  authorize(question: AuthorizationQuestion): Promise<void>;
}

/** Reads the policies that are put on resources. */
export interface PolicyChecker {
  /** Throws a `ServiceError` named MalformedPolicy for a policy that no resource can have. */
  checkResourcePolicy(policy: unknown): Promise<void>;
}

export interface AuthorizationQuestion {
  readonly caller: Caller;
  /** e.g. `s3:GetObject` */
  readonly action: string;
  readonly resource: string;
  readonly context?: Record<string, string | string[]>;
  /** A policy on the resource itself (bucket policy, key policy), as JSON. */
  readonly resourcePolicy?: unknown;
}

/** Temporary credentials, as STS hands them out. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** By the clock of the local AWS, which may be far ahead of the client's. */
  readonly expiration: Date;
}

/** A session of a role. */
export interface AssumedRole {
  readonly credentials: SessionCredentials;
  readonly caller: Caller;
}

/** What every service of the local AWS is given. */
export interface Environment {
  readonly clock: Clock;
  /** How many times faster than real time the clock runs. */
  readonly timeScale: number;
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  /** `http://127.0.0.1:<port>`, known only after the router listens. */
  endpoint(): string;
}
