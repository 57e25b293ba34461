import { ServiceError } from '../../contract';

/** A template, or a request about a stack, that CloudFormation refuses. */
export class TemplateError extends ServiceError {
  public constructor(message: string) {
    super('ValidationError', message, 400);
  }
}
