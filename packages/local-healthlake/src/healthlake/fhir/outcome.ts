import { ServiceError } from '../ports';

/** A response of the FHIR API. */
export interface FhirResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** An error of the FHIR API. `code` is one of FHIR's issue types. */
export class FhirError extends Error {
  public constructor(public readonly status: number, public readonly code: string, message: string) {
    super(message);
  }
}

export function fhirResponse(status: number, body: string, headers: Record<string, string> = {}): FhirResponse {
  return { status, headers: { 'content-type': 'application/fhir+json', ...headers }, body };
}

/** Returns an error as an OperationOutcome. An unknown error becomes a 500 response without the error's text. */
export function outcomeOf(error: unknown): FhirResponse {
  const { status, code, message } = asFhirError(error);
  return fhirResponse(status, JSON.stringify({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, diagnostics: message }] }));
}

function asFhirError(error: unknown): FhirError {
  if (error instanceof FhirError) {
    return error;
  }
  if (!(error instanceof ServiceError)) {
    return new FhirError(500, 'exception', 'An unknown internal error occurred in the service.');
  }
  switch (error.name) {
    case 'ResourceNotFoundException':
      return new FhirError(404, 'not-found', error.message);
    case 'AccessDeniedException':
      return new FhirError(403, 'forbidden', error.message);
    default:
      return new FhirError(400, 'invalid', error.message);
  }
}
