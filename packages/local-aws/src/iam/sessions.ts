import { randomBytes } from 'node:crypto';
import type { Caller, SessionCredentials } from '../contract';

/**
 * Holds the caller to whom each access key belongs.
 *
 * Sessions never expire. If the local AWS has a fast clock, a session of one hour would otherwise end after a few seconds of real time.
 */
export class Sessions {
  private readonly callers = new Map<string, { readonly caller: Caller; readonly sessionToken?: string }>();

  public addUser(accessKeyId: string, caller: Caller): void {
    this.callers.set(accessKeyId, { caller });
  }

  public start(caller: Caller, expiresAt: number): SessionCredentials {
    const credentials = {
      accessKeyId: `ASIA${uniqueId(16)}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(96).toString('base64'),
      expiration: new Date(expiresAt),
    };
    this.callers.set(credentials.accessKeyId, { caller, sessionToken: credentials.sessionToken });
    return credentials;
  }

  public callerOf(accessKeyId: string, sessionToken?: string): Caller | undefined {
    const known = this.callers.get(accessKeyId);
    return known?.sessionToken === sessionToken ? known?.caller : undefined;
  }
}

const ID_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Returns a random string to follow the prefix of an IAM unique id, such as AROA or ASIA. */
export function uniqueId(length: number): string {
  return [...randomBytes(length)].map((byte) => ID_ALPHABET[byte % ID_ALPHABET.length]).join('');
}
