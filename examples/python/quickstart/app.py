from aws_cdk import App, CfnOutput, CfnParameter, Stack
from cdk_healthlake_import import FhirDatastore, FhirImport, FhirSource, FhirStorage

app = App()

# The data store and the buckets outlive every import. A failed import rolls back its own stack, not this one.
data = Stack(app, "Data")

datastore = FhirDatastore(data, "Datastore")

storage = FhirStorage(data, "Storage")

CfnOutput(data, "InputBucketName", value=storage.input_bucket.bucket_name)
CfnOutput(data, "OutputBucketName", value=storage.output_bucket.bucket_name)
CfnOutput(data, "DatastoreId", value=datastore.datastore_id)

# Imports all .ndjson objects under input/ of the input bucket.
imports = Stack(app, "Import")

# A new revision imports the data again: npx cdk deploy Import --parameters Revision=2
revision = CfnParameter(imports, "Revision", default="1", description="The revision of the data")

fhir_import = FhirImport(
    imports,
    "Synthea",
    datastore=datastore,
    storage=storage,
    source=FhirSource.storage(),
    revision=revision.value_as_string,
)

CfnOutput(imports, "JobId", value=fhir_import.job_id)
CfnOutput(imports, "JobStatus", value=fhir_import.job_status)
CfnOutput(imports, "ResourcesImported", value=fhir_import.resources_imported)
CfnOutput(imports, "OutputLocation", value=fhir_import.output_location)

app.synth()
