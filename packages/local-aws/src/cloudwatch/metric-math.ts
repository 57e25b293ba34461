/** The values of one period by metric id; undefined without data. */
export type PeriodValues = Readonly<Record<string, number | undefined>>;

/** What an expression gives for one period; undefined without data. */
export type MetricMath = (values: PeriodValues) => number | undefined;

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|([-+*/(),]))/y;

const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};

/**
 * Compiles metric math: numbers, ids, `+ - * /`, parentheses and `FILL(id, number)`. Throws at anything else.
 * @param ids those of the other metrics
 */
export function metricMath(expression: string, ids: readonly string[]): MetricMath {
  const parser = new Parser(expression, ids);
  const math = parser.sum();
  if (parser.token !== undefined) {
    throw notPlayed(expression, parser.token);
  }
  return math;
}

class Parser {
  /** The one that is to be read next; undefined at the end. */
  public token?: string;
  private position = 0;

  public constructor(private readonly expression: string, private readonly ids: readonly string[]) {
    this.advance();
  }

  public sum(): MetricMath {
    return this.chain(['+', '-'], () => this.product());
  }

  private product(): MetricMath {
    return this.chain(['*', '/'], () => this.operand());
  }

  private chain(operators: readonly string[], operand: () => MetricMath): MetricMath {
    let left = operand();
    while (this.token !== undefined && operators.includes(this.token)) {
      const [first, operator] = [left, OPERATORS[this.advance()]];
      const second = operand();
      left = (values) => combined(operator, first(values), second(values));
    }
    return left;
  }

  private operand(): MetricMath {
    const token = this.advance();
    if (token === '(') {
      const inner = this.sum();
      this.expect(')');
      return inner;
    }
    if (token === '-') {
      const negated = this.operand();
      return (values) => combined(OPERATORS['-'], 0, negated(values));
    }
    if (token === 'FILL') {
      return this.fill();
    }
    if (/^\d/.test(token)) {
      return () => Number(token);
    }
    if (this.ids.includes(token)) {
      return (values) => values[token];
    }
    throw notPlayed(this.expression, token);
  }

  private fill(): MetricMath {
    this.expect('(');
    const filled = this.sum();
    this.expect(',');
    const filling = this.operand();
    this.expect(')');
    return (values) => filled(values) ?? filling(values);
  }

  private expect(token: string): void {
    const found = this.advance();
    if (found !== token) {
      throw notPlayed(this.expression, found);
    }
  }

  /** Returns the token and goes on to the next one. */
  private advance(): string {
    const current = this.token ?? '';
    TOKEN.lastIndex = this.position;
    const match = TOKEN.exec(this.expression);
    if (!match && this.expression.slice(this.position).trim() !== '') {
      throw notPlayed(this.expression, this.expression.slice(this.position).trim());
    }
    this.position = match ? TOKEN.lastIndex : this.expression.length;
    this.token = match ? match[1] ?? match[2] ?? match[3] : undefined;
    return current;
  }
}

/** Without data on one side, or after a division by zero, there is no data. */
function combined(operator: (a: number, b: number) => number, a: number | undefined, b: number | undefined): number | undefined {
  const result = a === undefined || b === undefined ? undefined : operator(a, b);
  return Number.isFinite(result) ? result : undefined;
}

function notPlayed(expression: string, token: string): Error {
  return new Error(`metric math ${expression} isn't played here at ${token || 'its end'}, give sums, products and FILL of metrics with an id`);
}
