import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { FhirImport, FhirSource, FhirStorage } from 'cdk-healthlake-import';

// The partner's bucket and KMS key. They are in another account, but in the same Region as the data store.
const PARTNER_BUCKET = 'partner-fhir-exports';
const PARTNER_KEY = 'arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const PREFIX = '2026-11/';

const app = new App();

// Step 1: deploy this stack, which contains the data access role. The partner's policies can name a role only after it exists.
const data = new Stack(app, 'Data');

const datastore = new CfnFHIRDatastore(data, 'Datastore', { datastoreTypeVersion: 'R4' });
datastore.applyRemovalPolicy(RemovalPolicy.RETAIN);

const storage = new FhirStorage(data, 'Storage');

const dataAccessRole = new Role(data, 'DataAccessRole', {
  assumedBy: new ServicePrincipal('healthlake.amazonaws.com', {
    conditions: {
      StringEquals: { 'aws:SourceAccount': data.account },
      ArnEquals: { 'aws:SourceArn': datastore.attrDatastoreArn },
    },
  }),
});

// Step 3: deploy this stack after the partner has added the policy statements of step 2.
const imports = new Stack(app, 'Import');

const fhirImport = new FhirImport(imports, 'Partner', {
  datastore,
  storage,
  dataAccessRole,
  source: FhirSource.bucket(Bucket.fromBucketName(imports, 'PartnerBucket', PARTNER_BUCKET), PREFIX, {
    encryptionKey: Key.fromKeyArn(imports, 'PartnerKey', PARTNER_KEY),
  }),
});
fhirImport.dataAccessStatements.forEach((statement) => dataAccessRole.addToPolicy(statement));

// Step 2: send these outputs to the partner, who adds the statements to the bucket policy and the key policy.
const toJson = (statements: PolicyStatement[]) => data.toJsonString(statements.map((statement) => statement.toStatementJson()));
new CfnOutput(data, 'PartnerBucketStatements', { value: toJson(fhirImport.sourceBucketStatements) });
new CfnOutput(data, 'PartnerKeyStatements', { value: toJson(fhirImport.sourceKeyStatements) });

new CfnOutput(imports, 'JobId', { value: fhirImport.jobId });
new CfnOutput(imports, 'ResourcesImported', { value: fhirImport.resourcesImported });
