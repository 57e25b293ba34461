import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Caller } from '../../packages/local-aws/src/contract';
import type { Iam } from '../../packages/local-aws/src/iam/iam';
import { sessionOfRole, startWithIam } from '../../packages/local-aws/test/healthlake/with-iam';
import { DATA_ACCESS_ROLE, INPUT, OUTPUT, patient, type Harness } from '../../packages/local-healthlake/test/harness';
import { FhirDatastore, type FhirDatastoreGrants } from '../../src';
import { type Context, policiesOf, type PolicyJson, type StatementJson } from '../support/access';
import { Deployed } from '../support/deployed';
import { ACCOUNT, newStack, onlyResource, REGION, templateOf } from '../support/synth';

/** The ids in the calls. */
interface Ids {
  readonly DatastoreId: string;
  readonly keyArn: string;
  readonly importJob: string;
  readonly exportJob: string;
}

/** A request of the FHIR API, or the input of an operation. */
type Call = readonly [method: string, path: string, body?: string] | ((ids: Ids) => object);

const READ: Record<string, Call> = {
  'healthlake:GetCapabilities': ['GET', 'metadata'],
  'healthlake:ReadResource': ['GET', 'Patient/a'],
  'healthlake:SearchWithGet': ['GET', 'Patient'],
  'healthlake:SearchWithPost': ['POST', 'Patient/_search'],
};

const WRITE: Record<string, Call> = {
  'healthlake:CreateResource': ['POST', 'Patient', patient('a')],
  'healthlake:DeleteResource': ['DELETE', 'Patient/b'],
  'healthlake:UpdateResource': ['PUT', 'Patient/a', patient('a')],
};

const LIST_JOBS: Record<string, Call> = {
  'healthlake:DescribeFHIRExportJob': ({ DatastoreId, exportJob }) => ({ DatastoreId, JobId: exportJob }),
  'healthlake:DescribeFHIRImportJob': ({ DatastoreId, importJob }) => ({ DatastoreId, JobId: importJob }),
  'healthlake:ListFHIRExportJobs': ({ DatastoreId }) => ({ DatastoreId }),
  'healthlake:ListFHIRImportJobs': ({ DatastoreId }) => ({ DatastoreId }),
};

const START_IMPORT: Record<string, Call> = {
  'healthlake:StartFHIRImportJob': ({ DatastoreId, keyArn }) => ({
    DatastoreId, InputDataConfig: { S3Uri: `s3://${INPUT}/data/` }, JobOutputDataConfig: destination(keyArn), DataAccessRoleArn: DATA_ACCESS_ROLE,
  }),
};

const START_EXPORT: Record<string, Call> = {
  'healthlake:StartFHIRExportJob': ({ DatastoreId, keyArn }) => ({
    DatastoreId, OutputDataConfig: destination(keyArn), DataAccessRoleArn: DATA_ACCESS_ROLE,
  }),
};

function destination(KmsKeyId: string) {
  return { S3Configuration: { S3Uri: `s3://${OUTPUT}/data/`, KmsKeyId } };
}

const PASS_ROLE = 'iam:PassRole';
const USE_KEY = ['kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'];

/** The default key policy. It leaves the decision to the IAM policies of the account. */
const KEY_POLICY = {
  Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' }],
};

interface Grant {
  readonly give: (grants: FhirDatastoreGrants, user: iam.IRole, dataAccessRole: iam.IRole) => iam.Grant;
  /** The calls that the grant promises, by the action that each call needs. */
  readonly calls: Record<string, Call>;
  /** The actions that the calls need too. */
  readonly more?: string[];
  /** The further actions that the calls need if the data store has a customer managed key. */
  readonly key?: string[];
  /** The further actions of the grant with such a key. The local HealthLake starts jobs without them: see U2 in docs/unverified.md. */
  readonly unproven?: string[];
}

const GRANTS: Record<string, Grant> = {
  read: { give: (grants, user) => grants.read(user), calls: READ, key: USE_KEY },
  readWrite: { give: (grants, user) => grants.readWrite(user), calls: { ...READ, ...WRITE }, key: USE_KEY },
  listJobs: { give: (grants, user) => grants.listJobs(user), calls: LIST_JOBS },
  startImport: { give: (grants, user, role) => grants.startImport(user, role), calls: START_IMPORT, more: [PASS_ROLE], unproven: USE_KEY },
  startExport: { give: (grants, user, role) => grants.startExport(user, role), calls: START_EXPORT, more: [PASS_ROLE], unproven: USE_KEY },
};

let aws: Harness<Iam>;
let sessions = 0;

beforeAll(async () => {
  aws = await startWithIam();
  await aws.put('data/Patient.ndjson', patient('a'));
});

afterAll(() => aws.close());

/** Makes a call. Returns undefined if it succeeds, and the error otherwise. */
async function errorOf(caller: Caller, action: string, call: Call, ids: Ids): Promise<string | undefined> {
  const { healthLake } = aws.service;
  if (typeof call === 'function') {
    const { status, body } = await healthLake.handle({ caller, operation: action.split(':')[1], body: Buffer.from(JSON.stringify(call(ids))) });
    return status === 200 ? undefined : body;
  }
  const [method, path, body = ''] = call;
  const request = { caller, method, path: `/datastore/${ids.DatastoreId}/r4/${path}`, query: new URLSearchParams(), body: Buffer.from(body) };
  const answer = await healthLake.handleFhir(request);
  return answer.status < 300 ? undefined : answer.body;
}

/** Creates a data store with a patient, an import job and an export job in the local HealthLake. */
async function createDatastore(hasKey: boolean): Promise<Ids> {
  const { healthLake } = aws.service;
  const encryption = { SseConfiguration: { KmsEncryptionConfig: { CmkType: 'CUSTOMER_MANAGED_KMS_KEY', KmsKeyId: aws.keyArn } } };
  const create = { operation: 'CreateFHIRDatastore', body: Buffer.from(JSON.stringify({ DatastoreTypeVersion: 'R4', ...(hasKey && encryption) })) };
  const { DatastoreId } = JSON.parse((await healthLake.handle({ ...create, caller: aws.iam.admin })).body);
  const ids = { DatastoreId, keyArn: aws.keyArn, importJob: '', exportJob: '' };
  for (const [action, call] of Object.entries({ ...WRITE, ...START_IMPORT, ...START_EXPORT })) {
    expect(await errorOf(aws.iam.admin, action, call, ids)).toBeUndefined();
  }
  const [[{ JobId: importJob }], [{ JobId: exportJob }]] = [healthLake.importJobs(DatastoreId), healthLake.exportJobs(DatastoreId)];
  return { ...ids, importJob: importJob!, exportJob: exportJob! };
}

/** Returns the statements of each grant, as a stack synthesizes them for the data store. */
function statementsByGrant({ DatastoreId, keyArn }: Ids, hasKey: boolean): Record<string, StatementJson[]> {
  const stack = newStack();
  const { grants } = new FhirDatastore(stack, 'Store', { encryptionKey: hasKey ? kms.Key.fromKeyArn(stack, 'Key', keyArn) : undefined });
  const dataAccessRole = iam.Role.fromRoleArn(stack, 'DataAccess', DATA_ACCESS_ROLE);
  for (const [name, { give }] of Object.entries(GRANTS)) {
    give(grants, new iam.Role(stack, name, { assumedBy: new iam.AccountRootPrincipal() }), dataAccessRole);
  }
  const deployed = new Deployed(templateOf(stack));
  const { logicalId } = onlyResource(deployed.template, 'AWS::HealthLake::FHIRDatastore');
  return Object.fromEntries(Object.keys(GRANTS).map((name) => {
    const policies = JSON.stringify(policiesOf(deployed, deployed.roleId(new RegExp(`^${name}[0-9A-F]{8}$`))));
    return [name, JSON.parse(policies.replaceAll(logicalId.toLowerCase(), DatastoreId)).flatMap(({ Statement }: PolicyJson) => Statement)];
  }));
}

describe.each([['an AWS owned key', false], ['a customer managed key', true]])('of a data store with %s', (_, hasKey) => {
  let ids: Ids;
  let statements: Record<string, StatementJson[]>;

  beforeAll(async () => {
    ids = await createDatastore(hasKey);
    statements = statementsByGrant(ids, hasKey);
  });

  /** Starts a session of a role with the policy that a grant gives, without one of its actions. */
  async function userWith(grant: string, missing?: string): Promise<Caller> {
    const left = statements[grant]
      .map((statement) => ({ ...statement, Action: [statement.Action].flat().filter((action) => action !== missing) }))
      .filter(({ Action: actions }) => actions.length > 0);
    return (await sessionOfRole(aws, `user-${++sessions}`, left)).caller;
  }

  async function may(question: Parameters<Iam['authorize']>[0]): Promise<boolean> {
    return aws.iam.authorize(question).then(() => true, () => false);
  }

  describe.each(Object.entries(GRANTS))('%s()', (grant, { calls, more = [], key = [], unproven = [] }) => {
    const needed = [...Object.keys(calls), ...more, ...(hasKey ? key : [])];

    test('allows its calls on this data store only, and gives no other action', async () => {
      const user = await userWith(grant);
      for (const [action, call] of Object.entries(calls)) {
        expect([action, await errorOf(user, action, call, ids)]).toEqual([action, undefined]);
        expect(await errorOf(user, action, call, { ...ids, DatastoreId: aws.datastoreId })).toContain(`is not authorized to perform: ${action}`);
      }
      expect(statements[grant].flatMap(({ Action: action }) => action).sort()).toEqual([...needed, ...(hasKey ? unproven : [])].sort());
    });

    test.each(needed)('needs %s', async (action) => {
      const user = await userWith(grant, action);
      const [name, call] = calls[action] ? [action, calls[action]] : Object.entries(calls).at(-1)!;
      expect(await errorOf(user, name, call, ids)).toContain(`is not authorized to perform: ${action}`);
    });

    if (more.length > 0) {
      test('allows passing this role to HealthLake only', async () => {
        const user = await userWith(grant);
        const pass = async (role: string, service: string) => may({ caller: user, action: PASS_ROLE, resource: role, context: { 'iam:PassedToService': service } });
        expect(await pass(DATA_ACCESS_ROLE, 'healthlake.amazonaws.com')).toBe(true);
        expect(await pass(DATA_ACCESS_ROLE, 'glue.amazonaws.com')).toBe(false);
        expect(await pass(`${DATA_ACCESS_ROLE}-2`, 'healthlake.amazonaws.com')).toBe(false);
      });
    }

    if (hasKey && grant !== 'listJobs') {
      test('allows the use of the key through HealthLake only', async () => {
        const user = await userWith(grant);
        const use = async (action: string, context: Context) => may({
          caller: user, action, resource: aws.keyArn, context: { 'kms:CallerAccount': ACCOUNT, ...context }, resourcePolicy: KEY_POLICY,
        });
        for (const action of USE_KEY) {
          expect([action, await use(action, { 'kms:ViaService': `healthlake.${REGION}.amazonaws.com` })]).toEqual([action, true]);
          expect([action, await use(action, { 'kms:ViaService': `s3.${REGION}.amazonaws.com` })]).toEqual([action, false]);
          expect([action, await use(action, {})]).toEqual([action, false]);
        }
      });
    }
  });
});
