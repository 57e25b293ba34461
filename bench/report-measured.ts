import { createInterface } from 'readline';
import { Readable } from 'stream';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { handler } from '../lambda/report';

/** What is measured runs in a process of its own: the report, or the plain loop that it is compared with. */
const [, , mode, request] = process.argv;
const { DatastoreId, JobId, OutputLocation, InputS3Uri, ReportRoleArn } = JSON.parse(request);

async function report(): Promise<number> {
  const answer = await handler({ DatastoreId, JobId, OutputLocation, InputS3Uri, ReportRoleArn }, { getRemainingTimeInMillis: () => 900_000 });
  if (answer.kind !== 'report' || !answer.complete) {
    throw new Error(`the report is not complete: ${JSON.stringify(answer)}`);
  }
  return answer.failures;
}

/** Reads the same lines and counts their issues by code, with nothing done about memory, keys or values. */
async function plain(): Promise<number> {
  const s3 = new S3Client({ responseChecksumValidation: 'WHEN_REQUIRED' });
  const [, Bucket, prefix] = /^s3:\/\/([^/]+)\/(.*)$/.exec(OutputLocation)!;
  const codes = new Map<string, number>();
  let lines = 0;
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: `${prefix}FAILURE/` })) {
    for (const { Key } of page.Contents ?? []) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const read = createInterface({ input: Body as Readable, crlfDelay: Infinity });
      for await (const line of read) {
        lines += 1;
        for (const { code } of JSON.parse(line).UpdateResourceResponse.jsonBlob.issue) {
          codes.set(code, (codes.get(code) ?? 0) + 1);
        }
      }
    }
  }
  return lines;
}

async function main(): Promise<void> {
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const lines = await (mode === 'report' ? report() : plain());
  const { user, system } = process.cpuUsage(cpuBefore);
  const seconds = (performance.now() - startedAt) / 1000;
  process.send!({ lines, seconds, cpuSeconds: (user + system) / 1e6, peakMegabytes: process.resourceUsage().maxRSS / 1024 });
}

void main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
