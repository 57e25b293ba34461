import { resolve } from 'node:path';
import { BundlingOutput, DockerImage, Stack, Stage } from 'aws-cdk-lib';
import type * as logs from 'aws-cdk-lib/aws-logs';
import * as s3deploy from 'aws-cdk-lib/aws-s3-deployment';
import type { Construct } from 'constructs';
import { checkFiles, contains, DEFAULT_MEMORY_LIMIT, validateRepositoryOptions } from './checks/repository-files';
import { fhirNdjson, type Folder, type PreparedFolder } from './fhir-ndjson';
import { validateVpc } from '../../private/checks/vpc';
import type { IFhirStorage } from '../../storage/fhir-storage';
import type { FhirSourceDirectoryOptions } from '../fhir-source-options';

/** The import that uses the files. */
export interface UploadContext {
  readonly scope: Construct;
  readonly logGroup: logs.ILogGroup;
}

/** The files of a folder, which the deployment uploads into the input bucket of the storage, under a prefix that contains the hash of the content. */
export class RepositoryFiles {
  private readonly folder: Folder;
  private readonly uploads = new Map<IFhirStorage, Map<Stack, s3deploy.BucketDeployment>>();
  private prepared?: PreparedFolder;

  /** @param factory the name of the factory in error messages, for example `FhirSource.directory()`. */
  constructor(private readonly factory: string, private readonly path: string, content: Folder['content'], private readonly options: FhirSourceDirectoryOptions) {
    validateRepositoryOptions(factory, options);
    this.folder = { path: resolve(path), content };
  }

  public get prefix(): string {
    return `fhir/${this.prepare().hash}/`;
  }

  /**
   * Returns the upload of the files into the storage. All imports of a stack that use this object share the upload. If the files can't be uploaded, adds the
   * reasons to the construct and returns undefined.
   */
  public upload({ scope, logGroup }: UploadContext, storage: IFhirStorage): s3deploy.BucketDeployment | undefined {
    const stack = Stack.of(scope);
    const ofStorage = this.uploads.get(storage) ?? new Map<Stack, s3deploy.BucketDeployment>();
    this.uploads.set(storage, ofStorage);
    const upload = ofStorage.get(stack) ?? this.createUpload(scope, storage, logGroup);
    if (upload) {
      ofStorage.set(stack, upload);
    }
    return upload;
  }

  private createUpload(scope: Construct, storage: IFhirStorage, logGroup: logs.ILogGroup): s3deploy.BucketDeployment | undefined {
    const { folder, options } = this;
    const { assetOutdir } = Stage.of(scope) ?? {};
    if (assetOutdir !== undefined && contains(folder.path, resolve(assetOutdir))) {
      throw new Error(`the folder "${this.path}" of ${this.factory} contains the cloud assembly "${assetOutdir}", which gets a copy of the files; `
        + 'give the folder that has only the data');
    }
    validateVpc(scope, { name: this.factory, hangsFor: 'an hour' }, options);
    const prepared = this.prepare(assetOutdir);
    if (!checkFiles(scope, `${this.factory.slice(0, -1)}"${this.path}")`, prepared, options.ephemeralStorageSize)) {
      return undefined;
    }
    return new s3deploy.BucketDeployment(scope, 'Upload', {
      sources: [s3deploy.Source.asset(folder.path, {
        assetHash: prepared.hash, // given, so that the CDK doesn't read the folder, and writes the asset only once
        bundling: {
          image: DockerImage.fromRegistry('not-used'),
          outputType: BundlingOutput.NOT_ARCHIVED,
          local: {
            tryBundle: (target) => {
              fhirNdjson().writeFolder(folder, prepared.hash, target);
              return true;
            },
          },
        },
      })],
      destinationBucket: storage.inputBucket,
      destinationKeyPrefix: this.prefix,
      prune: false, // earlier data sets stay, because a roll-back returns to them
      memoryLimit: options.memoryLimit ?? DEFAULT_MEMORY_LIMIT,
      ephemeralStorageSize: options.ephemeralStorageSize,
      vpc: options.vpc,
      vpcSubnets: options.vpcSubnets,
      logGroup,
    });
  }

  private prepare(cacheFolder?: string): PreparedFolder {
    this.prepared ??= fhirNdjson().prepareFolder(this.folder, cacheFolder);
    return this.prepared;
  }
}
