import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { ArnPrincipal, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { FhirDatastore, FhirImport, FhirJobProvider, FhirSource, FhirStorage } from 'cdk-healthlake-import';

// The partner's bucket and KMS key. They are in another account, but in the same Region as the data store.
const PARTNER_BUCKET = 'partner-fhir-exports';
const PARTNER_KEY = 'arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const PREFIX = '2026-11/';

const app = new App();

// Step 1: deploy this stack, which contains the two roles that use the bucket. The partner's policies can name a role only after it exists.
const data = new Stack(app, 'Data');

const datastore = new FhirDatastore(data, 'Datastore');

const partnerBucket = Bucket.fromBucketName(data, 'PartnerBucket', PARTNER_BUCKET);
const storage = new FhirStorage(data, 'Storage', { inputBucket: partnerBucket }); // creates only an output bucket

const dataAccessRole = new Role(data, 'DataAccessRole', {
  assumedBy: new ServicePrincipal('healthlake.amazonaws.com', {
    conditions: {
      StringEquals: { 'aws:SourceAccount': data.account },
      ArnEquals: { 'aws:SourceArn': datastore.datastoreArn },
    },
  }),
});

// The operator role checks the input before the start. The functions of the provider assume it.
const provider = new FhirJobProvider(data, 'Provider');
const operatorRole = new Role(data, 'OperatorRole', { assumedBy: new ArnPrincipal(provider.handlerRole.roleArn) });
operatorRole.node.addDependency(provider); // IAM can refuse a trust policy that names a role that is seconds old

// Step 3: deploy this stack after the partner has added the policy statements of step 2.
const imports = new Stack(app, 'Import');

const fhirImport = new FhirImport(imports, 'Partner', {
  datastore,
  storage,
  provider,
  dataAccessRole,
  operatorRole,
  source: FhirSource.bucket(partnerBucket, PREFIX, {
    encryptionKey: Key.fromKeyArn(imports, 'PartnerKey', PARTNER_KEY),
  }),
});
fhirImport.dataAccessStatements.forEach((statement) => dataAccessRole.addToPolicy(statement));

// Step 2: send these outputs to the partner, who adds the statements to the bucket policy and the key policy. Each statement has an output of its own, because
// CloudFormation limits the size of an output.
const print = (name: string, statements: PolicyStatement[]) => statements.forEach((statement, n) =>
  new CfnOutput(data, `${name}${n + 1}`, { value: data.toJsonString(statement.toStatementJson()) }));
print('PartnerBucketStatement', fhirImport.sourceBucketStatements);
print('PartnerKeyStatement', fhirImport.sourceKeyStatements);

new CfnOutput(imports, 'JobId', { value: fhirImport.jobId });
new CfnOutput(imports, 'ResourcesImported', { value: fhirImport.resourcesImported });
