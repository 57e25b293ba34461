import { bootstrapRoles } from './bootstrap';
import { decide, type Decision, type Denial } from './policies/engine';
import { checkIdentityPolicy, checkResourcePolicy, checkTrustPolicy } from './policies/policy-checks';
import { administratorAccessArn, managedPolicy, type NamedPolicy } from './policies/policy-document';
import { Roles, type Role, type RoleSettings } from './roles';
import { Sessions } from './sessions';
import { ServiceError, type AssumedRole, type AuthorizationQuestion, type Authorizer, type Caller, type Environment, type PolicyChecker } from '../contract';

/** Long-lived test credentials of the account's administrator, for the CDK CLI and the AWS CLI. */
export const ADMIN_CREDENTIALS = {
  accessKeyId: 'AKIALOCALADMINISTRAT',
  secretAccessKey: 'local-aws-verifies-no-signatures-at-all0',
} as const;

export interface IamOptions {
  /** The delay until a new or changed role or policy takes effect, by the clock of the local AWS. */
  readonly propagationMs?: number;
}

const ADMIN_USER_ID = 'AIDALOCALADMINISTRAT';

/** Emulates IAM: holds the roles, policies and sessions of one account, and decides whether a caller may perform an action. */
export class Iam implements Authorizer, PolicyChecker {
  public readonly admin: Caller;
  public readonly roles: Roles;
  private readonly propagationMs: number;
  private readonly sessions = new Sessions();

  public constructor(private readonly environment: Environment, options: IamOptions = {}) {
    const { partition, accountId } = environment;
    this.propagationMs = options.propagationMs ?? 0;
    this.roles = new Roles(environment);
    const adminArn = `arn:${partition}:iam::${accountId}:user/admin`;
    this.admin = { arn: adminArn, principalArn: adminArn, accountId };
    this.sessions.addUser(ADMIN_CREDENTIALS.accessKeyId, this.admin);
    for (const { name, settings } of bootstrapRoles(environment)) {
      this.roles.create(name, '/', settings, 0);
    }
  }

  /** Returns the caller to whom an access key belongs. Returns undefined if the key is unknown or the session token doesn't belong to the key. */
  public callerOf(accessKeyId: string, sessionToken?: string): Caller | undefined {
    return this.sessions.callerOf(accessKeyId, sessionToken);
  }

  public async authorize(question: AuthorizationQuestion): Promise<void> {
    const { caller, action, resource } = question;
    const decision = await this.decide(caller, action, resource, question.context, question.resourcePolicy);
    if (!decision.allowed) {
      throw accessDenied(caller.arn, action, resource, decision.because);
    }
  }

  /** Makes a check of a role. If the role may be too new to pass it, repeats the check once after the propagation delay, as CloudFormation does. */
  public async checkWithRetry(check: () => Promise<unknown>): Promise<void> {
    try {
      await check();
    } catch (error) {
      if (this.propagationMs === 0) {
        throw error;
      }
      await this.environment.clock.sleep(this.propagationMs);
      await check();
    }
  }

  public async checkResourcePolicy(policy: unknown): Promise<void> {
    await checkResourcePolicy(policy);
  }

  /**
   * Starts a session of a role.
   * @param by the caller or AWS service principal that assumes the role; the role's trust policy must allow it
   * @param context condition keys: sts:RoleSessionName, sts:ExternalId, and for services aws:SourceArn, aws:SourceAccount
   */
  public async assumeRole(
    by: Caller | { readonly service: string }, roleArn: string, context: Record<string, string> = {}, durationSeconds = 3_600,
  ): Promise<AssumedRole> {
    const principal = 'service' in by ? { arn: by.service, principalArn: by.service, accountId: '' } : by;
    const role = this.roles.findByArn(roleArn);
    const trustPolicy = role?.settings.effective?.trustPolicy;
    if (!role || !trustPolicy) {
      throw accessDenied(principal.arn, 'sts:AssumeRole', roleArn);
    }

    const sessionName = context['sts:RoleSessionName'] ?? principal.arn.split(/[.:/]/)[0];
    const decision = await this.decide(principal, 'sts:AssumeRole', roleArn, { ...context, 'sts:RoleSessionName': sessionName }, trustPolicy);
    // The error message names no policy, because STS doesn't say which policy denied the request.
    if (!decision.allowed) {
      throw accessDenied(principal.arn, 'sts:AssumeRole', roleArn);
    }
    return this.startSession(role, sessionName, durationSeconds);
  }

  /** Returns the UserId that GetCallerIdentity returns for a caller. */
  public userIdOf(caller: Caller): string {
    return caller.roleId ? `${caller.roleId}:${caller.arn.slice(caller.arn.lastIndexOf('/') + 1)}` : ADMIN_USER_ID;
  }

  /** Checks a new role as IAM does, then creates it. */
  public async createRole(name: string, settings: RoleSettings, path = '/'): Promise<Role> {
    await this.check(settings);
    return this.roles.create(name, path, settings, this.propagationMs);
  }

  /**
   * Checks a change of a role as IAM does, then makes the change.
   * @param change returns the settings to change; called again after the checks, because the role may have changed in the meantime
   */
  public async changeRole(name: string, change: (settings: RoleSettings) => Partial<RoleSettings>): Promise<Role> {
    const { settings } = this.roles.get(name);
    await this.check(change(settings.latest));
    return this.roles.change(name, change(settings.latest));
  }

  private async check({ trustPolicy, inlinePolicies, managedPolicyArns }: Partial<RoleSettings>): Promise<void> {
    if (trustPolicy) {
      await checkTrustPolicy(trustPolicy, (arn) => arn === this.admin.arn || this.roles.findByArn(arn)?.settings.effective !== undefined);
    }
    for (const document of Object.values(inlinePolicies ?? {})) {
      await checkIdentityPolicy(document);
    }
    managedPolicyArns?.forEach((arn) => managedPolicy(this.environment.partition, arn));
  }

  private startSession(role: Role, sessionName: string, durationSeconds: number): AssumedRole {
    const { partition, accountId, clock } = this.environment;
    const arn = `arn:${partition}:sts::${accountId}:assumed-role/${role.name}/${sessionName}`;
    const caller = { arn, principalArn: role.arn, accountId, roleId: role.roleId };
    return { caller, credentials: this.sessions.start(caller, clock.now() + durationSeconds * 1000) };
  }

  private async decide(
    caller: Caller, action: string, resource: string, context: AuthorizationQuestion['context'], resourcePolicy: unknown,
  ): Promise<Decision> {
    if (this.isRoleGone(caller)) {
      return { allowed: false, because: { explicit: false, policyType: 'identity-based policy' } };
    }
    const resourceAccount = resource.split(':')[4] || this.environment.accountId;
    return decide({
      principal: caller.arn,
      action,
      resource,
      resourceAccount,
      identityPolicies: this.policiesOf(caller),
      resourcePolicy,
      context: { ...requestContext(caller, resourceAccount, this.environment.region, this.environment.clock.now()), ...context },
    });
  }

  /** Returns whether the caller's role was deleted. If so, IAM denies every request of the caller, even if a resource policy allows the request. */
  private isRoleGone({ principalArn, roleId }: Caller): boolean {
    return roleId !== undefined && this.roles.findByArn(principalArn)?.roleId !== roleId;
  }

  private policiesOf(caller: Caller): NamedPolicy[] {
    const { partition } = this.environment;
    if (caller.principalArn === this.admin.arn) {
      return [managedPolicy(partition, administratorAccessArn(partition))];
    }
    const settings = this.roles.findByArn(caller.principalArn)?.settings.effective;
    if (!settings) {
      return [];
    }
    const inline = Object.entries(settings.inlinePolicies).map(([name, policy]) => ({ name, policy }));
    return [...inline, ...settings.managedPolicyArns.map((arn) => managedPolicy(partition, arn))];
  }
}

/** The services that reject an unauthorized request with AccessDenied. All other services use AccessDeniedException. */
const SHORT_NAMED = ['s3', 'sts', 'iam', 'cloudformation'];

/** Returns the error with which AWS rejects an unauthorized request. */
function accessDenied(callerArn: string, action: string, resource: string, because?: Denial): ServiceError {
  const service = action.slice(0, action.indexOf(':'));
  const shown = service === 's3' ? `"${resource}"` : resource;
  const name = SHORT_NAMED.includes(service) ? 'AccessDenied' : 'AccessDeniedException';
  const message = `User: ${callerArn} is not authorized to perform: ${action} on resource: ${shown}${because ? reason(because, action) : ''}`;
  return new ServiceError(name, message, name === 'AccessDenied' || service === 'lambda' ? 403 : 400);
}

function reason({ explicit, policyType }: Denial, action: string): string {
  if (!explicit) {
    return ` because no ${policyType} allows the ${action} action`;
  }
  return ` with an explicit deny in ${policyType === 'identity-based policy' ? 'an' : 'a'} ${policyType}`;
}

/** Returns the condition keys that every request contains. */
function requestContext(caller: Caller, resourceAccount: string, region: string, now: number): Record<string, string> {
  const common = {
    'aws:CurrentTime': new Date(now).toISOString(),
    'aws:EpochTime': String(Math.floor(now / 1000)),
    'aws:RequestedRegion': region,
    'aws:ResourceAccount': resourceAccount,
    // The local endpoint uses plain HTTP. Policies that require TLS must still allow its requests.
    'aws:SecureTransport': 'true',
  };
  if (caller.arn.endsWith('.amazonaws.com')) {
    return { ...common, 'aws:PrincipalIsAWSService': 'true' };
  }
  const isRole = caller.arn !== caller.principalArn;
  return {
    ...common,
    'aws:PrincipalIsAWSService': 'false',
    'aws:PrincipalArn': caller.principalArn,
    'aws:PrincipalAccount': caller.accountId,
    'aws:PrincipalType': isRole ? 'AssumedRole' : 'User',
    ...(isRole ? {} : { 'aws:username': caller.arn.slice(caller.arn.lastIndexOf('/') + 1) }),
  };
}
