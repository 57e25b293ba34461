/** A file of a data set. */
export interface SourceFile {
  /** The path below the folder or the prefix. */
  readonly name: string;
  readonly size: number;
  read(): AsyncIterable<Buffer>;
}
