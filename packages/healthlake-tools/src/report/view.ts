/** The content of a report as people read it, on a terminal or as HTML. */
export interface ReportView {
  readonly title: string;
  /** The numbers that matter most. */
  readonly figures: readonly Figure[];
  readonly facts: readonly (readonly [name: string, value: string | undefined])[];
  readonly sections: readonly Section[];
}

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly isBad?: boolean;
}

export interface Section {
  readonly title: string;
  readonly note?: string;
  readonly tables: readonly ViewTable[];
}

export interface ViewTable {
  /** The names of the columns. A column whose name begins with `>` has numbers, and is aligned to the right. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | undefined)[])[];
  /** A sentence about the rows that the report left out. */
  readonly rest?: string;
}
