export { prepareFolder, writeFolder } from './prepare';
export type { Folder, FolderProblem, PreparedFolder } from './prepared-folder';
