/** What a SigV4 signature says about a request: read, never verified, because nobody but the machine's user reaches 127.0.0.1. */
export interface Signer {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
  readonly sessionToken?: string;
}

/** Reads the credential scope of the Authorization header or of a presigned URL; undefined if the request is unsigned. */
export function signerOf(headers: Readonly<Record<string, string>>, query: URLSearchParams): Signer | undefined {
  const fromHeader = /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1];
  const credential = fromHeader ?? query.get('X-Amz-Credential');
  const [accessKeyId, , region, service] = credential?.split('/') ?? [];
  if (!accessKeyId || !region || !service) {
    return undefined;
  }
  return { accessKeyId, region, service, sessionToken: headers['x-amz-security-token'] ?? query.get('X-Amz-Security-Token') ?? undefined };
}
