import { ServiceError, type Caller as SigningCaller, type Clock } from './healthlake/ports';

export { ServiceError };
export type { Clock };

/** The signer of a request: an IAM user, a role session, or an AWS service acting by itself. */
export interface Caller extends SigningCaller {
  /** The ARN of the user, or of the session's role. Policies are attached to this ARN. */
  readonly principalArn: string;
  /** The unique id of the session's role. A re-created role with the same name has another id. */
  readonly roleId?: string;
}

/** An HTTP request to a service. */
export interface WireRequest {
  /** The SigV4 name of the service: s3, sts, cloudformation, ssm, lambda, states, healthlake, kms, logs, ... */
  readonly service: string;
  readonly region: string;
  readonly method: string;
  /** The path, which starts with `/`; each segment is decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The header names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The caller; undefined for unsigned requests. Only the bucket for responses to CloudFormation accepts unsigned requests. */
  readonly caller?: Caller;
}

/** Returns the caller of a request; throws if the request is unsigned. */
export function callerOf({ caller }: WireRequest): Caller {
  if (caller) {
    return caller;
  }
  throw new ServiceError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
}

export interface WireResponse {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

/** A service of the local AWS. It throws `ServiceError`, which the router encodes in the protocol of the request. */
export interface WireService {
  handle(request: WireRequest): Promise<WireResponse>;
}

/** Authorizes calls. */
export interface Authorizer {
  /** Throws a `ServiceError` if the call is denied: AccessDenied for S3 and STS, AccessDeniedException for other services. */
  authorize(question: AuthorizationQuestion): Promise<void>;
}

/** Validates resource policies. */
export interface PolicyChecker {
  /** Throws a `ServiceError` named MalformedPolicy if the policy is invalid. */
  checkResourcePolicy(policy: unknown): Promise<void>;
}

/** One authorization request. */
export interface AuthorizationQuestion {
  readonly caller: Caller;
  /** The IAM action, e.g. `s3:GetObject`. */
  readonly action: string;
  readonly resource: string;
  readonly context?: Record<string, string | string[]>;
  /** The resource's own policy, such as a bucket policy, as JSON. */
  readonly resourcePolicy?: unknown;
}

/** Temporary credentials of STS. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** The expiration by the clock of the local AWS, which may be far ahead of the client's clock. */
  readonly expiration: Date;
}

/** A session of a role. */
export interface AssumedRole {
  readonly credentials: SessionCredentials;
  readonly caller: Caller;
}

/** The clock, the account and the endpoint of the local AWS. Its services share them. */
export interface Environment {
  readonly clock: Clock;
  /** The clock's speed; 1 is real time. */
  readonly timeScale: number;
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  /** Returns `http://127.0.0.1:<port>`. The port is known once the router listens. */
  endpoint(): string;
}
