from aws_cdk import App, CfnOutput, Stack
from cdk_healthlake_import import FhirDatastore, FhirImport, FhirSource, FhirStorage

app = App()

# The data store and the buckets are in a separate stack, which stays when the import stack is destroyed.
data = Stack(app, "Data")

datastore = FhirDatastore(data, "Datastore")

storage = FhirStorage(data, "Storage")

# This stack uploads the FHIR Bundles of a folder as NDJSON, and imports them. If a Bundle changes, the next deployment imports the changed data.
imports = Stack(app, "Import")

fhir_import = FhirImport(
    imports,
    "Synthea",
    datastore=datastore,
    storage=storage,
    source=FhirSource.bundles("../../data/synthea-bundles", data_is_synthetic=True),
)

CfnOutput(imports, "JobId", value=fhir_import.job_id)
CfnOutput(imports, "ResourcesImported", value=fhir_import.resources_imported)

app.synth()
