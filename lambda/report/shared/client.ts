import { S3Client } from '@aws-sdk/client-s3';
import { assumeRole, CLIENT_CONFIG } from '../../aws/credentials';

const clients = new Map<string, S3Client>();

/** Returns the S3 client that uses a report role. A warm function reuses the client. */
export function s3Of(roleArn: string): S3Client {
  const client = clients.get(roleArn) ?? new S3Client({
    ...CLIENT_CONFIG,
    requestHandler: { ...CLIENT_CONFIG.requestHandler, socketTimeout: 20_000 },
    credentials: () => assumeRole(roleArn),
    responseChecksumValidation: 'WHEN_REQUIRED', // TLS already protects the data, and a checksum of all bytes takes as long as reading them
  });
  clients.set(roleArn, client);
  return client;
}
