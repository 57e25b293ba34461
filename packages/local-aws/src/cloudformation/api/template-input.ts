import type { CloudFormationPorts } from '../ports';
import type { QueryInput } from './query-input';
import type { Caller } from '../../contract';
import { TemplateError } from '../template/template-error';

/** Reads the template that a request names or contains; undefined if it does neither. */
export async function templateBody(input: QueryInput, caller: Caller, ports: CloudFormationPorts): Promise<string | undefined> {
  const url = input.text('TemplateURL');
  if (url === undefined) {
    return input.text('TemplateBody');
  }
  const { bucket, key } = objectOf(url, new URL(ports.environment.endpoint()).host);
  return ports.readObject(caller, bucket, key);
}

/** Bucket and key of an S3 URL, with the bucket in the host name or, as at the local endpoint, in the path. */
function objectOf(url: string, localHost: string): { bucket: string; key: string } {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const path = decodeURIComponent(parsed?.pathname.slice(1) ?? '');
  const virtualHosted = /^(.+)\.s3[.-][^/]*$/.exec(parsed?.host ?? '');
  if (virtualHosted) {
    return { bucket: virtualHosted[1], key: path };
  }
  const slash = path.indexOf('/');
  if (slash > 0 && (parsed?.host === localHost || /^s3[.-]/.test(parsed?.host ?? ''))) {
    return { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
  }
  throw new TemplateError(`S3 error: TemplateURL must reference a valid S3 object to which you have access, got ${url}`);
}
