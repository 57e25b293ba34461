import { type CfnResource, Lazy } from 'aws-cdk-lib';
import type { ImportJobAttributes, ImportJobProperties } from '../../contract';

/** The contract property `ChangedInput`, and the attribute `InputChanged` that depends on it. */
export class ChangedInput {
  /** The value of the contract property. It is a token, because the app may use the attribute later. */
  public readonly property: string;

  private isShown = false;

  constructor(fails: boolean = false) {
    const value = (): ImportJobProperties['ChangedInput'] => (fails ? 'FAIL' : this.isShown ? 'SHOW' : undefined);
    this.property = Lazy.uncachedString({ produce: value });
  }

  /**
   * Returns the attribute as a token that sets the property when it is resolved. The CDK resolves all tokens of the app before it writes the templates. A
   * getter that set the property itself would change the template whenever a debugger reads it.
   */
  public attributeOf(job: CfnResource): string {
    const name: keyof ImportJobAttributes = 'InputChanged';
    return Lazy.uncachedString({
      produce: () => {
        this.isShown = true;
        return job.getAtt(name).toString();
      },
    });
  }
}
