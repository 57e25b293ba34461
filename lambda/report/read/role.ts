import { S3Client } from '@aws-sdk/client-s3';
import { assumeRole, CLIENT_CONFIG } from '../../aws/credentials';

const clients = new Map<string, S3Client>();

/** The S3 client of an import's report role; kept, because a warm function reports on many imports. */
export function s3Of(roleArn: string): S3Client {
  const known = clients.get(roleArn);
  if (known) {
    return known;
  }
  const client = new S3Client({
    ...CLIENT_CONFIG,
    requestHandler: { ...CLIENT_CONFIG.requestHandler, socketTimeout: 20_000 },
    credentials: () => assumeRole(roleArn),
    responseChecksumValidation: 'WHEN_REQUIRED', // TLS sees to that, and a checksum of each byte would take as long as reading it
  });
  clients.set(roleArn, client);
  return client;
}
