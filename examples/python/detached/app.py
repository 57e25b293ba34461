from aws_cdk import App, CfnOutput, CfnParameter, Stack
from aws_cdk.aws_cloudwatch_actions import SnsAction
from aws_cdk.aws_events_targets import LambdaFunction
from aws_cdk.aws_lambda import Code, Function, Runtime
from aws_cdk.aws_sns import Topic
from cdk_healthlake_import import Completion, FhirDatastore, FhirImport, FhirSource, FhirStorage

app = App()

# The data store and the buckets outlive every import.
data = Stack(app, "Data")

datastore = FhirDatastore(data, "Datastore")

storage = FhirStorage(data, "Storage")

CfnOutput(data, "InputBucketName", value=storage.input_bucket.bucket_name)
CfnOutput(data, "OutputBucketName", value=storage.output_bucket.bucket_name)

# The deployment of this stack ends within minutes, when HealthLake has accepted the job.
imports = Stack(app, "Import")

# A failed import leaves the stack as it is: after mending the data, deploy a new revision.
revision = CfnParameter(imports, "Revision", default="1", description="The revision of the data")

# Gets one line when the import succeeds or fails.
operations = Topic(imports, "Operations")

fhir_import = FhirImport(
    imports,
    "Synthea",
    datastore=datastore,
    storage=storage,
    source=FhirSource.storage(),
    revision=revision.value_as_string,
    completion=Completion.detached(),
    notification_topic=operations,
)

# The next step of the pipeline starts with the event of the successful import.
next_step = Function(
    imports,
    "NextStep",
    runtime=Runtime.NODEJS_22_X,
    handler="index.handler",
    code=Code.from_inline('exports.handler = async ({ detail }) => console.log("imported", detail.jobId, detail.resourcesImported);'),
)
fhir_import.on_succeeded("Succeeded", target=LambdaFunction(next_step))

# The alarm fires when a detached import fails or cannot be monitored. It notifies the operations topic without further code.
on_call = Topic(imports, "OnCall")
fhir_import.provider.monitor_alarm().add_alarm_action(SnsAction(on_call))

CfnOutput(imports, "JobId", value=fhir_import.job_id)
CfnOutput(imports, "OperationsTopicArn", value=operations.topic_arn)
CfnOutput(imports, "OnCallTopicArn", value=on_call.topic_arn)
CfnOutput(imports, "NextStepFunctionName", value=next_step.function_name)

app.synth()
