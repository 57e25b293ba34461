import type { Size } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';

/** Options of `FhirSource.bucket()`. */
export interface FhirSourceBucketOptions {
  /**
   * The KMS key of the objects. Set it if the bucket is imported without its key, or if objects are encrypted with a key other than the bucket's key.
   *
   * @default - the key of the bucket, if the bucket construct knows it
   */
  readonly encryptionKey?: kms.IKeyRef;
}

/** Options of `FhirSource.directory()` and `FhirSource.bundles()`. */
export interface FhirSourceDirectoryOptions {
  /**
   * Declares that the files contain no data of real people, not even anonymized data. It must be `true`.
   *
   * Patient data doesn't belong in a repository, because its history keeps every version. A deployment also copies the files into the cloud assembly and the
   * bucket for assets, and CI may keep them in caches and artifacts. These places don't limit or log access as the input bucket does. Upload patient data to a
   * bucket, and use `FhirSource.bucket()`.
   */
  readonly dataIsSynthetic: boolean;

  /**
   * The memory of the function that uploads the files, in MiB. At least 256.
   *
   * @default 512
   */
  readonly memoryLimit?: number;

  /**
   * The size of the disk of the function that uploads the files, up to 10 GiB. It must be at least twice the size of the files.
   *
   * @default 512 MiB
   */
  readonly ephemeralStorageSize?: Size;

  /**
   * The VPC of the function that uploads the files. The function must reach S3, including CloudFormation's response bucket: it writes its response there.
   *
   * @default - the function runs outside a VPC
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets of the function that uploads the files.
   *
   * @default - the default strategy of the VPC
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
}
