import { type CfnResource, CustomResource, Duration, Lazy, RemovalPolicy } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type ImportParts, renderJob, renderOutcome, renderWait, type TurnProperties } from './render';
import type { ImportInTree } from './tree-checks';
import {
  ANSWER_MARGIN_MINUTES, dataSetFields, type ImportJobProperties, type ImportOutcomeAttributes, type ImportOutcomeProperties, type
  JobWaitProperties, IMPORT_RESOURCE_TYPES, JOB_TIMEOUT_MINUTES,
} from '../../contract';
import { text } from '../../private/text';
import type { FhirImportProps } from '../fhir-import-props';

/**
 * The custom resources of one import. The first resource starts the job. Unless the import is detached, other resources wait for the job, and the last of them
 * judges it.
 */
export class ImportResources {
  /** The resource that starts the job. */
  public readonly job: CustomResource;

  /** The resource that completes when the import is complete. For a detached import, this is the resource that starts the job. */
  public readonly last: CustomResource;

  /** The values that `checkWhenFinished()` reads. */
  public readonly summary: Pick<ImportInTree, 'dataSet' | 'inputS3Uri' | 'outputS3Uri' | 'first' | 'last'>;

  private readonly idSuffix: string;
  private readonly isDetached: boolean;

  constructor(private readonly scope: Construct, props: FhirImportProps, private readonly parts: ImportParts) {
    // CloudFormation can't change the service token of a custom resource. So the ids depend on a supplied provider: if the provider changes, CloudFormation
    // creates new resources, which adopt the job.
    this.idSuffix = props.provider ? props.provider.node.addr.slice(-8) : '';
    this.isDetached = parts.completion.isDetached;
    const jobProperties = renderJob(props, parts);
    this.job = this.createResource('Job', IMPORT_RESOURCE_TYPES.job, jobProperties, Duration.minutes(JOB_TIMEOUT_MINUTES));
    this.job.node.addDependency(parts.dataAccessRole, parts.operatorRole);
    this.last = this.isDetached ? this.job : this.createWaits(renderOutcome(props, parts));
    this.summary = {
      dataSet: dataSetFields(jobProperties),
      inputS3Uri: parts.inputS3Uri,
      outputS3Uri: parts.outputS3Uri,
      first: this.job.node.defaultChild as CfnResource,
      last: this.last.node.defaultChild as CfnResource,
    };
  }

  /** Returns an attribute of a job that has ended. For a detached import, returns a token that throws when it is resolved. */
  public result(name: keyof ImportOutcomeAttributes): string {
    if (!this.isDetached) {
      return this.last.getAttString(name);
    }
    // The getters of FhirImport must not throw, because debuggers call every getter. So the token throws at synthesis.
    return Lazy.string({
      produce: () => {
        throw new Error(`the deployment does not wait for the detached import "${this.scope.node.path}" and has no ${name} of it; `
          + 'act on its event, see onSucceeded(), or use Completion.waitFor()');
      },
    });
  }

  /** Creates the resources that wait for the job in sequence. Returns the last of them. */
  private createWaits(outcomeProperties: ReturnType<typeof renderOutcome>): CustomResource {
    const shares = this.parts.completion._shares();
    const inTurn = (turn: number): TurnProperties => ({
      JobId: this.job.getAttString('JobId'),
      TimeoutSeconds: text(shares[turn].toSeconds()),
      LegsBefore: turn === 0 ? undefined : String(turn),
    });
    const legs = shares.slice(0, -1).map((share, turn) =>
      this.createResource(`Wait${turn + 1}`, IMPORT_RESOURCE_TYPES.wait, { ...renderWait(this.parts), ...inTurn(turn) }, share));
    const outcome = this.createResource('Outcome', IMPORT_RESOURCE_TYPES.outcome, { ...outcomeProperties, ...inTurn(legs.length) }, shares[legs.length]);
    [...legs, outcome].forEach((resource, turn) =>
      resource.node.addDependency(this.parts.operatorRole, ...(turn > 0 ? [legs[turn - 1]] : [])));
    return outcome;
  }

  private createResource(id: string, resourceType: string, properties: ImportJobProperties | JobWaitProperties | ImportOutcomeProperties,
    timeout: Duration): CustomResource {
    return new CustomResource(this.scope, `${id}${this.idSuffix}`, {
      serviceToken: this.parts.serviceToken,
      resourceType,
      properties: { ...properties },
      // CloudFormation stops waiting after this time if it gets no response. The margin can't be added to a token, so a token gets no service time-out.
      serviceTimeout: timeout.isUnresolved() ? undefined : timeout.plus(Duration.minutes(ANSWER_MARGIN_MINUTES)),
      removalPolicy: RemovalPolicy.RETAIN, // there is nothing to delete: jobs can't be cancelled and imports can't be undone
    });
  }
}
