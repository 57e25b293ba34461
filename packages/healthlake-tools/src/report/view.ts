/** The content of a report for readers, as text or as HTML. */
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
  /** The names of the columns. A name that begins with `>` is the name of a column of numbers. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | undefined)[])[];
  /** Says which rows are missing. */
  readonly rest?: string;
}
