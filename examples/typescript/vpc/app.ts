import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { GatewayVpcEndpointAwsService, InterfaceVpcEndpointAwsService, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { FhirDatastore, FhirImport, FhirJobProvider, FhirSource, FhirStorage } from 'cdk-healthlake-import';

const app = new App();

const data = new Stack(app, 'Data');

const datastore = new FhirDatastore(data, 'Datastore');

const storage = new FhirStorage(data, 'Storage');

new CfnOutput(data, 'InputBucketName', { value: storage.inputBucket.bucketName });

// The VPC has no internet access. The functions call AWS services only through the endpoints below.
const network = new Stack(app, 'Network');

const vpc = new Vpc(network, 'Vpc', {
  maxAzs: 2,
  natGateways: 0,
  subnetConfiguration: [{ name: 'Functions', subnetType: SubnetType.PRIVATE_ISOLATED }],
});
vpc.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3 });
for (const [id, service] of Object.entries({
  HealthLake: InterfaceVpcEndpointAwsService.HEALTHLAKE,
  Sts: InterfaceVpcEndpointAwsService.STS,
  Lambda: InterfaceVpcEndpointAwsService.LAMBDA,
  StepFunctions: InterfaceVpcEndpointAwsService.STEP_FUNCTIONS,
  Kms: InterfaceVpcEndpointAwsService.KMS,
  CloudFormation: InterfaceVpcEndpointAwsService.CLOUDFORMATION,
  EventBridge: InterfaceVpcEndpointAwsService.EVENTBRIDGE, // only for imports that emit events
})) {
  vpc.addInterfaceEndpoint(id, { service });
}

const imports = new Stack(app, 'Import');

const fhirImport = new FhirImport(imports, 'Synthea', {
  datastore,
  storage,
  source: FhirSource.storage(),
  provider: new FhirJobProvider(imports, 'Provider', { vpc, vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED } }),
});

new CfnOutput(imports, 'JobId', { value: fhirImport.jobId });
new CfnOutput(imports, 'ResourcesImported', { value: fhirImport.resourcesImported });
