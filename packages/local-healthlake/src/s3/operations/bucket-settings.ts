import { children, parseXml, text, type ParsedXml } from '../../http/xml';
import { ServiceError, type WireResponse } from '../../service';
import type { Bucket, Encryption } from '../bucket';
import { empty, NO_CONTENT, xmlResponse, type S3Context, type S3Operation, type S3Operations, type S3Request } from '../request';
import { encryptionFrom, publicAccessBlockFrom } from '../settings';

/** The operations on bucket settings. */
export const settingOperations: S3Operations = {
  GetBucketEncryption: setting('s3:GetEncryptionConfiguration', (bucket) => encryptionResponse(bucket.encryption)),
  PutBucketEncryption: setting('s3:PutEncryptionConfiguration', (bucket, request) => {
    const [rule] = children(document(request, 'ServerSideEncryptionConfiguration'), 'Rule');
    const [byDefault] = children(rule, 'ApplyServerSideEncryptionByDefault');
    bucket.encryption = encryptionFrom(text(byDefault, 'SSEAlgorithm'), text(byDefault, 'KMSMasterKeyID'), text(rule, 'BucketKeyEnabled'));
    return empty();
  }),
  DeleteBucketEncryption: setting('s3:PutEncryptionConfiguration', (bucket) => {
    bucket.encryption = { algorithm: 'AES256' };
    return NO_CONTENT;
  }),

  GetBucketVersioning: setting('s3:GetBucketVersioning', (bucket) => xmlResponse('VersioningConfiguration', { Status: bucket.versioning })),
  PutBucketVersioning: setting('s3:PutBucketVersioning', (bucket, request) => {
    bucket.versioning = text(document(request, 'VersioningConfiguration'), 'Status') === 'Enabled' ? 'Enabled' : 'Suspended';
    return empty();
  }),

  GetPublicAccessBlock: setting('s3:GetBucketPublicAccessBlock', (bucket) => {
    if (bucket.publicAccessBlock) {
      return xmlResponse('PublicAccessBlockConfiguration', { ...bucket.publicAccessBlock });
    }
    throw new ServiceError('NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found', 404);
  }),
  PutPublicAccessBlock: setting('s3:PutBucketPublicAccessBlock', (bucket, request) => {
    bucket.publicAccessBlock = publicAccessBlockFrom(document(request, 'PublicAccessBlockConfiguration'));
    return empty();
  }),
  DeletePublicAccessBlock: setting('s3:PutBucketPublicAccessBlock', (bucket) => {
    bucket.publicAccessBlock = undefined;
    return NO_CONTENT;
  }),

  GetBucketPolicy: setting('s3:GetBucketPolicy', (bucket) => {
    if (bucket.policy) {
      return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(bucket.policy) };
    }
    throw new ServiceError('NoSuchBucketPolicy', 'The bucket policy does not exist', 404);
  }),
  PutBucketPolicy: setting('s3:PutBucketPolicy', async (bucket, request, s3) => {
    const policy = parsedPolicy(request.body.toString('utf8'));
    await s3.access.checkPolicy(policy);
    bucket.policy = policy;
    return NO_CONTENT;
  }),
  DeleteBucketPolicy: setting('s3:DeleteBucketPolicy', (bucket) => {
    bucket.policy = undefined;
    return NO_CONTENT;
  }),

  GetBucketTagging: setting('s3:GetBucketTagging', (bucket) => {
    if (bucket.tags.length > 0) {
      return xmlResponse('Tagging', { TagSet: { Tag: bucket.tags.map(({ Key, Value }) => ({ Key, Value })) } });
    }
    throw new ServiceError('NoSuchTagSet', 'The TagSet does not exist', 404);
  }),
  PutBucketTagging: setting('s3:PutBucketTagging', (bucket, request) => {
    const [tagSet] = children(document(request, 'Tagging'), 'TagSet');
    bucket.tags = children(tagSet, 'Tag').map((tag) => ({ Key: text(tag, 'Key') ?? '', Value: text(tag, 'Value') ?? '' }));
    return NO_CONTENT;
  }),
  DeleteBucketTagging: setting('s3:PutBucketTagging', (bucket) => {
    bucket.tags = [];
    return NO_CONTENT;
  }),
};

/** Returns an operation that authorizes the action on the bucket and then reads or writes the setting. */
function setting(action: string, apply: (bucket: Bucket, request: S3Request, s3: S3Context) => WireResponse | Promise<WireResponse>): S3Operation {
  return async (s3: S3Context, request: S3Request) => {
    const bucket = s3.buckets.get(request.bucket);
    await s3.access.onBucket(request.caller, action, bucket);
    return apply(bucket, request, s3);
  };
}

function document(request: S3Request, root: string): ParsedXml | undefined {
  return children(parseXml(request.body.toString('utf8')), root)[0];
}

function encryptionResponse({ algorithm, keyId, bucketKey }: Encryption): WireResponse {
  return xmlResponse('ServerSideEncryptionConfiguration', {
    Rule: { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: algorithm, KMSMasterKeyID: keyId }, BucketKeyEnabled: bucketKey ?? false },
  });
}

function parsedPolicy(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new ServiceError('MalformedPolicy', 'Policies must be valid JSON and the first byte must be \'{\'');
  }
}
