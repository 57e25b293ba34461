import { html, json, type Html } from './html';
import type { WidgetParams, WidgetView } from './request';
import type { ListedJob } from '../listing';

/** A job and its data store. */
export interface StoreJob extends ListedJob {
  readonly datastoreId: string;
}

/** The jobs of a data store, or the masked text of the error with which the listing failed. */
export type StoreListing = { readonly datastoreId: string } & ({ readonly jobs: readonly StoreJob[] } | { readonly problem: string });

/** The data that the widget shows. */
export interface WidgetContent {
  readonly params: WidgetParams;
  readonly view: WidgetView;
  /** The ARN of the widget's function. The buttons of the widget invoke it. */
  readonly functionArn: string;
  /** The time for which the widget shows the jobs, in milliseconds since the epoch. The ages of jobs end at this time. */
  readonly now: number;
  readonly listings: readonly StoreListing[];
}

/** Returns a button that shows the given page of the table. */
export function pageButton(label: string, { params, functionArn }: WidgetContent, page: number): Html {
  return html`<a class="btn">${label}</a><cwdb-action action="call" display="widget" endpoint="${functionArn}">${json({ ...params, page })}</cwdb-action>`;
}
