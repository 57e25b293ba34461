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
   * The statement that the files have no data of real people, not even anonymized data. It must be `true`.
   *
   * Data of patients does not belong into a repository, whose history nobody can clean, nor into the copies that a deployment makes of the files: in the cloud
   * assembly, in the bucket for assets, in caches and artifacts of CI. Nothing there limits or logs who reads them. Upload such data to a bucket, and use
   * `FhirSource.bucket()`.
   */
  readonly dataIsSynthetic: boolean;

  /**
   * The memory of the function that uploads the files, in MiB. At least 256.
   *
   * @default 512
   */
  readonly memoryLimit?: number;

  /**
   * The size of the disk of the function that uploads the files. It must be twice the size of the files.
   *
   * @default 512 MiB
   */
  readonly ephemeralStorageSize?: Size;

  /**
   * The VPC of the function that uploads the files. The function needs to reach the endpoints of s3 and cloudformation.
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
