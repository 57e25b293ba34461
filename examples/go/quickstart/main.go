package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	fhir "github.com/cdk-healthlake/cdk-healthlake-import-go/cdkhealthlakeimport"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)

	// The data store and the buckets are in a separate stack. A failed import rolls back only the stack Import.
	data := awscdk.NewStack(app, jsii.String("Data"), nil)

	datastore := fhir.NewFhirDatastore(data, jsii.String("Datastore"), nil)

	storage := fhir.NewFhirStorage(data, jsii.String("Storage"), nil)

	output(data, "InputBucketName", storage.InputBucket().BucketName())
	output(data, "OutputBucketName", storage.OutputBucket().BucketName())
	output(data, "DatastoreId", datastore.DatastoreId())

	// This stack imports all .ndjson objects under the prefix input/ of the input bucket.
	imports := awscdk.NewStack(app, jsii.String("Import"), nil)

	// To import the data again, deploy a new revision: npx cdk deploy Import --parameters Revision=2
	revision := awscdk.NewCfnParameter(imports, jsii.String("Revision"), &awscdk.CfnParameterProps{
		Default:     "1",
		Description: jsii.String("The revision of the data"),
	})

	fhirImport := fhir.NewFhirImport(imports, jsii.String("Synthea"), &fhir.FhirImportProps{
		Datastore: datastore,
		Storage:   storage,
		Source:    fhir.FhirSource_Storage(nil),
		Revision:  revision.ValueAsString(),
	})

	output(imports, "JobId", fhirImport.JobId())
	output(imports, "JobStatus", fhirImport.JobStatus())
	output(imports, "ResourcesImported", fhirImport.ResourcesImported())
	output(imports, "OutputLocation", fhirImport.OutputLocation())

	app.Synth(nil)
}

func output(stack awscdk.Stack, id string, value *string) {
	awscdk.NewCfnOutput(stack, jsii.String(id), &awscdk.CfnOutputProps{Value: value})
}
