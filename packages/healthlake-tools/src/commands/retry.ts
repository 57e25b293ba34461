import type { S3Client } from '@aws-sdk/client-s3';
import { Command } from 'commander';
import type { Register } from './command';
import type { ReportDocument } from '../../../../lambda/report/document/document';
import { isImported } from '../../../fhir-ndjson/src/check/data-set-check';
import { s3Client } from '../aws/clients';
import { asFolder, parseS3Uri, type S3Location, s3UriOf } from '../aws/s3-uri';
import { checkFiles, exitCodeOf } from '../check/run';
import { sourceFileOf } from '../check/source';
import { type Console, EXIT, printJson } from '../cli/console';
import { ToolError } from '../cli/errors';
import { addCommonOptions, type CommonOptions } from '../cli/options';
import { colorsOf, counted } from '../cli/text';
import { listFolder } from '../files/folder';
import { writeNewFolder } from '../files/new-folder';
import { loadReport } from '../report/load';
import { extractAll } from '../retry/extract';
import { listFailedFiles } from '../retry/failures';
import { hasFailuresOf, markFolder } from '../retry/folder';
import { type Extraction, extractionText, nextStepsText, type Uploading, uploadingDocument, uploadingText } from '../retry/show';
import { checkIsNew, upload } from '../retry/upload';

interface RetryOptions extends CommonOptions {
  readonly out: string;
  readonly upload?: string;
}

/** Adds `healthlake retry`. */
export function retryCommand(console: Console, register: Register): Command {
  return addCommonOptions(new Command('retry'))
    .description('write the failed resources of an import, and the reasons, into a folder; then upload the mended resources')
    .argument('<report>', 'the S3 URI or the path of report.json')
    .requiredOption('--out <folder>', 'the new folder for the failed resources; with --upload, or the folder that an earlier run has written')
    .option('--upload <s3 uri>', 'upload the folder\'s .ndjson files below this new prefix')
    .action(register(([location], options: RetryOptions) => retry(console, location, options)));
}

async function retry(console: Console, location: string, options: RetryOptions): Promise<number> {
  const report = await loadReport(location, options);
  if (report.kind === 'export') {
    throw new ToolError(`${location} is the report on an export: give the report on an import`);
  }
  const s3 = s3Client(options);
  const target = options.upload === undefined ? undefined : asFolder(parseS3Uri(options.upload));
  if (target) {
    await checkIsNew(s3, target);
  }
  const isMended = target !== undefined && await hasFailuresOf(options.out, report.document.job);
  const extraction = isMended ? undefined : await extractTo(s3, report.document, options.out);
  const uploading = target && extraction?.resources !== 0 ? await uploadSet(console, s3, options.out, target) : undefined;
  if (options.json) {
    printJson(console, { ...extraction && { extracted: extraction }, ...uploading && uploadingDocument(uploading) });
  } else {
    const colors = colorsOf(console.stdout);
    console.stdout.write((extraction ? extractionText(extraction, options.out, colors) : '') + (uploading ? uploadingText(uploading, colors) : ''));
    if (extraction && extraction.resources > 0 && !uploading?.uploaded) {
      console.stdout.write(nextStepsText(location, options.out));
    }
  }
  const isIncomplete = extraction !== undefined && extraction.notFound + extraction.unreadableFiles > 0;
  return isIncomplete || (uploading && !uploading.uploaded) ? EXIT.problems : EXIT.ok;
}

/** Writes the failed resources into a new folder, if there are any. */
async function extractTo(s3: S3Client, report: ReportDocument, out: string): Promise<Extraction> {
  const files = await listFailedFiles(s3, report);
  if (files.length === 0 && report.failures.count > 0) {
    throw new ToolError(`${report.job.output} has no FAILURE/ files, but the report has ${counted(report.failures.count, 'failed resource')}: restore the deleted objects`);
  }
  const extracted = files.length === 0 ? [] : await writeNewFolder(out, async (folder) => {
    await markFolder(folder, report.job);
    return extractAll(s3, files, folder);
  });
  const sum = (member: 'resources' | 'notFound'): number => extracted.reduce((total, one) => total + one[member], 0);
  const { filesWithCustomerError = 0, filesWithServerError = 0 } = report.manifest ?? {};
  return { resources: sum('resources'), notFound: sum('notFound'), unreadableFiles: filesWithCustomerError + filesWithServerError, files: extracted };
}

/** Checks the .ndjson files of a folder, and uploads them unless HealthLake will reject a line. */
async function uploadSet(console: Console, s3: S3Client, folder: string, target: S3Location): Promise<Uploading> {
  const files = (await listFolder(folder)).filter(({ name, size }) => isImported(name) && size > 0);
  const check = await checkFiles(console, files.map(sourceFileOf));
  if (exitCodeOf(check) !== EXIT.ok) {
    return { check };
  }
  await upload(console, s3, files, target);
  return { check, uploaded: { location: s3UriOf(target), files: files.length } };
}
