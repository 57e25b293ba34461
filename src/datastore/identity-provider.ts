import { Stack, Token } from 'aws-cdk-lib';
import type { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import { CfnPermission, type IFunctionRef } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { validateEnvironment } from '../private/checks/environment';

/** An OAuth 2.0 grant type that clients of a data store can use. */
export enum SmartGrantType {
  /** A user authorizes an application. */
  AUTHORIZATION_CODE = 'authorization_code',
  /** A backend service gets tokens with its own credentials, without a user. */
  CLIENT_CREDENTIALS = 'client_credentials',
}

/** The settings that all identity providers have. */
export interface IdentityProviderOptions {
  /**
   * The function that validates and decodes access tokens. HealthLake invokes it for each request of the FHIR API, and it must answer in less than a second.
   * The data store gives HealthLake the permission to invoke it.
   *
   * @see https://docs.aws.amazon.com/healthlake/latest/devguide/reference-smart-on-fhir-token-validation.html
   */
  readonly tokenFunction: IFunctionRef;

  /**
   * Whether the scopes of the authorization server limit access to single resources.
   *
   * @see https://docs.aws.amazon.com/healthlake/latest/devguide/reference-smart-on-fhir-fine-grained-authorization.html
   * @default false
   */
  readonly fineGrainedAuthorization?: boolean;
}

/**
 * Properties of `IdentityProvider.smartOnFhir()`. The data store publishes them in its discovery document.
 *
 * @see https://hl7.org/fhir/smart-app-launch/conformance.html#metadata
 */
export interface SmartOnFhirProps extends IdentityProviderOptions {
  /** The HTTPS URL of the authorization endpoint of the OAuth 2.0 server. */
  readonly authorizationEndpoint: string;

  /** The HTTPS URL of the token endpoint of the OAuth 2.0 server. */
  readonly tokenEndpoint: string;

  /** The grant types that the token endpoint supports: at least one. */
  readonly grantTypes: SmartGrantType[];

  /** The SMART capabilities of the authorization server, for example `launch-ehr` or `permission-v2`: at least one. */
  readonly capabilities: string[];

  /**
   * The HTTPS URL of the issuer of the tokens. It is required with the capability `sso-openid-connect`.
   *
   * @default - not in the metadata
   */
  readonly issuer?: string;

  /**
   * The HTTPS URL of the key set with which tokens are verified. It is required with the capability `sso-openid-connect`.
   *
   * @default - not in the metadata
   */
  readonly jwksUri?: string;

  /**
   * The scopes that clients can request.
   *
   * @default - not in the metadata
   */
  readonly scopes?: string[];
}

/** Properties of `IdentityProvider.fromMetadata()`. */
export interface IdentityProviderMetadataProps extends IdentityProviderOptions {
  /** The metadata as JSON, in the form of the SMART App Launch specification. */
  readonly metadata: string;
}

/** The identity provider of one data store. */
interface BoundIdentityProvider {
  readonly configuration: CfnFHIRDatastore.IdentityProviderConfigurationProperty;
  /** The permission to invoke the function. */
  readonly permission: CfnPermission;
}

/**
 * The identity provider that authorizes requests of a data store's FHIR API by SMART on FHIR, versions 1 and 2.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/reference-smart-on-fhir.html
 * @example
 *
 * new FhirDatastore(this, 'Datastore', {
 *   identityProvider: IdentityProvider.smartOnFhir({
 *     authorizationEndpoint: 'https://auth.example.com/authorize',
 *     tokenEndpoint: 'https://auth.example.com/token',
 *     grantTypes: [SmartGrantType.AUTHORIZATION_CODE],
 *     capabilities: ['launch-ehr', 'client-public', 'permission-v2'],
 *     tokenFunction,
 *   }),
 * });
 */
export class IdentityProvider {
  /**
   * Returns an identity provider with the metadata that SMART on FHIR requires.
   *
   * @throws if a URL is known and doesn't begin with `https://`, or if required metadata is missing.
   */
  public static smartOnFhir(props: SmartOnFhirProps): IdentityProvider {
    const { authorizationEndpoint, tokenEndpoint, grantTypes, capabilities, issuer, jwksUri, scopes } = props;
    validateUrls({ authorizationEndpoint, tokenEndpoint, ...(issuer !== undefined && { issuer }), ...(jwksUri !== undefined && { jwksUri }) });
    validateLists({ grantTypes, capabilities });
    if (capabilities.includes('sso-openid-connect') && (issuer === undefined || jwksUri === undefined)) {
      throw new Error('the capability "sso-openid-connect" needs issuer and jwksUri; add them, or leave the capability out');
    }
    return new IdentityProvider(props, {
      authorization_endpoint: authorizationEndpoint,
      token_endpoint: tokenEndpoint,
      grant_types_supported: grantTypes,
      capabilities,
      code_challenge_methods_supported: ['S256'],
      issuer,
      jwks_uri: jwksUri,
      scopes_supported: scopes,
    });
  }

  /**
   * Returns an identity provider with your own metadata, for example with members that `smartOnFhir()` doesn't have.
   *
   * @throws if the metadata is known and is not a JSON object.
   */
  public static fromMetadata(props: IdentityProviderMetadataProps): IdentityProvider {
    validateJson(props.metadata);
    return new IdentityProvider(props, props.metadata);
  }

  private constructor(
    private readonly options: IdentityProviderOptions,
    private readonly metadata: string | Record<string, string | string[] | undefined>,
  ) {}

  /**
   * Returns the identity provider configuration of a data store, and the resource that lets HealthLake invoke the function.
   *
   * @internal
   */
  public _bind(scope: Construct): BoundIdentityProvider {
    const { tokenFunction, fineGrainedAuthorization } = this.options;
    const { functionArn } = tokenFunction.functionRef;
    validateEnvironment(scope, 'the data store', { what: 'tokenFunction', construct: tokenFunction, env: tokenFunction.env }, ['region']);
    return {
      // HealthLake is not known to send the ARN of the data store or the account, so the permission has no condition on them.
      permission: new CfnPermission(scope, 'InvokeTokenFunction', {
        action: 'lambda:InvokeFunction', functionName: functionArn, principal: 'healthlake.amazonaws.com',
      }),
      configuration: {
        authorizationStrategy: 'SMART_ON_FHIR',
        fineGrainedAuthorizationEnabled: fineGrainedAuthorization ?? false,
        idpLambdaArn: functionArn,
        metadata: typeof this.metadata === 'string' ? this.metadata : Stack.of(scope).toJsonString(this.metadata),
      },
    };
  }
}

function validateUrls(urls: Record<string, string>): void {
  for (const [name, url] of Object.entries(urls)) {
    if (!Token.isUnresolved(url) && !/^https:\/\/[^\s/]+/.test(url)) {
      throw new Error(`${name} must be an HTTPS URL, got "${url}"; begin it with https://`);
    }
  }
}

function validateLists(lists: Record<string, readonly string[]>): void {
  for (const [name, list] of Object.entries(lists)) {
    if (!Array.isArray(list) || list.length === 0) { // in JavaScript, a string would become wrong metadata
      throw new Error(`${name} must be a list with at least one element, which SMART on FHIR requires, got ${JSON.stringify(list)}; `
        + 'list those that the authorization server supports');
    }
  }
}

function validateJson(metadata: string): void {
  if (Token.isUnresolved(metadata)) {
    return;
  }
  try {
    const parsed: unknown = JSON.parse(metadata);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
      return;
    }
  } catch { /* the error below reports invalid JSON too */ }
  throw new Error(`metadata must be a JSON object, got "${String(metadata).slice(0, 100)}"; write it with JSON.stringify()`);
}
