import { isPlayedPath, select, type PathScope } from './paths';
import { StateError } from './state-error';
import type { Json } from './states';

/** What the value of a member `x.$` says: a path, a literal argument, or a call of an intrinsic function. */
type Expression = { readonly path: string } | { readonly literal: Json } | Call;

interface Call {
  readonly name: string;
  readonly args: readonly Expression[];
}

/** Intrinsic functions by name; each throws an `Error` with what is wrong about its arguments. */
const FUNCTIONS: Readonly<Record<string, (...args: Json[]) => Json>> = {
  'States.MathAdd': (...args) => {
    if (args.length !== 2 || !args.every((arg) => typeof arg === 'number')) {
      throw new Error('it takes two numbers');
    }
    const [first, second] = args.map(Math.round);
    return first + second;
  },
  'States.Format': (template, ...args) => {
    if (typeof template !== 'string') {
      throw new Error('its first argument is no string');
    }
    const [first, ...parts] = template.split('{}');
    if (parts.length !== args.length) {
      throw new Error(`it has ${parts.length} places for ${args.length} values`);
    }
    if (args.some((arg) => typeof arg === 'object' && arg !== null)) {
      throw new Error('it formats neither arrays nor objects');
    }
    return parts.reduce((text, part, i) => `${text}${args[i]}${part}`, first);
  },
  'States.JsonToString': (...args) => {
    if (args.length !== 1) {
      throw new Error('it takes one value');
    }
    return JSON.stringify(args[0]);
  },
};

/** The value of a path, or of an intrinsic function such as `States.MathAdd($.seconds, 3)`. */
export function evaluate(text: string, scope: PathScope): Json {
  return valueOf(parse(text), text, scope);
}

/** Why an expression isn't played; undefined if it is. */
export function expressionProblem(text: string): string | undefined {
  try {
    parse(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function valueOf(expression: Expression, text: string, scope: PathScope): Json {
  if ('path' in expression) {
    return select(expression.path, scope);
  }
  if ('literal' in expression) {
    return expression.literal;
  }
  const args = expression.args.map((arg) => valueOf(arg, text, scope));
  try {
    return FUNCTIONS[expression.name](...args);
  } catch (error) {
    throw new StateError('States.IntrinsicFailure', `The function '${text}' had the following error: ${(error as Error).message}`);
  }
}

function parse(text: string): Expression {
  if (!text.startsWith('States.')) {
    if (!isPlayedPath(text)) {
      throw new Error(`expression ${text} isn't played by the local Step Functions, use members and indices only`);
    }
    return { path: text };
  }
  const reader = new Reader(text);
  const call = reader.expression();
  reader.expect(/$/y);
  return call;
}

/** Reads intrinsic functions from left to right. */
class Reader {
  private position = 0;

  public constructor(private readonly text: string) {}

  public expression(): Expression {
    const path = this.take(/\$\$?(?:\.[\w-]+|\['[^']+'\]|\[\d+\])*/y);
    if (path !== undefined) {
      return { path };
    }
    const quoted = this.take(/'(?:[^'\\]|\\['\\])*'/y);
    if (quoted !== undefined) {
      return { literal: quoted.slice(1, -1).replace(/\\(.)/g, '$1') };
    }
    const plain = this.take(/-?\d+(?:\.\d+)?|true|false|null/y);
    if (plain !== undefined) {
      return { literal: JSON.parse(plain) };
    }
    return this.call();
  }

  public expect(pattern: RegExp): string {
    const found = this.take(pattern);
    if (found === undefined) {
      throw new Error(`expression ${this.text} isn't played by the local Step Functions from character ${this.position + 1} on`);
    }
    return found;
  }

  private call(): Call {
    const name = this.expect(/States\.\w+/y);
    if (!Object.hasOwn(FUNCTIONS, name)) {
      throw new Error(`function ${name} isn't played by the local Step Functions`);
    }
    this.expect(/\(/y);
    const args: Expression[] = [];
    if (this.take(/\)/y) !== undefined) {
      return { name, args };
    }
    do {
      args.push(this.expression());
    } while (this.take(/,/y) !== undefined);
    this.expect(/\)/y);
    return { name, args };
  }

  private take(pattern: RegExp): string | undefined {
    const spaces = /\s*/y;
    spaces.lastIndex = this.position;
    spaces.exec(this.text);
    pattern.lastIndex = spaces.lastIndex;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) {
      this.position = pattern.lastIndex;
    }
    return found;
  }
}
