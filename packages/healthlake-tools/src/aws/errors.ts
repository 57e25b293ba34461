import { ToolError } from '../cli/errors';

/** The members of an error of the SDK. */
interface SdkError extends NodeJS.ErrnoException {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Makes AWS calls. Rethrows their errors with a sentence that begins with `what`, which says what failed. */
export async function calling<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toolErrorOf(what, error);
  }
}

/** Returns the error of an AWS call with a sentence that begins with `what`. */
export function toolErrorOf(what: string, error: unknown): ToolError {
  return error instanceof ToolError ? error : new ToolError(`${what}: ${reasonOf(error as SdkError)}`, { cause: error });
}

function reasonOf({ name, code, message, $metadata }: SdkError): string {
  const text = message.replace(/\s+/g, ' ').replace(/\.\s*$/, '');
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') {
    return `no valid AWS credentials (${text}): check --profile, or log in, for example with aws sso login`;
  }
  if (text === 'Region is missing') {
    return 'no Region is known: give --region, or set AWS_REGION or the region of the profile';
  }
  if (text.startsWith('Region not accepted: ')) {
    return `${text.slice('Region not accepted: '.length)}: give --region, or set AWS_REGION or the region of the profile`;
  }
  return $metadata?.httpStatusCode === undefined ? `AWS did not answer (${code ?? name}): check the network, --region and --endpoint-url` : `${name}: ${text}`;
}
