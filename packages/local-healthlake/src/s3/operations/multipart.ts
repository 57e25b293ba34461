import { createHash, randomBytes } from 'node:crypto';
import type { Bucket, Upload } from '../bucket';
import { authorizePut, checkWriteConditions, encryptionHeaders, keptHeaders, md5Etag, parseRange, readCopySource, versionHeader } from './objects';
import { children, parseXml, text } from '../../http/xml';
import { ServiceError } from '../../service';
import { empty, NO_CONTENT, xmlResponse, type S3Context, type S3Operations, type S3Request } from '../request';

/** The minimum size of each part except the last part. */
const MIN_PART_SIZE = 5 * 1024 * 1024;

/** The operations of multipart uploads. */
export const multipartOperations: S3Operations = {
  async CreateMultipartUpload(s3, request) {
    const bucket = s3.buckets.get(request.bucket);
    const encryption = await authorizePut(s3, request, bucket);
    const uploadId = randomBytes(32).toString('base64url');
    bucket.uploads.set(uploadId, { key: request.key, headers: keptHeaders(request.headers), encryption, parts: new Map() });
    const result = { Bucket: bucket.name, Key: request.key, UploadId: uploadId };
    return xmlResponse('InitiateMultipartUploadResult', result, encryptionHeaders(encryption));
  },

  async UploadPart(s3, request) {
    const upload = await authorizedUpload(s3, request);
    return empty({ etag: addPart(s3, request, upload, request.body) });
  },

  async UploadPartCopy(s3, request) {
    const upload = await authorizedUpload(s3, request);
    const { body } = await readCopySource(s3, request);
    const range = parseRange(request.headers['x-amz-copy-source-range'], body.length);
    const etag = addPart(s3, request, upload, range ? body.subarray(range.start, range.end + 1) : body);
    return xmlResponse('CopyPartResult', { ETag: etag, LastModified: new Date(s3.environment.clock.now()).toISOString() });
  },

  async CompleteMultipartUpload(s3, request) {
    const bucket = s3.buckets.get(request.bucket);
    const upload = await authorizedUpload(s3, request);
    const parts = chosenParts(request, upload);
    checkWriteConditions(request, bucket);
    const md5s = parts.map((part) => Buffer.from(part.etag.replace(/"/g, ''), 'hex'));
    const object = bucket.put(request.key, {
      deleteMarker: false,
      body: Buffer.concat(parts.map((part) => part.body)),
      etag: `"${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-${parts.length}"`,
      lastModified: s3.environment.clock.now(),
      headers: upload.headers,
      encryption: upload.encryption,
    });
    bucket.uploads.delete(uploadIdOf(request));
    const result = { Bucket: bucket.name, Key: request.key, ETag: object.etag };
    return xmlResponse('CompleteMultipartUploadResult', result, { ...encryptionHeaders(object.encryption), ...versionHeader(bucket, object) });
  },

  async AbortMultipartUpload(s3, request) {
    const bucket = s3.buckets.get(request.bucket);
    await s3.access.onObject(request.caller, 's3:AbortMultipartUpload', bucket, request.key);
    findUpload(bucket, request);
    bucket.uploads.delete(uploadIdOf(request));
    return NO_CONTENT;
  },

  async ListParts(s3, request) {
    const bucket = s3.buckets.get(request.bucket);
    await s3.access.onObject(request.caller, 's3:ListMultipartUploadParts', bucket, request.key);
    const { parts } = findUpload(bucket, request);
    return xmlResponse('ListPartsResult', {
      Bucket: bucket.name,
      Key: request.key,
      UploadId: uploadIdOf(request),
      IsTruncated: false,
      Part: [...parts].sort(([a], [b]) => a - b).map(([number, part]) => ({
        PartNumber: number, ETag: part.etag, Size: part.body.length, LastModified: new Date(part.lastModified).toISOString(),
      })),
    });
  },
};

/** Returns the upload. Rejects if the caller may not write the object or decrypt its parts: S3 decrypts the parts to join them. */
async function authorizedUpload(s3: S3Context, request: S3Request): Promise<Upload> {
  const bucket = s3.buckets.get(request.bucket);
  await s3.access.onObject(request.caller, 's3:PutObject', bucket, request.key);
  const upload = findUpload(bucket, request);
  await s3.access.useKey(request.caller, 'kms:Decrypt', upload.encryption, bucket, request.key);
  return upload;
}

function findUpload(bucket: Bucket, request: S3Request): Upload {
  const upload = bucket.uploads.get(uploadIdOf(request));
  if (upload?.key === request.key) {
    return upload;
  }
  throw new ServiceError('NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.', 404);
}

function uploadIdOf(request: S3Request): string {
  return request.query.get('uploadId') ?? '';
}

function addPart(s3: S3Context, request: S3Request, upload: Upload, body: Buffer): string {
  const number = Number(request.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw new ServiceError('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
  }
  const etag = md5Etag(body);
  upload.parts.set(number, { body, etag, lastModified: s3.environment.clock.now() });
  return etag;
}

function chosenParts(request: S3Request, upload: Upload): { readonly body: Buffer; readonly etag: string }[] {
  const listed = children(parseXml(request.body.toString('utf8')).CompleteMultipartUpload, 'Part');
  if (listed.length === 0) {
    throw new ServiceError('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
  }
  const numbers = listed.map((part) => Number(text(part, 'PartNumber')));
  if (numbers.some((number, index) => index > 0 && number <= numbers[index - 1])) {
    throw new ServiceError('InvalidPartOrder', 'The list of parts was not in ascending order. The parts list must be specified in order by part number.');
  }
  const parts = listed.map((part, index) => {
    const stored = upload.parts.get(numbers[index]);
    if (stored && stored.etag === `"${(text(part, 'ETag') ?? '').replace(/"/g, '')}"`) {
      return stored;
    }
    throw new ServiceError('InvalidPart', 'One or more of the specified parts could not be found. '
      + 'The part may not have been uploaded, or the specified entity tag may not match the part\'s entity tag.');
  });
  if (parts.slice(0, -1).some((part) => part.body.length < MIN_PART_SIZE)) {
    throw new ServiceError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
  }
  return parts;
}
