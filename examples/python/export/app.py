from aws_cdk import App, CfnOutput, CfnParameter, Duration, Stack
from aws_cdk.aws_cloudwatch import ComparisonOperator, TreatMissingData
from aws_cdk.aws_cloudwatch_actions import SnsAction
from aws_cdk.aws_scheduler import ScheduleExpression
from aws_cdk.aws_sns import Topic
from cdk_healthlake_import import FhirDatastore, FhirExport, FhirImport, FhirSource, FhirStorage

app = App()


def datastore_of(stack):
    """Return the data store. It exists already, and other apps and tools may use it."""
    datastore_id = CfnParameter(stack, "DatastoreId", description="The id of the data store", allowed_pattern="[0-9a-f]{32}")
    return FhirDatastore.from_datastore_id(stack, "Datastore", datastore_id.value_as_string)


# Each night, this stack copies the data store. The deployment itself exports nothing.
copies = Stack(app, "Copies")

storage = FhirStorage(copies, "Storage", results_expiration=Duration.days(90))

nightly = FhirExport(
    copies,
    "Nightly",
    datastore=datastore_of(copies),
    storage=storage,
    schedule=ScheduleExpression.cron(hour="2", minute="30"),
)

# This topic receives the alarms.
operations = Topic(copies, "Operations")

# This alarm fires when a run fails or can't be monitored.
nightly.provider.export_monitor_alarm().add_alarm_action(SnsAction(operations))

# This alarm fires when no run has succeeded for a day, also if the run was skipped or never began.
nightly.metric_succeeded(period=Duration.days(1)).create_alarm(
    copies,
    "NoCopy",
    alarm_description="No copy of the data store for a day",
    threshold=1,
    evaluation_periods=1,
    comparison_operator=ComparisonOperator.LESS_THAN_THRESHOLD,
    treat_missing_data=TreatMissingData.BREACHING,
).add_alarm_action(SnsAction(operations))

CfnOutput(copies, "InputBucketName", value=storage.input_bucket.bucket_name)
CfnOutput(copies, "OutputBucketName", value=storage.output_bucket.bucket_name)
CfnOutput(copies, "OperationsTopicArn", value=operations.topic_arn)

# The deployment of this stack copies the data store, and then imports corrections, which overwrite resources. If the export fails, nothing is imported.
change = Stack(app, "Change")

datastore = datastore_of(change)

# Each change has a copy of its own.
revision = CfnParameter(change, "Revision", default="1", description="The revision of the corrections").value_as_string

before = FhirExport(change, "Before", datastore=datastore, storage=storage, revision=revision)

corrections = FhirImport(
    change,
    "Corrections",
    datastore=datastore,
    storage=storage,
    source=FhirSource.storage(),
    revision=revision,
)
corrections.execute_after(before)

CfnOutput(change, "CopyLocation", value=before.output_location)
CfnOutput(change, "CopyReport", value=before.report_location)
CfnOutput(change, "ResourcesExported", value=before.resources_exported)
CfnOutput(change, "ResourcesImported", value=corrections.resources_imported)

app.synth()
