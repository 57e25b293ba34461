import { queryParameters, queryResponse } from '../../../local-healthlake/src/http/query';
import { callerOf } from '../../../local-healthlake/src/service';
import { ServiceError, type WireRequest, type WireResponse, type WireService } from '../contract';
import type { Iam } from '../iam/iam';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
const DURATION_SECONDS = { min: 900, max: 43_200, default: 3_600 };

/** Emulates STS: GetCallerIdentity and AssumeRole. */
export class Sts implements WireService {
  public constructor(private readonly iam: Iam) {}

  public async handle(request: WireRequest): Promise<WireResponse> {
    const parameters = queryParameters(request);
    switch (parameters.get('Action')) {
      case 'GetCallerIdentity':
        return this.getCallerIdentity(request);
      case 'AssumeRole':
        return this.assumeRole(request, parameters);
      default:
        throw new ServiceError('InvalidAction', `STS ${parameters.get('Action')} isn't emulated by the local AWS`);
    }
  }

  private getCallerIdentity(request: WireRequest): WireResponse {
    const caller = callerOf(request);
    return queryResponse('GetCallerIdentity', NAMESPACE, { Arn: caller.arn, UserId: this.iam.userIdOf(caller), Account: caller.accountId });
  }

  private async assumeRole(request: WireRequest, parameters: URLSearchParams): Promise<WireResponse> {
    const sessionName = parameters.get('RoleSessionName') ?? '';
    if (!SESSION_NAME.test(sessionName)) {
      throw new ServiceError('ValidationError', `1 validation error detected: Value '${sessionName}' at 'roleSessionName' failed to satisfy constraint: `
        + 'Member must satisfy regular expression pattern: [\\w+=,.@-]*, with length between 2 and 64');
    }
    const seconds = Number(parameters.get('DurationSeconds') ?? DURATION_SECONDS.default);
    if (!(seconds >= DURATION_SECONDS.min && seconds <= DURATION_SECONDS.max)) {
      throw new ServiceError('ValidationError', `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: `
        + `Member must have value between ${DURATION_SECONDS.min} and ${DURATION_SECONDS.max}`);
    }
    const externalId = parameters.get('ExternalId');
    const { caller, credentials } = await this.iam.assumeRole(callerOf(request), parameters.get('RoleArn') ?? '', {
      'sts:RoleSessionName': sessionName,
      ...(externalId ? { 'sts:ExternalId': externalId } : {}),
    }, seconds);
    return queryResponse('AssumeRole', NAMESPACE, {
      AssumedRoleUser: { AssumedRoleId: this.iam.userIdOf(caller), Arn: caller.arn },
      Credentials: {
        AccessKeyId: credentials.accessKeyId,
        SecretAccessKey: credentials.secretAccessKey,
        SessionToken: credentials.sessionToken,
        Expiration: credentials.expiration.toISOString(),
      },
    });
  }
}
