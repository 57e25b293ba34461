from aws_cdk import App, CfnOutput, CfnParameter, Duration, Stack
from aws_cdk.aws_events import EventField, RuleTargetInput
from aws_cdk.aws_events_targets import SnsTopic
from aws_cdk.aws_sns import Topic
from cdk_healthlake_import import FhirDatastore, FhirJobMonitor

app = App()

monitoring = Stack(app, "Jobs")

# The data store exists already. It may be in use by other apps and other tools.
datastore_id = CfnParameter(
    monitoring,
    "DatastoreId",
    description="The id of the data store whose jobs are shown",
    allowed_pattern="[0-9a-f]{32}",
)
datastore = FhirDatastore.from_datastore_id(monitoring, "Datastore", datastore_id.value_as_string)

# This topic receives the alarms, and a message for each job that fails.
operations = Topic(monitoring, "Operations")

jobs = FhirJobMonitor(monitoring, "Monitor", datastores=[datastore], notification_topic=operations)

jobs.alarm_on_failed_jobs()
jobs.alarm_on_stuck_job(age=Duration.hours(12))
jobs.alarm_on_missing_jobs()

# An alarm doesn't name the job. HealthLake's own event does, and it arrives as soon as the job fails.
jobs.on_job_failed(
    "Failed",
    target=SnsTopic(
        operations,
        message=RuleTargetInput.from_text(f"{EventField.detail_type}: job {EventField.from_path('$.detail.jobId')}"),
    ),
)

dashboard = jobs.add_dashboard()

CfnOutput(monitoring, "DashboardName", value=dashboard.dashboard_name)
CfnOutput(monitoring, "DashboardFunctionArn", value=jobs.dashboard_function.function_arn)
CfnOutput(monitoring, "OperationsTopicArn", value=operations.topic_arn)

app.synth()
