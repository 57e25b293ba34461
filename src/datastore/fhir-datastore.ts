import { Fn, type IResource, Resource, Stack, Token } from 'aws-cdk-lib';
import type { IMetric, SearchExpressionOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { FHIRDatastoreReference, IFHIRDatastoreRef } from 'aws-cdk-lib/aws-healthlake';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { FhirDatastoreGrants } from './fhir-datastore-grants';
import type { FhirDatastoreProps } from './fhir-datastore-props';
import { createDatastore } from './private/create-datastore';
import { ReplacementGuard } from './private/replacement-guard';
import { validateArn } from '../private/checks/arn';
import { formatDatastoreArn, validateDatastoreId } from '../private/datastore';
import { apiMetric } from '../private/datastore-metric';

/** An AWS HealthLake data store. */
export interface IFhirDatastore extends IResource, IFHIRDatastoreRef {
  /**
   * The id of the data store.
   *
   * @attribute
   */
  readonly datastoreId: string;

  /**
   * The ARN of the data store.
   *
   * @attribute
   */
  readonly datastoreArn: string;

  /**
   * The URL of the FHIR API: `https://healthlake.REGION.amazonaws.com/datastore/ID/r4/`.
   *
   * @attribute
   */
  readonly datastoreEndpoint: string;

  /** The customer managed key that encrypts the data. Undefined if AWS owns the key, or if the key is not known. */
  readonly encryptionKey?: kms.IKey;

  /** The methods that grant permissions on the data store. */
  readonly grants: FhirDatastoreGrants;

  /**
   * Returns HealthLake's metrics of API calls on this data store whose names contain all words of `name`. HealthLake documents these metrics: Call Count,
   * Successful Requests, User Errors, Server Errors, Throttled Requests, Latency (in milliseconds).
   *
   * AWS documents the names as its console shows them, but not the ids of the metrics. So this is a search expression, with one line for each API
   * operation. CloudWatch shows it in graphs and dashboards, but not in alarms.
   *
   * @see https://docs.aws.amazon.com/healthlake/latest/devguide/monitoring-cloudwatch.html
   * @throws if `name` has other characters than letters, digits and blanks.
   */
  metric(name: string, options?: FhirDatastoreMetricOptions): IMetric;
}

/** Options of `metric()` of a data store. */
export interface FhirDatastoreMetricOptions extends SearchExpressionOptions {
  /**
   * The statistic, for example `Average`.
   *
   * @default Sum
   */
  readonly statistic?: string;
}

/** The members that data stores of the app and imported data stores share. */
abstract class FhirDatastoreBase extends Resource implements IFhirDatastore {
  public abstract readonly datastoreId: string;
  public abstract readonly datastoreArn: string;
  public abstract readonly datastoreEndpoint: string;
  public abstract readonly encryptionKey?: kms.IKey;

  public get fhirDatastoreRef(): FHIRDatastoreReference {
    return { datastoreId: this.datastoreId, datastoreArn: this.datastoreArn };
  }

  public get grants(): FhirDatastoreGrants {
    return FhirDatastoreGrants.fromDatastore(this, this.encryptionKey);
  }

  public metric(name: string, options?: FhirDatastoreMetricOptions): IMetric {
    return apiMetric(this, name, options);
  }
}

/**
 * An AWS HealthLake data store for FHIR R4.
 *
 * It is retained when it is removed from the stack, when the stack is deleted, and when a change replaces it. A change that would replace it by an empty data
 * store fails the deployment, unless `allowReplacement` is set. AWS bills it by the hour from its creation, which takes up to 30 minutes.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/managing-data-stores.html
 * @example
 *
 * const datastore = new FhirDatastore(this, 'Datastore', { encryptionKey: new kms.Key(this, 'Key', { enableKeyRotation: true }) });
 * datastore.grants.read(role);
 *
 * new FhirImport(this, 'Import', { datastore, source: FhirSource.storage() });
 */
export class FhirDatastore extends FhirDatastoreBase {
  /**
   * Returns a data store of the stack's account and Region.
   *
   * @throws if the id is known and doesn't have the form of HealthLake's ids.
   */
  public static fromDatastoreId(scope: Construct, id: string, datastoreId: string): IFhirDatastore {
    validateDatastoreId(datastoreId);
    return new ImportedDatastore(scope, id, formatDatastoreArn(Stack.of(scope), datastoreId), datastoreId);
  }

  /**
   * Returns a data store by its ARN.
   *
   * @throws if the ARN is known and is not the ARN of a data store.
   */
  public static fromDatastoreArn(scope: Construct, id: string, datastoreArn: string): IFhirDatastore {
    validateArn(scope, 'the data store', datastoreArn, 'a data store');
    const datastoreId = Token.isUnresolved(datastoreArn) ? Fn.select(2, Fn.split('/', datastoreArn)) : datastoreArn.split('/').at(-1)!;
    validateDatastoreId(datastoreId);
    return new ImportedDatastore(scope, id, datastoreArn, datastoreId);
  }

  public readonly datastoreId: string;
  public readonly datastoreArn: string;
  public readonly datastoreEndpoint: string;
  public readonly encryptionKey?: kms.IKey;

  /**
   * @throws if HealthLake would reject the name or the synthetic data, if the key is known to be unusable, if the key or the token function is known to be in
   *   another Region, if `removalPolicy` is SNAPSHOT, or if a property needs a newer aws-cdk-lib.
   */
  constructor(scope: Construct, id: string, props: FhirDatastoreProps = {}) {
    super(scope, id);
    const resource = createDatastore(this, 'Resource', props);
    this.datastoreId = resource.ref; // as the L1 does, so that exports to other stacks keep their names after an upgrade from the L1
    this.datastoreArn = resource.attrDatastoreArn;
    this.datastoreEndpoint = resource.attrDatastoreEndpoint;
    this.encryptionKey = props.encryptionKey;
    if (props.replacementGuard ?? true) {
      new ReplacementGuard(this, 'ReplacementGuard', { datastore: resource, allowReplacement: props.allowReplacement ?? false });
    }
  }
}

/** A data store that this app doesn't create. */
class ImportedDatastore extends FhirDatastoreBase {
  public readonly datastoreEndpoint: string;
  public readonly encryptionKey?: kms.IKey;

  constructor(scope: Construct, id: string, public readonly datastoreArn: string, public readonly datastoreId: string) {
    super(scope, id, { environmentFromArn: datastoreArn });
    this.datastoreEndpoint = `https://healthlake.${this.env.region}.${this.stack.urlSuffix}/datastore/${datastoreId}/r4/`;
  }
}
