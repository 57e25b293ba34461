import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { HealthLakeClient } from '@aws-sdk/client-healthlake';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

/** The SDK clients, with the credentials and the Region of the environment. */
export class Clients {
  public readonly cloudformation = new CloudFormationClient({});
  public readonly healthlake = new HealthLakeClient({ maxAttempts: 8 });
  /** A client without retries, so that the script observes HealthLake's first answer. */
  public readonly healthlakeOnce = new HealthLakeClient({ maxAttempts: 1 });
  public readonly kms = new KMSClient({});
  public readonly s3 = new S3Client({});
  private readonly sts = new STSClient({});

  public async account(): Promise<string> {
    return (await this.sts.send(new GetCallerIdentityCommand({}))).Account ?? '';
  }

  public async region(): Promise<string> {
    return this.cloudformation.config.region();
  }

  public close(): void {
    [this.cloudformation, this.healthlake, this.healthlakeOnce, this.kms, this.s3, this.sts].forEach((client) => client.destroy());
  }
}
