'use strict';

// Stands in for the Python function of aws-s3-deployment's BucketDeployment on a machine without Python and boto3.
// test/lambda/bucket-deployment.test.ts compares the two. The stand-in sets no metadata, updates no CloudFront distribution, returns no version ids
// and encodes markers only as JSON. It fails if a deployment needs more. Its objects have no content type, because HealthLake doesn't read it.

const { randomUUID } = require('node:crypto');
const https = require('node:https');
const path = require('node:path');
const {
  DeleteObjectCommand, GetBucketTaggingCommand, GetObjectCommand, paginateListObjectsV2, PutObjectCommand, S3Client,
} = require('@aws-sdk/client-s3');
const { unzipSync } = require('fflate');

const MISSING = ['SystemMetadata', 'UserMetadata', 'DistributionId', 'OutputObjectVersionIds'];

const s3 = new S3Client({ forcePathStyle: true });

exports.handler = async (event, { logStreamName }) => {
  let answer;
  try {
    answer = await deploy(event);
  } catch (error) {
    console.error(error.message);
    answer = { Status: 'FAILED', Reason: error.message, PhysicalResourceId: event.PhysicalResourceId ?? logStreamName, Data: {} };
  }
  const { StackId, RequestId, LogicalResourceId } = event;
  const reason = `See the details in CloudWatch Log Stream: ${logStreamName}`;
  await put(event.ResponseURL, JSON.stringify({ Reason: reason, NoEcho: false, StackId, RequestId, LogicalResourceId, ...answer }));
};

/** Handles a request of CloudFormation. Returns the answer to a success, and throws on a failure. */
async function deploy({ RequestType, PhysicalResourceId, ResourceProperties: props, OldResourceProperties: oldProps }) {
  const isEncoded = props.SourceMarkersConfig?.some(({ markerEncodings }) => markerEncodings);
  const missing = MISSING.find((name) => props[name] !== undefined) ?? (isEncoded && 'MarkerEncodings');
  if (missing) {
    throw new Error(`the local AWS deploys no ${missing} without Python, install python3 and boto3`);
  }
  const destination = destinationOf(props);
  const isRetained = (props.RetainOnDelete ?? 'true') === 'true';
  if (RequestType === 'Delete' && !isRetained && !await isOwned(destination)) {
    await remove(destination);
  }
  if (RequestType === 'Update' && !isRetained && uri(destinationOf(oldProps)) !== uri(destination)) {
    await remove(destinationOf(oldProps));
  }
  if (RequestType !== 'Delete') {
    await sync(await contentsOf(props), destination, props);
  }
  return {
    Status: 'SUCCESS',
    PhysicalResourceId: RequestType === 'Create' ? `aws.cdk.s3deployment.${randomUUID()}` : PhysicalResourceId,
    Data: {
      DestinationBucketArn: props.DestinationBucketArn ?? null,
      SourceObjectKeys: (props.OutputObjectKeys ?? 'true') === 'true' ? props.SourceObjectKeys : [],
    },
  };
}

function destinationOf({ DestinationBucketName: bucket, DestinationBucketKeyPrefix: prefix = '' }) {
  return { bucket, prefix: prefix === '/' ? '' : prefix };
}

/** Returns the prefix as the AWS CLI reads it: the name of a folder. */
const folderOf = ({ prefix }) => prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;

const uri = ({ bucket, prefix }) => `s3://${bucket}/${prefix}`;

/** Returns whether a tag of the bucket says that a deployment owns the prefix. */
async function isOwned({ bucket, prefix }) {
  const tag = prefix === '' ? 'aws-cdk:cr-owned' : `aws-cdk:cr-owned:${prefix}`;
  try {
    const { TagSet } = await s3.send(new GetBucketTaggingCommand({ Bucket: bucket }));
    return TagSet.some(({ Key }) => Key.startsWith(tag));
  } catch {
    return false;
  }
}

/** Returns the files of all sources, with their markers replaced, by their paths. */
async function contentsOf({ SourceBucketNames, SourceObjectKeys, SourceMarkers, SourceMarkersConfig, Extract = 'true' }) {
  const contents = new Map();
  for (const [index, bucket] of SourceBucketNames.entries()) {
    const key = SourceObjectKeys[index];
    const source = await awsCommand(['s3', 'cp', uri({ bucket, prefix: key }), '/tmp/archive'], async () => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Body.transformToByteArray();
    });
    if (Extract !== 'true') {
      contents.set(path.basename(key), source);
      continue;
    }
    const markers = Object.entries(SourceMarkers?.[index] ?? {});
    const isJson = SourceMarkersConfig?.[index]?.jsonEscape === 'true';
    for (const [file, bytes] of Object.entries(unzipSync(source)).filter(([name]) => !name.endsWith('/'))) {
      contents.set(file, withMarkers(bytes, markers, isJson));
    }
  }
  return contents;
}

function withMarkers(bytes, markers, isJson) {
  if (markers.length === 0) {
    return bytes;
  }
  const replace = (text, [marker, value]) => text.replaceAll(Buffer.from(marker).toString('latin1'), () => bytesOf(isJson, value));
  return Buffer.from(markers.reduce(replace, Buffer.from(bytes).toString('latin1')), 'latin1');
}

/** Returns the bytes of a value as Latin-1 text, which holds every byte unchanged. */
function bytesOf(isJson, value) {
  if (!isJson) {
    return Buffer.from(value).toString('latin1');
  }
  // Python's json.dumps writes only ASCII.
  return JSON.stringify(value).slice(1, -1).replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

async function sync(contents, destination, { Prune = 'true', Exclude = [], Include = [] }) {
  const isPruned = Prune.toLowerCase() === 'true';
  const filters = [...Exclude.map((glob) => ['--exclude', glob]), ...Include.map((glob) => ['--include', glob])];
  const isIncluded = (file) => filters.reduce((is, [option, glob]) => globPattern(glob).test(file) ? option === '--include' : is, true);
  const { bucket } = destination;
  const folder = folderOf(destination);
  await awsCommand(['s3', 'sync', ...isPruned ? ['--delete'] : [], ...filters.flat(), '/tmp/contents', uri(destination)], async () => {
    const existing = await keysOf(bucket, folder);
    for (const [file, bytes] of [...contents].filter(([name]) => isIncluded(name))) {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: folder + file, Body: bytes }));
    }
    const deleted = existing.map((key) => key.slice(folder.length)).filter((file) => isPruned && !contents.has(file) && isIncluded(file));
    for (const file of deleted) {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: folder + file }));
    }
  });
}

async function remove(destination) {
  const { bucket } = destination;
  await awsCommand(['s3', 'rm', uri(destination), '--recursive'], async () => {
    for (const key of await keysOf(bucket, folderOf(destination))) {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    }
  });
}

async function keysOf(bucket, prefix) {
  const keys = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix })) {
    keys.push(...Contents.map(({ Key }) => Key));
  }
  return keys;
}

/** Does what a command of the AWS CLI does. Fails as Python's subprocess.check_call does. */
async function awsCommand(args, run) {
  console.log(`| aws ${args.join(' ')}`);
  try {
    return await run();
  } catch (error) {
    console.error(String(error));
    throw new Error(`Command '[${['/opt/awscli/aws', ...args].map((arg) => `'${arg}'`).join(', ')}]' returned non-zero exit status 1.`);
  }
}

/** Returns the pattern of an exclude or include filter of the AWS CLI: `*` matches slashes too. */
function globPattern(glob) {
  const source = glob.replace(/[.+^${}()|\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.').replace(/\[!/g, '[^');
  return new RegExp(`^${source}$`, 's');
}

async function put(url, body) {
  await new Promise((resolve, reject) => {
    const request = https.request(url, { method: 'PUT', headers: { 'content-type': '', 'content-length': Buffer.byteLength(body) } }, (response) => {
      response.resume().on('end', resolve);
    });
    request.on('error', reject).end(body);
  });
}
