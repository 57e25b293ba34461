import { parseArgs } from 'node:util';
import { ScaledClock } from './clock';
import { HealthLakeService, type HealthLakeIam } from './healthlake-service';
import { Router } from './http/router';
import { Kms } from './kms/kms';
import { QUIET_SDK } from './quiet-sdk';
import { S3 } from './s3/s3';
import type { Caller, Environment, PolicyChecker } from './service';

/** A server for HealthLake, S3 and KMS on one port. */
export interface HealthLakeServer {
  readonly url: string;
  readonly service: HealthLakeService;
  close(): Promise<void>;
}

/** The alias of the key that the server starts with. */
const KEY_ALIAS = 'alias/healthlake';

const ACCOUNT = { partition: 'aws', region: 'us-east-1', accountId: '000000000000' } as const;

const USER_ARN = `arn:aws:iam::${ACCOUNT.accountId}:user/local`;

const EVERY_CALLER: Caller = { arn: USER_ARN, principalArn: USER_ARN, accountId: ACCOUNT.accountId };

/** An IAM that allows every call, every role and every policy. */
const OPEN_IAM: HealthLakeIam & PolicyChecker = {
  authorize: async () => {},
  checkResourcePolicy: async () => {},
  assumeRole: async () => ({
    caller: EVERY_CALLER,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local', sessionToken: 'local', expiration: new Date(8.64e15) },
  }),
};

/** Starts the server on 127.0.0.1. Port 0 picks a free port. */
export async function startHealthLakeServer(port: number, timeScale: number): Promise<HealthLakeServer> {
  const clock = new ScaledClock(timeScale);
  const router = new Router({ callerOf: () => EVERY_CALLER }, clock);
  let url = '';
  const environment: Environment = { ...ACCOUNT, clock, timeScale, endpoint: () => url };
  const kms = new Kms(environment, OPEN_IAM);
  kms.keys.setAlias(KEY_ALIAS, kms.keys.create(kms.defaultKeyPolicy).keyId);
  const service = new HealthLakeService(environment, OPEN_IAM, kms);
  router.register('healthlake', service);
  router.register('kms', kms);
  router.register('s3', new S3(environment, OPEN_IAM, kms));
  url = `http://127.0.0.1:${await router.listen(port)}`;
  return {
    url,
    service,
    close: async () => {
      await service.close();
      await router.close();
      clock.close();
    },
  };
}

function greeting(url: string): string {
  const role = `arn:aws:iam::${ACCOUNT.accountId}:role/any`;
  return `HealthLake, S3 and KMS listen on ${url} and verify neither signatures nor IAM permissions. Ctrl-C stops them. A data store is ACTIVE 10 seconds after its creation.

  export AWS_ENDPOINT_URL=${url} AWS_DEFAULT_REGION=${ACCOUNT.region} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
  aws s3 mb s3://fhir && aws s3 cp Patient.ndjson s3://fhir/in/ && aws healthlake create-fhir-datastore --datastore-type-version R4
  aws healthlake start-fhir-import-job --datastore-id <DatastoreId> --data-access-role-arn ${role} --input-data-config S3Uri=s3://fhir/in/ \
--job-output-data-config 'S3Configuration={S3Uri=s3://fhir/out/,KmsKeyId=${KEY_ALIAS}}'
`;
}

async function main(): Promise<void> {
  Object.assign(process.env, QUIET_SDK);
  const { values } = parseArgs({ options: { 'port': { type: 'string', default: '8790' }, 'time-scale': { type: 'string', default: '1' } } });
  const server = await startHealthLakeServer(Number(values.port), Number(values['time-scale']));
  process.stdout.write(greeting(server.url));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void server.close());
  }
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
