import type { ResolvedOptions } from '../options';
import { ServiceError } from '../ports';

/** Treats requests with the same client token as one request. Client tokens never expire, but the token of a failed request can be used again. */
export class ClientTokens {
  private readonly uses = new Map<string, { readonly parameters: string; readonly result: Promise<unknown> }>();

  public constructor(private readonly options: Pick<ResolvedOptions, 'clientTokenMismatch' | 'ignoresClientTokens'>) {}

  /** Calls `act` once for each client token. Later and simultaneous requests with the same client token get the same result. */
  public async once<I extends { ClientToken?: string }, O>(operation: string, input: I, act: () => Promise<O>): Promise<O> {
    const { clientTokenMismatch: mismatch, ignoresClientTokens } = this.options;
    const { ClientToken: token, ...rest } = input;
    if (token === undefined || ignoresClientTokens) {
      return act();
    }
    const key = `${operation}/${token}`;
    const parameters = JSON.stringify(rest);
    const use = this.uses.get(key);
    if (!use) {
      const result = act();
      this.uses.set(key, { parameters, result });
      result.catch(() => this.uses.delete(key));
      return result;
    }
    if (use.parameters !== parameters && mismatch !== 'replay') {
      const name = mismatch === 'conflict' ? 'ConflictException' : 'ValidationException';
      throw new ServiceError(name, `The client token ${token} was already used with other request parameters`);
    }
    return use.result as Promise<O>; // the key includes the operation, and an operation has one type of result
  }
}
