import { type CfnResource, CustomResource, Duration, Lazy, RemovalPolicy } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Kind } from './kind';
import { type JobParts, renderWait, type TurnProperties } from './render';
import {
  ANSWER_MARGIN_MINUTES, type JobOutcomeProperties, type JobStartProperties, type JobWaitProperties, JOB_TIMEOUT_MINUTES,
} from '../../contract';
import { text } from '../../private/text';

/** The properties of the custom resources that depend on the kind of job. */
export interface JobProperties {
  /** The properties of the resource that starts the job. */
  readonly job: JobStartProperties;
  /** The properties of the resource that judges the job. */
  readonly outcome: Omit<JobOutcomeProperties, keyof TurnProperties>;
}

/** The resources that run the jobs of a construct. */
export interface JobRuns {
  /** The resource that starts the job. */
  readonly job: Construct;
  /** The resource that completes when the job has succeeded. If the deployment doesn't wait for the job, this is the resource that starts it. */
  readonly last: Construct;
  /** The first and the last of the resources, for the checks of the finished tree. */
  readonly ends: { readonly first: CfnResource; readonly last: CfnResource };
  readonly jobId: string;
  /** Returns an attribute of a job that has ended. If the deployment doesn't wait for the job, returns a token that throws when it is resolved. */
  result(name: string): string;
}

/**
 * The custom resources of one job. The first resource starts the job. Unless the job is detached, other resources wait for the job, and the last of them
 * judges it.
 */
export class JobResources implements JobRuns {
  public readonly job: CustomResource;
  public readonly last: CustomResource;

  private readonly isDetached: boolean;

  /**
   * @param idSuffix the end of the construct ids. CloudFormation can't change the service token of a custom resource, so the ids depend on a supplied provider.
   *   If the provider changes, CloudFormation creates new resources, which adopt the job.
   */
  constructor(
    private readonly scope: Construct, private readonly kind: Kind, private readonly idSuffix: string, private readonly parts: JobParts,
    { job, outcome }: JobProperties,
  ) {
    this.isDetached = parts.completion.isDetached;
    this.job = this.createResource('Job', kind.resourceTypes.job, job, Duration.minutes(JOB_TIMEOUT_MINUTES));
    this.last = this.isDetached ? this.job : this.createWaits(outcome);
  }

  public get ends(): JobRuns['ends'] {
    const [first, last] = [this.job, this.last].map((resource) => resource.node.defaultChild as CfnResource);
    return { first, last };
  }

  public get jobId(): string {
    return this.last.getAttString('JobId');
  }

  public result(name: string): string {
    if (!this.isDetached) {
      return this.last.getAttString(name);
    }
    // The getters of the construct must not throw, because debuggers call every getter. So the token throws at synthesis.
    return Lazy.string({
      produce: () => {
        throw new Error(`the deployment does not wait for the detached ${this.kind.noun} "${this.scope.node.path}" and has no ${name} of it; `
          + 'act on its event, see onSucceeded(), or use Completion.waitFor()');
      },
    });
  }

  /** Creates the resources that wait for the job in sequence. Returns the last of them. */
  private createWaits(outcomeProperties: JobProperties['outcome']): CustomResource {
    const shares = this.parts.completion._shares();
    const inTurn = (turn: number): TurnProperties => ({
      JobId: this.job.getAttString('JobId'),
      TimeoutSeconds: text(shares[turn].toSeconds()),
      LegsBefore: turn === 0 ? undefined : String(turn),
    });
    const { wait, outcome: judge } = this.kind.resourceTypes;
    const legs = shares.slice(0, -1).map((share, turn) =>
      this.createResource(`Wait${turn + 1}`, wait, { ...renderWait(this.parts), ...inTurn(turn) }, share));
    const outcome = this.createResource('Outcome', judge, { ...outcomeProperties, ...inTurn(legs.length) }, shares[legs.length]);
    [...legs, outcome].forEach((resource, turn) =>
      resource.node.addDependency(this.parts.operatorRole, ...(turn > 0 ? [legs[turn - 1]] : [])));
    return outcome;
  }

  private createResource(id: string, resourceType: string, properties: JobStartProperties | JobWaitProperties | JobOutcomeProperties,
    timeout: Duration): CustomResource {
    return new CustomResource(this.scope, `${id}${this.idSuffix}`, {
      serviceToken: this.parts.serviceToken,
      resourceType,
      properties: { ...properties },
      // CloudFormation stops waiting after this time if it gets no response. The margin can't be added to a token, so a token gets no service time-out.
      serviceTimeout: timeout.isUnresolved() ? undefined : timeout.plus(Duration.minutes(ANSWER_MARGIN_MINUTES)),
      removalPolicy: RemovalPolicy.RETAIN, // there is nothing to delete: the deletion of a custom resource neither cancels nor undoes a job
    });
  }
}
