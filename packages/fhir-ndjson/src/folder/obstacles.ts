/** The reasons why a folder can't be uploaded, apart from the content of its files. */
export const OBSTACLES = {
  'missing-folder': { text: 'the folder does not exist', remedy: 'check the path; a relative path starts at the working directory of the app' },
  'not-a-folder': { text: 'the path is not a folder', remedy: 'give the path of the folder that has the files' },
  'unreadable': { text: 'a file or a folder cannot be read', remedy: 'check its permissions and, if it is a link, its target' },
  'link-circle': { text: 'a symbolic link leads to itself, or to a folder that contains it', remedy: 'remove the link' },
  'not-a-file': { text: 'an entry is neither a file nor a folder', remedy: 'remove the entry' },
  'unusable-name': { text: 'a name has a control character, a "\\" or bytes that are not UTF-8', remedy: 'rename the file or folder' },
  'no-data': { text: 'no file has a FHIR resource', remedy: 'give the files names that end in .json, .jsonl or .ndjson, or in one of these with .gz' },
} as const;

export type ObstacleCode = keyof typeof OBSTACLES;

/** A reason why an entry of a folder can't be uploaded. */
export interface Obstacle {
  readonly code: ObstacleCode;
  /** The path below the folder. Empty for the folder itself. */
  readonly name: string;
}

/** A file that exists but can't be read. */
export class UnreadableFile extends Error {
  public constructor(public readonly file: string, cause: unknown) {
    super(`"${file}" cannot be read`, { cause });
  }
}

/** Returns the obstacle for an error of the file system. Throws all other errors. */
export function obstacleOf(error: unknown, name: string): Obstacle {
  if (error instanceof UnreadableFile) {
    return { code: 'unreadable', name: error.file };
  }
  const { syscall, code } = error as NodeJS.ErrnoException;
  if (syscall === undefined) {
    throw error;
  }
  if (code === 'ELOOP') {
    return { code: 'link-circle', name };
  }
  return { code: name === '' && code === 'ENOENT' ? 'missing-folder' : 'unreadable', name };
}
