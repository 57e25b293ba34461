/** The parts of a request that determine its operation. */
export interface S3Address {
  readonly method: string;
  /** The path of the request in path style: `/bucket/key`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
}

/** Returns the bucket and the key of a path-style request. */
export function bucketAndKey(path: string): { readonly bucket: string; readonly key: string } {
  const slash = path.indexOf('/', 1);
  return slash < 0 ? { bucket: path.slice(1), key: '' } : { bucket: path.slice(1, slash), key: path.slice(slash + 1) };
}

/** The names of the bucket settings in API operations, by the query parameter that selects the setting. */
const BUCKET_SETTINGS: Readonly<Record<string, string>> = {
  encryption: 'BucketEncryption',
  versioning: 'BucketVersioning',
  publicAccessBlock: 'PublicAccessBlock',
  policy: 'BucketPolicy',
  tagging: 'BucketTagging',
  lifecycle: 'BucketLifecycleConfiguration',
  location: 'BucketLocation',
  acl: 'BucketAcl',
  ownershipControls: 'BucketOwnershipControls',
  policyStatus: 'BucketPolicyStatus',
};

const VERBS: Readonly<Record<string, string>> = { GET: 'Get', PUT: 'Put', DELETE: 'Delete', HEAD: 'Head', POST: 'Post' };

/** Returns the S3 API operation of a request. */
export function s3Operation(request: S3Address): string {
  const { bucket, key } = bucketAndKey(request.path);
  if (!bucket) {
    return 'ListBuckets';
  }
  return key ? objectOperation(request) : bucketOperation(request);
}

function bucketOperation({ method, query }: S3Address): string {
  const setting = Object.keys(BUCKET_SETTINGS).find((name) => query.has(name));
  if (setting) {
    return `${VERBS[method] ?? method}${BUCKET_SETTINGS[setting]}`;
  }
  switch (method) {
    case 'PUT':
    case 'DELETE':
    case 'HEAD':
      return { PUT: 'CreateBucket', DELETE: 'DeleteBucket', HEAD: 'HeadBucket' }[method];
    case 'POST':
      return query.has('delete') ? 'DeleteObjects' : 'PostObject';
    default:
      return query.has('versions') ? 'ListObjectVersions'
        : query.has('uploads') ? 'ListMultipartUploads'
          : query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects';
  }
}

function objectOperation({ method, query, headers }: S3Address): string {
  const setting = ['tagging', 'acl'].find((name) => query.has(name));
  if (setting) {
    return `${VERBS[method] ?? method}Object${setting === 'acl' ? 'Acl' : 'Tagging'}`;
  }
  const isCopy = Boolean(headers['x-amz-copy-source']);
  switch (method) {
    case 'PUT':
      return query.has('partNumber') ? (isCopy ? 'UploadPartCopy' : 'UploadPart') : (isCopy ? 'CopyObject' : 'PutObject');
    case 'POST':
      return query.has('uploads') ? 'CreateMultipartUpload' : 'CompleteMultipartUpload';
    case 'DELETE':
      return query.has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject';
    case 'HEAD':
      return 'HeadObject';
    default:
      return query.has('uploadId') ? 'ListParts' : query.has('attributes') ? 'GetObjectAttributes' : 'GetObject';
  }
}
