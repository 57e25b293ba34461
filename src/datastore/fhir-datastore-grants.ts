import { Stack } from 'aws-cdk-lib';
import type { IFHIRDatastoreRef } from 'aws-cdk-lib/aws-healthlake';
import { Grant, type IGrantable, type IRoleRef } from 'aws-cdk-lib/aws-iam';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { formatDatastoreArn, passDataAccessRole, useDatastoreKey } from '../private/datastore';

const READ = ['healthlake:GetCapabilities', 'healthlake:ReadResource', 'healthlake:SearchWithGet', 'healthlake:SearchWithPost'];
const WRITE = ['healthlake:CreateResource', 'healthlake:DeleteResource', 'healthlake:UpdateResource'];
const LIST_JOBS = [
  'healthlake:DescribeFHIRExportJob', 'healthlake:DescribeFHIRImportJob', 'healthlake:ListFHIRExportJobs', 'healthlake:ListFHIRImportJobs',
];

/**
 * Grants permissions on a data store. If the data store has a customer managed key, users of the FHIR API and those who start jobs also get permissions on
 * the key, which they can use through HealthLake only. A key in another account, or a key whose policy doesn't delegate to IAM, must allow them too.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awshealthlake.html
 * @example
 *
 * datastore.grants.read(role);
 * datastore.grants.startImport(role, dataAccessRole);
 */
export class FhirDatastoreGrants {
  /**
   * Returns the grants of a data store.
   *
   * @param datastore a data store in the account and Region of its stack.
   * @param encryptionKey the customer managed key of the data store, if it has one.
   */
  public static fromDatastore(datastore: IFHIRDatastoreRef, encryptionKey?: IKeyRef): FhirDatastoreGrants {
    return new FhirDatastoreGrants(datastore, encryptionKey);
  }

  private constructor(private readonly datastore: IFHIRDatastoreRef, private readonly encryptionKey?: IKeyRef) {}

  /** Grants reading and searching resources over the FHIR API. */
  public read(grantee: IGrantable): Grant {
    return this.actions(grantee, READ);
  }

  /** Grants reading, searching, creating, updating and deleting resources over the FHIR API. */
  public readWrite(grantee: IGrantable): Grant {
    return this.actions(grantee, [...READ, ...WRITE]);
  }

  /** Grants listing and describing import and export jobs. */
  public listJobs(grantee: IGrantable): Grant {
    return this.allow(grantee, LIST_JOBS);
  }

  /**
   * Grants starting import jobs with the given data access role.
   *
   * @param dataAccessRole the role that HealthLake assumes to read the input and to write the results.
   */
  public startImport(grantee: IGrantable, dataAccessRole: IRoleRef): Grant {
    return this.startJobs(grantee, 'healthlake:StartFHIRImportJob', dataAccessRole);
  }

  /**
   * Grants starting export jobs with the given data access role.
   *
   * @param dataAccessRole the role that HealthLake assumes to write the exported data.
   */
  public startExport(grantee: IGrantable, dataAccessRole: IRoleRef): Grant {
    return this.startJobs(grantee, 'healthlake:StartFHIRExportJob', dataAccessRole);
  }

  /** Grants other actions on the data store, for example `healthlake:ProcessBundle`, and the use of its customer managed key. */
  public actions(grantee: IGrantable, actions: string[]): Grant {
    const grant = this.allow(grantee, actions);
    const key = this.encryptionKey && useDatastoreKey(this.encryptionKey, this.datastore.env.region);
    return key ? grant.combine(Grant.addToPrincipal({ grantee, ...key, resourceArns: key.resources })) : grant;
  }

  private startJobs(grantee: IGrantable, action: string, { roleRef }: IRoleRef): Grant {
    const passRole = passDataAccessRole(roleRef.roleArn);
    return this.actions(grantee, [action]).combine(Grant.addToPrincipal({ grantee, ...passRole, resourceArns: passRole.resources }));
  }

  private allow(grantee: IGrantable, actions: string[]): Grant {
    const { env, fhirDatastoreRef: { datastoreId } } = this.datastore;
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [formatDatastoreArn(Stack.of(this.datastore), datastoreId, env)] });
  }
}
