package quickstart;

import io.github.cdkhealthlake.fhirimport.FhirDatastore;
import io.github.cdkhealthlake.fhirimport.FhirImport;
import io.github.cdkhealthlake.fhirimport.FhirSource;
import io.github.cdkhealthlake.fhirimport.FhirStorage;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.CfnParameter;
import software.amazon.awscdk.Stack;

public final class App {
  public static void main(final String[] args) {
    software.amazon.awscdk.App app = new software.amazon.awscdk.App();

    // The data store and the buckets are in a separate stack. A failed import rolls back only the stack Import.
    Stack data = new Stack(app, "Data");

    FhirDatastore datastore = new FhirDatastore(data, "Datastore");

    FhirStorage storage = new FhirStorage(data, "Storage");

    output(data, "InputBucketName", storage.getInputBucket().getBucketName());
    output(data, "OutputBucketName", storage.getOutputBucket().getBucketName());
    output(data, "DatastoreId", datastore.getDatastoreId());

    // This stack imports all .ndjson objects under the prefix input/ of the input bucket.
    Stack imports = new Stack(app, "Import");

    // To import the data again, deploy a new revision: npx cdk deploy Import --parameters Revision=2
    CfnParameter revision = CfnParameter.Builder.create(imports, "Revision").defaultValue("1").description("The revision of the data").build();

    FhirImport fhirImport = FhirImport.Builder.create(imports, "Synthea")
        .datastore(datastore)
        .storage(storage)
        .source(FhirSource.storage())
        .revision(revision.getValueAsString())
        .build();

    output(imports, "JobId", fhirImport.getJobId());
    output(imports, "JobStatus", fhirImport.getJobStatus());
    output(imports, "ResourcesImported", fhirImport.getResourcesImported());
    output(imports, "OutputLocation", fhirImport.getOutputLocation());

    app.synth();
  }

  private static void output(final Stack stack, final String id, final String value) {
    CfnOutput.Builder.create(stack, id).value(value).build();
  }
}
