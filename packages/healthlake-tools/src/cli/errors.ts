import { CommanderError } from 'commander';

/** An error that the user can mend. Its message is one sentence in lower case, without a full stop. */
export class ToolError extends Error {}

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EEXIST: 'it exists already',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links form a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'it does not exist',
  ENOSPC: 'no space is left on the disk',
  ENOTDIR: 'it is not a folder',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
};

/** Returns the sentence that a failed command prints. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ToolError) {
    return error.message;
  }
  if (error instanceof CommanderError) {
    return error.message.replace(/^error: /, '').replace(/\. (Allowed|Expected)/, (_, word: string) => `: ${word.toLowerCase()}`).replace(/\s+/g, ' ').replace(/\.$/, '');
  }
  const { code, path, message } = error as NodeJS.ErrnoException;
  return code !== undefined && path !== undefined
    ? `${path} can't be used: ${FILE_PROBLEMS[code] ?? code}`
    : `unexpected error: ${message}`;
}
